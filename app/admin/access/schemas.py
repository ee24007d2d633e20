"""JSON of `GET /api/admin/access-requests`."""

from collections.abc import Iterable
from datetime import datetime

from app.accounts.access.models import AccessRequest
from app.schemas import ApiModel


class AccessRequestOut(ApiModel):
    """Somebody who waits for a decision, by name and email address of their Spotify account."""

    id: str
    name: str
    email: str
    asked_at: datetime


class AccessRequestsOut(ApiModel):
    """All who wait, the oldest first."""

    requests: tuple[AccessRequestOut, ...]

    @classmethod
    def of(cls, requests: Iterable[AccessRequest]) -> "AccessRequestsOut":
        """Tell what is kept."""
        return cls(requests=tuple(AccessRequestOut(**one.model_dump()) for one in requests))

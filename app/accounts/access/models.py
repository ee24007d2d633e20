"""Who asks for access, and what decides it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from app.schemas import ApiModel

REQUEST_LIFE = timedelta(days=90)
MOST_OPEN = 100

Decision = Literal["approve", "deny"]

_PART = r"[^\s\x00-\x1f\x7f@<>()\[\],;:\"\\]+"

# What Spotify's dashboard wants of everybody who may use an app: nothing but these two.
Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$"),
]
Email = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=254, pattern=rf"^{_PART}@{_PART}\.{_PART}$"),
]


class AccessWish(ApiModel):
    """Name and email address of a Spotify account, as somebody who asks for access tells them."""

    name: Name
    email: Email


class AccessRequest(BaseModel):
    """Somebody who waits for a decision; all of it is deleted with that."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    email: str
    asked_at: datetime


class AccessRequests(BaseModel):
    """All who wait, the oldest first."""

    model_config = ConfigDict(frozen=True)

    requests: tuple[AccessRequest, ...] = ()

    def open_at(self, now: datetime) -> tuple[AccessRequest, ...]:
        """Return those that are not too old."""
        return tuple(one for one in self.requests if now < one.asked_at + REQUEST_LIFE)


@dataclass(frozen=True)
class AccessPage:
    """The page on which somebody asks for access.

    Attributes:
        contact: who runs this.
        sent: whether they just did.
        wrong: the fields that cannot be used.
    """

    contact: str
    sent: bool = False
    name: str = ""
    email: str = ""
    wrong: frozenset[str] = frozenset()

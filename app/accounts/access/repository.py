"""Where requests for access are kept: in one record, as few wait at a time and are looked at together."""

from collections.abc import Callable
from datetime import timedelta

from app.accounts.access.models import REQUEST_LIFE, AccessRequest, AccessRequests
from app.kv.cached import CachedKV
from app.kv.keyspace import Keyspace

ACCESS_REQUESTS = Keyspace(
    "access-requests",
    AccessRequests,
    ttl=REQUEST_LIFE,
    cache_ttl=timedelta(minutes=5),
    stale_if_down=True,
)
OPEN = ACCESS_REQUESTS("open")


class AccessRepository:
    """All requests that wait."""

    def __init__(self, kv: CachedKV) -> None:
        self._kv = kv

    async def get(self) -> AccessRequests:
        """Return those that wait, also too old ones."""
        return await self._kv.get(OPEN) or AccessRequests()

    async def change(self, change: Callable[[AccessRequests], tuple[AccessRequest, ...]]) -> None:
        """Put others in their place; what `change` raises is passed on, and nothing is changed then."""

        def changed(kept: AccessRequests) -> AccessRequests | None:
            requests = change(kept)
            return AccessRequests(requests=requests) if requests else None

        await self._kv.update(OPEN, changed, default=AccessRequests())

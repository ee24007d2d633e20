"""Where auto-sort is kept."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

from app.kv.cached import CachedKV
from app.kv.keyspace import Keyspace, Owner
from app.playlists.autosort.models import AutoSort

AUTO_SORT = Keyspace(
    "auto-sort", AutoSort, owner=Owner.KEY, cache_ttl=timedelta(minutes=5), stale_if_down=True
)
LEASE = timedelta(minutes=1)


class AutoSortRepository:
    """Auto-sort by listener."""

    def __init__(self, kv: CachedKV) -> None:
        self._kv = kv

    def lease(self, user_id: str) -> AbstractAsyncContextManager[None]:
        """Return a block in which nobody else sorts for a listener; `LeaseHeldError` while somebody does."""
        return self._kv.lease(f"auto-sort:{user_id}", LEASE)

    async def get(self, user_id: str) -> AutoSort:
        """Return a listener's auto-sort, which is off until they say otherwise."""
        return await self._kv.get(AUTO_SORT(user_id)) or AutoSort()

    async def list_all(self) -> dict[str, AutoSort]:
        """Return everybody's: one list of the store, for the start of a process."""
        found = await self._kv.get_many(await self._kv.keys(AUTO_SORT))
        return {key.parts[0]: state for key, state in found.items()}

    async def change(
        self, user_id: str, change: Callable[[AutoSort], AutoSort], *, later: bool = False
    ) -> AutoSort:
        """Change a listener's auto-sort and return it."""
        off = AutoSort()
        return await self._kv.update(AUTO_SORT(user_id), change, default=off, later=later) or off

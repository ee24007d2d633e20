"""The registry: every kind of value there is, and through it everything that belongs to a user."""

import asyncio
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from app.kv.keyspace import Key, Keyspace, Owner
from app.kv.logs import LogSpace

if TYPE_CHECKING:
    from app.kv.cached import CachedKV

Space = Keyspace[Any] | LogSpace[Any]


class Registry:
    """Knows all kinds of values, and which of them are the last to go when a user does."""

    def __init__(self, spaces: Iterable[Space], *, last: Iterable[Space] = ()) -> None:
        self._last = tuple(last)
        self._first = tuple(spaces)
        self.spaces = self._first + self._last

    async def keys_of(self, kv: "CachedKV", user_id: str) -> list[Key[Any]]:
        """Return the keys of all that is kept of a user, what is only queued included.

        Raises:
            KVError: the store does not answer.
        """
        return await _keys_in(self.spaces, kv, user_id)

    async def purge(self, kv: "CachedKV", user_id: str) -> int:
        """Delete all that is kept of a user; return how many keys that were.

        Nothing of the kinds that go last is touched before all others are gone for good.

        Raises:
            KVError: some of it may be left; calling again finishes it.
        """
        # A removal that an earlier call could not make durable is still queued: it is waited for as well.
        parts = (self._first, self._last)
        first, last = [await _keys_in(spaces, kv, user_id, removed=True) for spaces in parts]
        for keys in (first, last):
            await asyncio.gather(*(kv.delete(key) for key in keys))
        kv.forget_dead_letters(user_id)
        return len(first) + len(last)


async def _keys_in(
    spaces: Iterable[Space], kv: "CachedKV", user_id: str, *, removed: bool = False
) -> list[Key[Any]]:
    found: list[Key[Any]] = []
    for space in spaces:
        if isinstance(space, LogSpace):  # logs are nobody's
            continue
        if space.owned:
            found += await space.owned.keys_of(kv, user_id)
        elif space.owner is Owner.KEY:
            found += await kv.keys(space, user_id, removed=removed)
    return found

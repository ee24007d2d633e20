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
    """Knows all kinds of values, in the order in which those of a user are to go."""

    def __init__(self, spaces: Iterable[Space]) -> None:
        self.spaces = tuple(spaces)

    async def keys_of(self, kv: "CachedKV", user_id: str) -> list[Key[Any]]:
        """Return the keys of all that is kept of a user, what is only queued included.

        Raises:
            KVError: the store does not answer.
        """
        return [key for space in self.spaces for key in await _keys_in(space, kv, user_id)]

    async def purge(self, kv: "CachedKV", user_id: str) -> int:
        """Delete all that is kept of a user, one kind after the other; return how many keys that were.

        What is kept of them by the first kinds is gone for good before the next are looked at, so calling
        again after an error finishes it.

        Raises:
            KVError: some of it may be left.
        """
        purged = 0
        for space in self.spaces:
            keys = await _keys_in(space, kv, user_id)
            await asyncio.gather(*(kv.delete(key) for key in keys))
            purged += len(keys)
        return purged


async def _keys_in(space: Space, kv: "CachedKV", user_id: str) -> list[Key[Any]]:
    if isinstance(space, LogSpace):  # logs are nobody's
        return []
    if space.owned:
        return [*await space.owned.keys_of(kv, user_id)]
    return await kv.keys(space, user_id) if space.owner is Owner.KEY else []

"""The registry: every kind of value there is, and through it everything that belongs to a user."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from app.kv.keyspace import Key, Keyspace, Owner
from app.kv.logs import LogSpace
from app.kv.metrics import kind_of

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

        Among them are those of values that others share.

        Raises:
            KVError: the store does not answer.
        """
        shared = [key for key in await self._shared_keys(kv) if await _is_in(kv, key, user_id)]
        return await _keys_in(self.spaces, kv, user_id) + shared

    async def by_user(self, kv: "CachedKV") -> dict[str, list[Key[Any]]]:
        """Return the keys that name a user, by that user.

        Raises:
            KVError: the store does not answer.
        """
        spaces = (one for one in self.spaces if isinstance(one, Keyspace) and one.owner is Owner.KEY)
        named = {space.prefix: space for space in spaces}
        found: dict[str, list[Key[Any]]] = {}
        for text in await kv.all_keys():
            if space := named.get(kind_of(text)):
                key = Key(space, text)
                found.setdefault(key.parts[0], []).append(key)
        return found

    async def count_keys(self, kv: "CachedKV") -> Counter[str]:
        """Return how many keys there are, by kind.

        Raises:
            KVError: the store does not answer.
        """
        return Counter(map(kind_of, await kv.all_keys()))

    async def keys_in(self, kv: "CachedKV", space: Space) -> list[Key[Any]]:
        """Return the keys of all values of a kind.

        Raises:
            KVError: the store does not answer.
        """
        if isinstance(space, Keyspace):
            return await kv.keys(space)
        return [space.key_of(key.parts[0]) for key in await kv.keys(space.head().space)]

    def find_key(self, text: str) -> Key[Any] | None:
        """Return the key that is written like this, if a value of some kind may have it."""
        prefix, _, rest = text.partition(":")
        space = next((space for space in self.spaces if space.prefix == prefix), None)
        if space is None or not rest:
            return None
        return space.key_of(rest) if isinstance(space, LogSpace) else Key(space, text)

    async def purge(self, kv: "CachedKV", user_id: str) -> int:
        """Delete all that is kept of a user; return how many keys that were.

        Values that others share stay, without the user. Nothing of the kinds that go last is touched before
        all others are gone for good.

        Raises:
            KVError: some of it may be left; calling again finishes it.
        """
        # A removal that an earlier call could not make durable is still queued: it is waited for as well.
        parts = (self._first, self._last)
        first, last = [await _keys_in(spaces, kv, user_id, removed=True) for spaces in parts]
        left = [await _leave(kv, key, user_id) for key in await self._shared_keys(kv)]
        for keys in (first, last):
            await asyncio.gather(*(kv.delete(key) for key in keys))
        kv.forget_dead_letters(user_id)
        return len(first) + sum(left) + len(last)

    async def _shared_keys(self, kv: "CachedKV") -> list[Key[Any]]:
        spaces = (one for one in self.spaces if isinstance(one, Keyspace) and one.owner is Owner.SHARED)
        return [key for space in spaces for key in await kv.keys(space)]


async def _is_in(kv: "CachedKV", key: Key[Any], user_id: str) -> bool:
    value = await kv.get(key)
    return value is not None and _without(key, value, user_id) is not value


async def _leave(kv: "CachedKV", key: Key[Any], user_id: str) -> bool:
    """Take a user out of a value; return whether they were in it."""
    was_in = await _is_in(kv, key, user_id)
    # A copy is written in any case: what an earlier call could not make durable is waited for as well.
    await kv.update(key, lambda value: _without(key, value, user_id).model_copy())
    return was_in


def _without(key: Key[Any], value: Any, user_id: str) -> Any:
    assert key.space.shared is not None  # noqa: S101 - its keyspace is shared
    return key.space.shared.without(value, user_id)


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

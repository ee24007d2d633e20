"""Counters and sets: added to by many at once, and no event lost.

Where one process alone writes the store, each is one value. Where several do, each process writes a part of
its own, always all that it has added: writing it once more after a lost answer changes nothing. The parts lie
under the key of their period; when that is over they are folded into its one value.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from cachetools import LRUCache

from app.kv.keyspace import Counters, Key, Members
from app.kv.listing import Lister

if TYPE_CHECKING:
    from app.kv.cached import CachedKV

T = TypeVar("T", Counters, Members)

PART = ":%p"
"""Between a key and a part's name; in no other key does a part begin like this."""
PARTS_KEPT = 100


@dataclass(slots=True, eq=False)
class _Part(Generic[T]):
    """All that this process has added to a key."""

    key: Key[T]
    value: T


class Counting:
    """Adds to counters and sets, and reads them."""

    def __init__(self, kv: "CachedKV", lister: Lister, *, single_writer: bool) -> None:
        self._kv = kv
        self._lister = lister
        self._single_writer = single_writer
        # A part that gave way here stays in the store as it is; what is added later begins another one.
        self._parts: LRUCache[str, _Part[Any]] = LRUCache(PARTS_KEPT)

    async def add(self, key: Key[T], change: Callable[[T], T]) -> None:
        """Apply `change`, which only adds, later."""
        empty = key.space.model()
        if self._single_writer:
            await self._kv.update(key, change, default=empty, later=True)
            return
        part = self._part(key)
        part.value = change(part.value)
        # A copy, because the very object that is there already would not be written, nor waited for.
        await self._kv.update(part.key, lambda _: part.value.model_copy(), default=empty, later=True)

    async def whole(self, key: Key[T]) -> T:
        """Return all that was added; of what other processes added only what is durable."""
        value = await self._kv.get(key) or key.space.model()
        return value.joined(await self._find_parts(key))

    async def fold(self, key: Key[T]) -> None:
        """Put the parts into the one value and delete them; what is added all the same is not lost."""
        parts = await self._find_parts(key)
        if parts:
            await self._kv.update(key, lambda value: value.joined(parts), default=key.space.model())
        for name, part in parts.items():
            await self._kv.update(_key(key, name), _unless_more_than(part), later=True)

    async def _find_parts(self, key: Key[T]) -> dict[str, T]:
        """Return the parts by their names."""
        if self._single_writer:
            return {}
        texts = await self._lister.live_keys(f"{key.text}{PART}")
        parts = await self._kv.get_many(Key(key.space, text) for text in texts)
        return {part.text.rpartition(PART)[2]: value for part, value in parts.items()}

    def _part(self, key: Key[T]) -> _Part[T]:
        part = self._parts.get(key.text)
        if part is None:
            part = self._parts[key.text] = _Part(_key(key, secrets.token_hex(8)), key.space.model())
        return part


def _key(key: Key[T], name: str) -> Key[T]:
    return Key(key.space, f"{key.text}{PART}{name}")


def _unless_more_than(folded: T) -> Callable[[T], T | None]:
    return lambda part: None if part == folded else part

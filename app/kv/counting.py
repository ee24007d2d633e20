"""Counters and sets: added to by many at once, and no event lost.

Where one process alone writes the store, each is one value. Where several do, each process writes a part of
its own, always all that it has added: writing it once more after a lost answer changes nothing. The parts lie
under the key of their period; when that is over they are folded into its one value.

What cannot be added, because the store does not say what is there, is kept, and added by what comes next:
an event, or a flush.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import structlog
from cachetools import LRUCache

from app.kv.errors import KVError
from app.kv.keyspace import Counters, Key, Members
from app.kv.listing import Lister

if TYPE_CHECKING:
    from app.kv.cached import CachedKV

T = TypeVar("T", Counters, Members)

PART = ":%p"
"""Between a key and a part's name; in no other key does a part begin like this."""
PARTS_KEPT = 100

log = structlog.get_logger()


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
        self._owed: dict[Key[Any], Any] = {}

    async def add(self, key: Key[T], change: Callable[[T], T]) -> None:
        """Apply `change`, which only adds, later.

        Raises:
            KVError: the store does not answer; what was added counts all the same, by the next flush.
        """
        if self._single_writer:
            await self._add_to_whole(key, change)
            return
        empty = key.space.model()
        part = self._part(key)
        part.value = change(part.value)
        # A copy, because the very object that is there already would not be written, nor waited for.
        await self._kv.update(part.key, lambda _: part.value.model_copy(), default=empty, later=True)

    async def whole(self, key: Key[T]) -> T:
        """Return all that was added; of what other processes added only what is durable."""
        value = await self._kv.get(key) or key.space.model()
        return self._with_owed(key, value).joined(await self._find_parts(key))

    async def fold(self, key: Key[T]) -> None:
        """Put the parts into the one value and delete them; what is added all the same is not lost."""
        await self._settle(key)
        parts = await self._find_parts(key)
        if parts:
            await self._kv.update(key, lambda value: value.joined(parts), default=key.space.model())
        for name, part in parts.items():
            await self._kv.update(_key(key, name), _unless_more_than(part), later=True)

    @property
    def owes(self) -> bool:
        """Whether something could not be added yet."""
        return bool(self._owed)

    async def settle(self) -> None:
        """Add what could not be added before; what cannot be now is kept."""
        for key in list(self._owed):
            with suppress(KVError):
                await self._settle(key)

    async def close(self) -> None:
        """Settle for the last time; what is kept even then is lost, and logged."""
        await self.settle()
        if self._owed:
            log.error("kv.counts-lost", keys=[str(key) for key in self._owed])

    async def _add_to_whole(self, key: Key[T], change: Callable[[T], T]) -> None:
        empty, added = key.space.model(), False

        def add(value: T) -> T:
            nonlocal added
            added, whole = True, change(self._with_owed(key, value))
            self._owed.pop(key, None)
            return whole

        try:
            await self._kv.update(key, add, default=empty, later=True)
        finally:
            if not added:
                self._owed[key] = change(self._owed.get(key, empty))

    def _with_owed(self, key: Key[T], value: T) -> T:
        owed: T | None = self._owed.get(key)
        return value.merged(owed) if owed else value

    async def _settle(self, key: Key[T]) -> None:
        if key in self._owed:
            await self._add_to_whole(key, lambda value: value)

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

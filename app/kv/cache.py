"""The memory cache: values that the store is known to hold, one cachetools cache a kind."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from math import inf
from typing import Any, Final

from cachetools import Cache, TLRUCache
from pydantic import BaseModel

from app.kv.context import Context
from app.kv.keyspace import Key, Keyspace
from app.kv.metrics import CacheState, KindCache
from app.kv.options import MEGABYTE

LARGEST_ENTRY = MEGABYTE
ABSENT_S = 5.0
UNUSED_S = 86_400.0
"""How long a trusted entry that nobody uses is kept: it cannot be out of date, so only its room counts."""
STALE_S = 3600.0
SHORTEN = 0.1
RENEW_AFTER = 0.1
SESSION_FACTOR = 10


class Missing(Enum):
    """Memory knows nothing of a key."""

    MISSING = "missing"


MISSING: Final = Missing.MISSING


@dataclass(slots=True, eq=False)
class Cached:
    """One value; None stands for a key known to be absent, since `ends_at` where its value has ended."""

    value: BaseModel | bytes | None
    size: int
    ends_at: float | None
    fresh_until: float
    renew_at: float


class _KindCache(TLRUCache[str, Cached]):
    """The values of one kind, least recently used first."""

    evictions = 0

    @property
    def entries(self) -> int:
        """How many there are, without looking for ended ones as `len` does; every write looks already."""
        return Cache.__len__(self)

    def popitem(self) -> tuple[str, Cached]:
        self.evictions += 1
        return super().popitem()


class MemoryCache:
    """Values by key, bounded by entries a kind and bytes in all."""

    def __init__(self, context: Context, *, trusted: bool) -> None:
        self._clock = context.clock
        self._options = context.options
        self._trusted = trusted
        self._kinds: dict[str, _KindCache] = {}
        self._spaces: dict[str, Keyspace[Any]] = {}
        self._most_bytes = 0
        self._random: Callable[[], float] = random.random

    def get(self, key: Key[Any]) -> BaseModel | bytes | Missing | None:
        """Return the value, None for a key known to be absent, MISSING when nothing fresh is here."""
        cached = self._find(key)
        now = self._clock.monotonic()
        if cached is None or now >= cached.fresh_until:
            return MISSING
        if cached.value is not None and self._has_ended(cached):
            return MISSING  # the store is to be told, or a clock that is set back would revive the value
        if self._trusted and now >= cached.renew_at:
            self._keep(key, cached)
        return cached.value

    def stale(self, key: Key[Any]) -> BaseModel | bytes | Missing | None:
        """Return the value, however long unseen changes may be: better than an error."""
        cached = self._find(key)
        return MISSING if cached is None or self._has_ended(cached) else cached.value

    def put(
        self, key: Key[Any], value: BaseModel | bytes | None, *, size: int, ends_at: float | None
    ) -> None:
        """Keep a value that the store holds; None for a key that it does not."""
        self._spaces[key.space.prefix] = key.space
        ends_at = self._end_of(key) if value is None else ends_at
        if self._lifetime(key.space) and size <= min(LARGEST_ENTRY, self._options.cache_bytes):
            self._keep(key, Cached(value, size, ends_at, 0.0, 0.0))
        else:
            self.discard(key)

    def discard(self, key: Key[Any]) -> None:
        """Forget a key."""
        kind = self._kinds.get(key.space.prefix)
        if kind is not None:
            kind.pop(key.text, None)

    def clear(self) -> int:
        """Forget every value; return how many those were."""
        entries = sum(kind.entries for kind in self._kinds.values())
        for kind in self._kinds.values():
            kind.clear()
        return entries

    def state(self) -> CacheState:
        """Return entries, bytes and evictions of all kinds, those included of which nothing is kept."""
        kinds = {prefix: self._kind_state(space) for prefix, space in sorted(self._spaces.items())}
        return CacheState(
            entries=sum(kind.entries for kind in kinds.values()),
            bytes=sum(kind.bytes for kind in kinds.values()),
            evictions=sum(kind.evictions for kind in kinds.values()),
            kinds=kinds,
        )

    def _kind_state(self, space: Keyspace[Any]) -> KindCache:
        kind = self._kinds.get(space.prefix)
        return KindCache(
            entries=len(kind) if kind is not None else 0,
            bytes=int(kind.currsize) if kind is not None else 0,
            evictions=kind.evictions if kind is not None else 0,
            most_entries=self._entries(space),
            lifetime_s=self._lifetime(space),
            by_design=space.cache_ttl is not None,
        )

    def _find(self, key: Key[Any]) -> Cached | None:
        kind = self._kinds.get(key.space.prefix)
        if kind is None:
            return None
        try:
            return kind[key.text]
        except KeyError:
            return None

    def _has_ended(self, cached: Cached) -> bool:
        return cached.ends_at is not None and cached.ends_at <= self._clock.now().timestamp()

    def _end_of(self, key: Key[Any]) -> float | None:
        """Return when the value ended that is absent now; None where nobody knows, or others write too."""
        cached = self._find(key) if self._trusted else None
        return cached.ends_at if cached and self._has_ended(cached) else None

    def _keep(self, key: Key[Any], cached: Cached) -> None:
        never_there = cached.value is None and cached.ends_at is None
        lifetime = ABSENT_S if never_there else self._lifetime(key.space)
        lifetime *= 1 - SHORTEN * self._random()
        now = self._clock.monotonic()
        cached.fresh_until = now + lifetime
        cached.renew_at = inf if cached.value is None else now + lifetime * RENEW_AFTER
        kind = self._kind(key.space)
        kind[key.text] = cached
        while kind.entries > self._entries(key.space):
            kind.popitem()
        self._most_bytes += cached.size
        if self._most_bytes > self._options.cache_bytes:
            self._shrink()

    def _shrink(self) -> None:
        """Count the bytes, which expiry has made fewer, and evict from the largest kind what is too much."""
        self._most_bytes = self._bytes()
        while self._most_bytes > self._options.cache_bytes:
            max(self._kinds.values(), key=lambda kind: kind.currsize).popitem()
            self._most_bytes = self._bytes()

    def _bytes(self) -> int:
        return sum(int(kind.currsize) for kind in self._kinds.values())

    def _kind(self, space: Keyspace[Any]) -> _KindCache:
        kind = self._kinds.get(space.prefix)
        if kind is None:
            kind = _KindCache(
                self._options.cache_bytes,
                ttu=_until_stale if space.stale_if_down else _until_unfresh,
                timer=self._clock.monotonic,
                getsizeof=_size,
            )
            self._kinds[space.prefix] = kind
        return kind

    def _lifetime(self, space: Keyspace[Any]) -> float:
        if not self._options.memory_cache or space.cache_ttl is None:
            return 0.0
        lifetime = max(space.cache_ttl.total_seconds(), UNUSED_S if self._trusted else 0.0)
        return self._options.cache_ttl_s.get(space.prefix, lifetime)

    def _entries(self, space: Keyspace[Any]) -> int:
        entries = self._options.cache_entries
        return entries * SESSION_FACTOR if space.prefix == "session" else entries


def _until_unfresh(_key: str, cached: Cached, _now: float) -> float:
    return cached.fresh_until


def _until_stale(_key: str, cached: Cached, _now: float) -> float:
    return cached.fresh_until if cached.value is None else cached.fresh_until + STALE_S


def _size(cached: Cached) -> int:
    return cached.size

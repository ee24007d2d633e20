"""Faults of reads, of what memory knows, and of who reads before he writes."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from app.kv.cache import MemoryCache
from app.kv.cached import CachedKV
from app.kv.guard import GuardedStore
from app.kv.keyspace import Counters, Key
from app.kv.loader import Load, Loader
from app.kv.locks import KeyLocks
from app.kv.memory import Memory
from app.kv.queue import Entry, WriteQueue
from app.kv.reading import Reader
from tests.unit.kv.machine.mutant import instead, mutant


@mutant(seed=0)
def read_ignores_the_queue() -> Iterator[None]:
    with instead(Reader, "_recall", lambda self, key: self._cache.get(key)):
        yield


@mutant(seed=1)
def read_ignores_what_is_in_flight() -> Iterator[None]:
    with instead(WriteQueue, "find", lambda self, text: self.dirty.get(text)):
        yield


@mutant(seed=1)
def stale_load_fills_the_cache() -> Iterator[None]:
    with instead(Loader, "overtake", lambda self, text: None):
        yield


@mutant(seed=1)
def load_is_forgotten_before_its_readers_have_seen_it() -> Iterator[None]:
    original = Loader._end

    def end(self: Loader, load: Load) -> None:
        original(self, load)
        self._forget(load)

    with instead(Loader, "_end", end):
        yield


@mutant(seed=2)
def negative_cache_survives_a_write() -> Iterator[None]:
    sent, stored = Memory.sent, Memory.stored

    def unless_absent(then: Callable[[Memory, Entry], None]) -> Callable[[Memory, Entry], None]:
        return lambda self, entry: None if self.cache.get(entry.key) is None else then(self, entry)

    with instead(Memory, "sent", unless_absent(sent)), instead(Memory, "stored", unless_absent(stored)):
        yield


@mutant(seed=0)
def expired_value_is_served() -> Iterator[None]:
    def recall(self: Reader, key: Key[Any]) -> Any:
        entry = self._queue.find(key.text)
        return self._cache.get(key) if entry is None else entry.value

    with instead(Reader, "_recall", recall):
        yield


@mutant(seed=0)
def failed_read_is_taken_as_absent() -> Iterator[None]:
    with instead(Reader, "_stale", lambda self, key, error: None):
        yield


@mutant(seed=0)
def first_reader_takes_the_others_along() -> Iterator[None]:
    async def load(self: Reader, keys: Sequence[Key[Any]]) -> dict[Key[Any], Any]:
        loads = self._loader.load(keys)
        await asyncio.gather(*(load.done for load in loads))
        return {load.key: self._outcome(load) for load in loads}

    with instead(Reader, "_load", load):
        yield


@mutant(seed=1)
def memory_never_looks_again() -> Iterator[None]:
    with instead(MemoryCache, "_lifetime", lambda self, space: 1e9):
        yield


@mutant(seed=0)
def count_by_get_then_put() -> Iterator[None]:
    async def count(self: CachedKV, key: Key[Counters], by: Mapping[str, int]) -> None:
        counters = await self.get(key) or Counters()
        await self.put_later(key, counters.plus(by))

    with instead(CachedKV, "count", count):
        yield


@mutant(seed=0)
def update_is_not_serialised() -> Iterator[None]:
    @asynccontextmanager
    async def hold(self: KeyLocks, key: str) -> AsyncIterator[None]:
        yield

    with instead(KeyLocks, "hold", hold):
        yield


@mutant(seed=0)
def bulk_read_counts_as_one() -> Iterator[None]:
    original = GuardedStore.get_many

    async def get_many(self: GuardedStore, keys: Sequence[str]) -> Mapping[str, bytes]:
        self._metrics.of(keys[0].partition(":")[0]).reads -= len(keys) - 1
        return await original(self, keys)

    with instead(GuardedStore, "get_many", get_many):
        yield

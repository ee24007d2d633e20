"""Faults of the queue, its rounds and its bound."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from unittest.mock import patch

from app.kv.cache import _KindCache
from app.kv.cached import CachedKV
from app.kv.codec import Sealed, encode, seal
from app.kv.errors import KVError, StoreTimeoutError
from app.kv.flusher import Flusher
from app.kv.guard import GuardedStore
from app.kv.keyspace import Key
from app.kv.memory import Memory
from app.kv.queue import Entry, WriteQueue
from app.kv.store import Delete, Limits, Outcome, Put, Write
from app.kv.writing import Writer
from tests.unit.kv.machine.mutant import instead, mutant


@mutant(seed=0)
def delete_bypasses_the_queue() -> Iterator[None]:
    async def delete(self: CachedKV, key: Key[Any]) -> None:
        await self._store.apply([Delete(key.text)])
        self._cache.discard(key)

    with instead(CachedKV, "delete", delete):
        yield


@mutant(seed=0)
def immediate_bypasses_the_queue() -> Iterator[None]:
    async def put(self: CachedKV, key: Key[Any], value: Any, *, ttl: Any = None) -> None:
        life = ttl or key.space.ttl
        ends_at = life and self._context.now() + life.total_seconds()
        data = seal(Sealed(encode(value), 1, ends_at))
        await self._store.apply([Put(key.text, data, ends_at)])
        self._cache.put(key, value, size=len(data), ends_at=ends_at)

    with instead(CachedKV, "put", put):
        yield


@mutant(seed=0)
def acknowledge_before_durable() -> Iterator[None]:
    async def settled(fates: object) -> None:
        return

    with patch("app.kv.cached.settled", settled):
        yield


@mutant(seed=0)
def concurrent_flushes() -> Iterator[None]:
    original, tasks = Flusher._round, []

    async def round_(self: Flusher) -> None:
        tasks.append(asyncio.create_task(original(self)))
        await asyncio.sleep(0)

    with instead(Flusher, "_round", round_):
        yield


@mutant(seed=0)
def partial_taken_as_ok() -> Iterator[None]:
    original = Flusher._answered

    def answered(self: Flusher, batch: Sequence[Entry], outcomes: Mapping[str, Outcome]) -> None:
        done = {entry.key.text: Outcome.DONE for entry in batch}
        rejected = {key: outcome for key, outcome in outcomes.items() if outcome is Outcome.REJECTED}
        original(self, batch, {**done, **rejected})

    with instead(Flusher, "_answered", answered):
        yield


@mutant(seed=0)
def failed_batch_is_dropped() -> Iterator[None]:
    def give_back(self: WriteQueue, batch: Sequence[Entry], error: KVError, *, last: bool) -> None:
        for entry in list(batch):
            entry.settle(error)
            self.finish(entry)

    with instead(WriteQueue, "give_back", give_back):
        yield


@mutant(seed=0)
def retry_overwrites_newer() -> Iterator[None]:
    original = WriteQueue.give_back

    def give_back(self: WriteQueue, batch: Sequence[Entry], error: KVError, *, last: bool) -> None:
        for entry in batch:
            self.withdraw(entry.key.text)
        original(self, batch, error, last=last)

    with instead(WriteQueue, "give_back", give_back):
        yield


@mutant(seed=0)
def coalescing_loses_the_waiters() -> Iterator[None]:
    original = WriteQueue.add

    def add(self: WriteQueue, entry: Entry) -> bool:
        older = self.dirty.get(entry.key.text)
        if older is not None:
            older.waiting = None
        return original(self, entry)

    with instead(WriteQueue, "add", add):
        yield


@mutant(seed=0)
def timeout_taken_as_done() -> Iterator[None]:
    original = GuardedStore.apply

    async def apply(self: GuardedStore, writes: Sequence[Write]) -> Mapping[str, Outcome]:
        try:
            return await original(self, writes)
        except StoreTimeoutError:
            return {write.key: Outcome.DONE for write in writes}

    with instead(GuardedStore, "apply", apply):
        yield


@mutant(seed=0)
def dead_letter_blocks_the_batch() -> Iterator[None]:
    original = Flusher._answered

    def answered(self: Flusher, batch: Sequence[Entry], outcomes: Mapping[str, Outcome]) -> None:
        if Outcome.REJECTED in outcomes.values():
            self._refused(batch, KVError("one of them cannot be stored"))
        else:
            original(self, batch, outcomes)

    with instead(Flusher, "_answered", answered):
        yield


@mutant(seed=0)
def round_is_larger_than_the_store_allows() -> Iterator[None]:
    original = WriteQueue.take
    endless = Limits(1, 1, 10_000, 10**9)

    with instead(WriteQueue, "take", lambda self, limits: original(self, endless)):
        yield


@mutant(seed=0)
def failed_round_is_never_tried_again() -> Iterator[None]:
    original = Flusher._starts_at

    with instead(Flusher, "_starts_at", lambda self, now: None if self.failures else original(self, now)):
        yield


@mutant(seed=0)
def flush_does_not_wait_for_what_is_in_flight() -> Iterator[None]:
    original = CachedKV.flush

    async def flush(self: CachedKV, timeout_s: float | None = None) -> None:
        if self._queue.dirty:
            await original(self, timeout_s)

    with instead(CachedKV, "flush", flush):
        yield


@mutant(seed=8)
def write_is_skipped_while_another_is_in_flight() -> Iterator[None]:
    with instead(Memory, "sent", lambda self, entry: self.cache.discard(entry.key)):
        yield


@mutant(seed=0)
def eviction_loses_a_write() -> Iterator[None]:
    evicted: list[str] = []
    popitem, take, start = _KindCache.popitem, WriteQueue.take, CachedKV.start

    def remember(self: _KindCache) -> Any:
        text, cached = popitem(self)
        evicted.append(text)
        return text, cached

    def take_what_is_cached(self: WriteQueue, limits: Limits) -> list[Entry]:
        for text in evicted:
            self.withdraw(text)
        evicted.clear()
        return take(self, limits)

    async def start_anew(self: CachedKV) -> None:
        evicted.clear()
        await start(self)

    with (
        instead(_KindCache, "popitem", remember),
        instead(WriteQueue, "take", take_what_is_cached),
        instead(CachedKV, "start", start_anew),
    ):
        yield


@mutant(seed=0)
def bound_drops_silently() -> Iterator[None]:
    def make_room(self: Writer, entry: Entry) -> None:
        oldest = self._queue.oldest_put(entry.key.space.prefix)
        if self._queue.full and oldest is not None:
            self._queue.withdraw(oldest.key.text)

    with instead(Writer, "_make_room", make_room):
        yield


@mutant(seed=0)
def delete_is_given_up_at_the_bound() -> Iterator[None]:
    def oldest(self: WriteQueue, kind: str) -> Entry | None:
        return next((entry for entry in self.dirty.values() if entry.key.space.prefix == kind), None)

    with instead(WriteQueue, "oldest_put", oldest):
        yield

"""`CachedKV`: the one object through which all state is read and written."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

import structlog
from pydantic import BaseModel

from app.clock import Clock
from app.kv import logs
from app.kv.cache import MISSING, MemoryCache, Missing
from app.kv.codec import encode
from app.kv.deadline import deadline
from app.kv.errors import QueueFullError
from app.kv.flusher import Flusher
from app.kv.guard import GuardedStore
from app.kv.keyspace import AtBound, Counters, Key, M, Members, R
from app.kv.loader import Load, Loader
from app.kv.locks import KeyLocks
from app.kv.logs import LogSpace
from app.kv.memory import Memory
from app.kv.metrics import Metrics, QueueState, Snapshot
from app.kv.options import KVOptions
from app.kv.queue import Entry, WriteQueue
from app.kv.store import Store

ROOM_WAIT_S = 5.0
DRAIN_S = 8.0

log = structlog.get_logger()


class CachedKV:
    """Typed values by key: cached in memory, written through one queue.

    Reads see every write that was called before, durable or not. `put`, `put_many` and `delete` are durable
    when they return; `put_later`, `delete_later`, `count`, `add` and `append` are queued and durable after
    `flush`, or a few seconds later. All raise `KVError` when the store does not do its part; a write that
    raised may still happen, because it stays queued.
    """

    def __init__(self, store: Store, *, clock: Clock, options: KVOptions | None = None) -> None:
        self.options = options or KVOptions()
        self.metrics = Metrics(clock)
        self._clock = clock
        self._store = GuardedStore(store, clock, self.metrics)
        self._queue = WriteQueue(max_entries=self.options.queue_entries, max_bytes=self.options.queue_bytes)
        trusted = self.options.trust_memory and store.single_writer
        self._cache = MemoryCache(clock, self.options, trusted=trusted)
        self._memory = Memory(self._cache, single_writer=store.single_writer)
        self._loader = Loader(self._store, on_loaded=self._memory.loaded, now=self._now)
        self._locks = KeyLocks()
        self._version = 0
        self._flusher = Flusher(
            self._store,
            self._queue,
            memory=self._memory,
            metrics=self.metrics,
            clock=clock,
            options=self.options,
        )

    async def start(self) -> None:
        """Begin to write what is queued."""
        self._flusher.start()

    async def close(self) -> None:
        """Drain the queue for at most eight seconds, then end everything and close the store."""
        try:
            async with deadline(self._clock, DRAIN_S):
                while self._queue.depth:
                    await self._flusher.flush()
        except TimeoutError:
            pass
        await self._flusher.stop()
        await self._loader.stop()
        if self._queue.depth:
            kinds = sorted({entry.key.space.prefix for entry in self._queue.dirty.values()})
            log.error("kv.writes-lost", count=self._queue.depth, kinds=kinds)
        await self._store.close()

    async def get(self, key: Key[M]) -> M | None:
        """Return the value, None when there is none or its end has passed."""
        found = self._recall(key)
        if found is MISSING:
            self.metrics.of(key.space.prefix).misses += 1
            found = (await self._load([key])).get(key)
        else:
            self.metrics.of(key.space.prefix).hits += 1
        return cast("M | None", found)

    async def get_many(self, keys: Iterable[Key[M]]) -> dict[Key[M], M]:
        """Return the values of the keys that have one; all misses are one call to the store."""
        found: dict[Key[M], M] = {}
        missing: list[Key[M]] = []
        for key in dict.fromkeys(keys):
            value = self._recall(key)
            if value is MISSING:
                self.metrics.of(key.space.prefix).misses += 1
                missing.append(key)
                continue
            self.metrics.of(key.space.prefix).hits += 1
            if value is not None:
                found[key] = value
        return {**found, **await self._load(missing)} if missing else found

    async def put(self, key: Key[M], value: M, *, ttl: timedelta | None = None) -> None:
        """Write now: durable on return. `ttl` stands in for the keyspace's."""
        await self._admit(key)
        await self._durable([self._enqueue(key, value, ttl)])

    async def put_many(self, values: Mapping[Key[M], M]) -> None:
        """Write several values in one round: durable on return."""
        for key in values:
            await self._admit(key)
        await self._durable([self._enqueue(key, value) for key, value in values.items()])

    async def put_later(self, key: Key[M], value: M, *, ttl: timedelta | None = None) -> None:
        """Queue a write: every later get sees it, the flush makes it durable."""
        await self._admit(key)
        await self._settle_later(self._enqueue(key, value, ttl))

    async def update(
        self,
        key: Key[M],
        change: Callable[[M], M],
        *,
        default: M | None = None,
        later: bool = False,
        ttl: timedelta | None = None,
    ) -> M | None:
        """Read, change, write; one caller of a key after the other. Return the new value.

        Nothing is written when there is neither value nor `default` (None is returned), when `change` returns
        the very object that it was given, and when it raises, which is passed on.
        """
        async with self._locks.hold(key.text):
            await self._admit(key)
            current = await self.get(key)
            base = default if current is None else current
            if base is None:
                return None
            value = change(base)
            if value is base:
                return value
            entry = self._enqueue(key, value, ttl)
        await (self._settle_later(entry) if later else self._durable([entry]))
        return value

    async def delete(self, key: Key[Any]) -> None:
        """Remove the value: durable on return. An absent one is fine."""
        await self._admit(key)
        await self._durable([self._enqueue(key, None)])

    async def delete_later(self, key: Key[Any]) -> None:
        """Queue a removal."""
        await self._admit(key)
        await self._settle_later(self._enqueue(key, None))

    async def count(self, key: Key[Counters], by: Mapping[str, int]) -> None:
        """Add to counters, later; concurrent events are never lost."""
        await self.update(key, lambda counters: counters.plus(by), default=Counters(), later=True)

    async def add(self, key: Key[Members], member: str) -> None:
        """Add a member to a set, later."""
        await self.update(key, lambda members: members.plus(member), default=Members(), later=True)

    async def append(self, log: LogSpace[R], record: R) -> None:
        """Add a record to a log, later."""
        async with self._locks.hold(log.head().text):
            await logs.append(self, log, record, self._clock.now())

    async def entries(self, log: LogSpace[R], newest: int) -> list[R]:
        """Return up to `newest` records of a log, the newest first."""
        return await logs.entries(self, log, newest, self._clock.now())

    async def flush(self, timeout_s: float | None = None) -> None:
        """Wait until everything queued now is durable, or has failed and is kept.

        With `timeout_s` it returns then at the latest; the round goes on.
        """
        if timeout_s is None:
            await self._flusher.flush()
            return
        try:
            async with deadline(self._clock, timeout_s):
                await self._flusher.flush()
        except TimeoutError:
            log.warning("kv.flush-slow", depth=self._queue.depth)

    def snapshot(self) -> Snapshot:
        """Return everything counted and the state of queue and cache; touches no store."""
        oldest = self._queue.oldest_since
        return Snapshot(
            taken_at=self._clock.now(),
            since=self.metrics.since,
            backend=self._store.name,
            calls=self.metrics.calls,
            totals=self.metrics.totals(),
            kinds=self.metrics.kinds(),
            days=self.metrics.days(),
            queue=QueueState(
                depth=self._queue.depth,
                bytes=self._queue.bytes,
                oldest_s=0.0 if oldest is None else self._clock.monotonic() - oldest,
                high_water=self._queue.high_water,
                flushes=self.metrics.flushes,
                last_flush_ms=self.metrics.last_flush_ms,
                dead_letters=len(self._flusher.dead_letters),
                failing=self._flusher.failures > 0,
            ),
            cache=self._cache.state(),
        )

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _recall(self, key: Key[Any]) -> Any:
        """Return what memory knows: the queue's value, else the cache's, None for an absent key, MISSING."""
        entry = self._queue.find(key.text)
        if entry is None:
            return self._cache.get(key)
        alive = entry.expires_at is None or entry.expires_at > self._now()
        return entry.value if alive else None

    async def _load(self, keys: Sequence[Key[Any]]) -> dict[Key[Any], Any]:
        """Read keys from the store, again when a write overtook the load."""
        values: dict[Key[Any], Any] = {}
        while keys:
            loads = self._loader.load(keys)
            await asyncio.wait([load.done for load in loads])
            overtaken = []
            for load in loads:
                value = self._recall(load.key) if load.overtaken else self._loaded(load)
                if value is MISSING:
                    overtaken.append(load.key)
                elif value is not None:
                    values[load.key] = value
            keys = overtaken
        return values

    def _loaded(self, load: Load) -> BaseModel | bytes | None:
        if load.error is None:
            return load.value
        stale = self._cache.stale(load.key) if load.key.space.stale_if_down else MISSING
        if isinstance(stale, Missing):
            raise type(load.error)(load.error.detail) from load.error
        self.metrics.of(load.key.space.prefix).stale += 1
        return stale

    def _enqueue(self, key: Key[M], value: M | None, ttl: timedelta | None = None) -> Entry | None:
        """Queue a write at once; None when the store holds the same already."""
        body = b"" if value is None else encode(value)
        now = self._now()
        life = ttl or key.space.ttl
        expires_at = None if life is None or value is None else now + life.total_seconds()
        self._loader.overtake(key.text)
        if value is not None and self._memory.holds(key.text, body, expires_at=expires_at, now=now):
            self._skip(key)
            return None
        self._version = max(self._version + 1, int(now * 1_000_000))
        entry = Entry(key, self._version, value, body, expires_at, self._clock.monotonic())
        if self._queue.add(entry):
            self.metrics.of(key.space.prefix).coalesced += 1
        self._flusher.notice()
        return entry

    def _skip(self, key: Key[Any]) -> None:
        self.metrics.of(key.space.prefix).skipped += 1
        withdrawn = self._queue.withdraw(key.text)
        if withdrawn is not None:
            withdrawn.settle(None)

    async def _admit(self, key: Key[Any]) -> None:
        """Wait for room in the queue, as the kind does; a key that is queued already needs none."""
        if not self._queue.full or key.text in self._queue.dirty:
            return
        if key.space.at_bound is AtBound.DROP_OLDEST:
            self._drop_oldest(key)
            return
        try:
            async with deadline(self._clock, ROOM_WAIT_S):
                while self._queue.full:
                    self._queue.room.clear()
                    await self._queue.room.wait()
        except TimeoutError as error:
            self.metrics.of(key.space.prefix).dropped += 1
            raise QueueFullError("Too much waits to be saved; this change was not taken.") from error

    def _drop_oldest(self, key: Key[Any]) -> None:
        space = key.space
        oldest = self._queue.first(
            lambda entry: entry.key.space.prefix == space.prefix and entry.value is not None
        )
        if oldest is None:
            return
        self._queue.withdraw(oldest.key.text)
        self.metrics.of(space.prefix).dropped += 1
        oldest.settle(QueueFullError("Too much waits to be saved; an older change gave way."))

    async def _settle_later(self, entry: Entry | None) -> None:
        if not self.options.write_batching:
            await self._durable([entry])

    async def _durable(self, entries: Iterable[Entry | None]) -> None:
        """Wait until these writes are durable.

        Raises:
            KVError: one of them is not known to be; it stays queued.
        """
        waiting = [entry.wait() for entry in entries if entry is not None]
        if not waiting:
            return
        self._flusher.urge()
        for error in await asyncio.gather(*waiting):
            if error is not None:
                raise type(error)(error.detail, retry_after=error.retry_after) from error

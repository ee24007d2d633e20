"""`CachedKV`: the one object through which all state is read and written."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import structlog

from app.clock import Clock
from app.kv import logs
from app.kv.cache import MemoryCache
from app.kv.context import Context
from app.kv.counting import Counting
from app.kv.deadline import deadline
from app.kv.errors import KVError
from app.kv.flusher import DeadLetter, Flusher
from app.kv.guard import GuardedStore
from app.kv.keyspace import Counters, Key, Keyspace, M, Members, R
from app.kv.leases import LocalLeases
from app.kv.listing import Lister
from app.kv.loader import Loader
from app.kv.locks import KeyLocks
from app.kv.logs import LogSpace
from app.kv.memory import Memory
from app.kv.metrics import Metrics, Snapshot
from app.kv.options import KVOptions
from app.kv.queue import WriteQueue
from app.kv.reading import Reader
from app.kv.spill import Spill, kinds_of
from app.kv.store import Store
from app.kv.tombstones import RETIRED_USER, Tombstones, mark_of
from app.kv.writing import Life, Writer, settled

DRAIN_S = 8.0

log = structlog.get_logger()


class CachedKV:
    """Typed values by key: cached in memory, written through one queue.

    A read sees every write that was called before it, durable or not. `put`, `put_many` and `delete` are
    durable when they return; `put_later`, `delete_later`, `count`, `add` and `append` are queued and durable
    after `flush`, or some seconds later. Every method raises `KVError` when the store does not do its part.
    A write that raised may still happen: it stays queued, except after `QueueFullError` and
    `WriteRejectedError`.
    """

    def __init__(
        self, store: Store, *, clock: Clock, options: KVOptions | None = None, spill: Path | None = None
    ) -> None:
        options = options or KVOptions()
        context = Context(clock, Metrics(clock), options)
        self._context = context
        self._store = GuardedStore(store, context)
        self._queue = WriteQueue(options)
        self._cache = MemoryCache(context, trusted=options.trust_memory and store.single_writer)
        self._memory = memory = Memory(self._cache, single_writer=store.single_writer)
        self._loader = Loader(self._store, memory, context)
        self._flusher = Flusher(self._store, self._queue, memory=memory, context=context)
        self._reader = Reader(self._queue, self._cache, self._loader, context)
        self._tombstones = Tombstones()
        self._writer = Writer(
            self._queue,
            self._flusher,
            tombstones=self._tombstones,
            memory=memory,
            loader=self._loader,
            context=context,
        )
        self._lister = Lister(self._store, self._queue, context)
        self._locks = KeyLocks()
        self._leases = LocalLeases()
        self._flushes_slowly = False
        self._spill = Spill(spill, context) if spill else None
        self._counting = Counting(self, self._lister, single_writer=store.single_writer)

    async def start(self) -> None:
        """Write what the last process had to leave behind, and begin to write what is queued.

        Raises:
            KVError: the store cannot be read, or does not take what was left.
        """
        await self._flusher.load()
        if self._spill:
            await self._spill.replay(self._store, self._flusher)
        self._tombstones.load(await self.get_many(await self.keys(RETIRED_USER)))
        self._flusher.start()

    async def close(self) -> None:
        """Drain the queue for at most eight seconds, then end everything and close the store.

        What is still queued goes to the spill file, for the next start.
        """
        in_time = False
        with suppress(TimeoutError):
            async with deadline(self._context.clock, DRAIN_S):
                await self._counting.close()
                while self._queue.depth:
                    await self._flusher.flush()
                await self._end()
                await self._flusher.save_ledger()
                in_time = True
        await self._end()
        await self._leave_behind()
        with suppress(KVError):  # the log has it; everything is durable or left behind by now
            await self._store.close(patient=in_time)

    async def _end(self) -> None:
        """Take nothing more and do nothing more; a second time it changes nothing."""
        self._writer.close()  # right after the last look at the queue: nothing that was taken is forgotten
        await self._loader.stop()
        await self._flusher.stop()

    async def _leave_behind(self) -> None:
        entries = self._queue.entries()
        if not entries:
            return
        if self._spill and await self._spill.save(entries):
            log.warning("kv.spilled", count=len(entries), kinds=kinds_of(entries))
        else:
            log.error("kv.writes-lost", count=len(entries), kinds=kinds_of(entries))

    async def get(self, key: Key[M]) -> M | None:
        """Return the value, None when there is none or its end has passed."""
        return await self._reader.get(key)

    async def get_many(self, keys: Iterable[Key[M]]) -> dict[Key[M], M]:
        """Return the values of the keys that have one; all misses are one call to the store."""
        return await self._reader.get_many(keys)

    async def keys(
        self, space: Keyspace[M], *first_parts: str | int | date, removed: bool = False
    ) -> list[Key[M]]:
        """Return the keys of all values that begin with these parts, in the order of their text.

        The store is asked, once a page of keys. With `removed` those are listed too whose removal is queued:
        only a `delete` of them tells when they are gone for good.
        """
        return [Key(space, text) for text in await self._lister.under(space, first_parts, removed=removed)]

    async def all_keys(self) -> list[str]:
        """Return the keys of all values of whatever kind, in order: few calls, where many kinds are wanted.

        The store is asked, once a page of keys.
        """
        return await self._lister.live_keys("")

    async def put(self, key: Key[M], value: M, *, ttl: timedelta | None = None) -> None:
        """Write now: durable on return. `ttl` stands in for the keyspace's."""
        await self._writer.admit(key)
        await settled(self._writer.write(key, value, ttl=ttl))

    async def put_many(self, values: Mapping[Key[M], M]) -> None:
        """Write several values in one round: durable on return."""
        for key in values:
            await self._writer.admit(key)
        await settled([fate for item in values.items() for fate in self._writer.write(*item)])

    async def put_later(self, key: Key[M], value: M, *, ttl: timedelta | None = None) -> None:
        """Queue a write: every later get sees it, the flush makes it durable."""
        await self._writer.admit(key)
        await settled(self._writer.write(key, value, ttl=ttl, later=True))

    async def update(
        self,
        key: Key[M],
        change: Callable[[M], M | None],
        *,
        default: M | None = None,
        later: bool = False,
        ttl: Life[M] = None,
    ) -> M | None:
        """Read, change, write; one caller of a key after the other. Return the new value.

        `ttl` may depend on the new value.

        The key is deleted when `change` returns None. Nothing is written when there is neither value nor
        `default`, when `change` returns the very object that it was given or None instead of `default`, and
        when it raises, which is passed on.
        """
        await self._writer.admit(key)
        async with self._locks.hold(key.text):
            current = await self.get(key)
            while await self._writer.admit(key):  # others may have taken the room, and written meanwhile
                current = await self.get(key)
            base = default if current is None else current
            value = None if base is None else change(base)
            unchanged = value is base or (value is None and current is None)
            fates = [] if unchanged else self._writer.write(key, value, ttl=ttl, later=later)
        await settled(fates)
        return value

    async def delete(self, key: Key[Any]) -> None:
        """Remove the value: durable on return. An absent one is fine."""
        await self._writer.admit(key)
        await settled(self._writer.write(key, None))

    async def delete_later(self, key: Key[Any]) -> None:
        """Queue a removal."""
        await self._writer.admit(key)
        await settled(self._writer.write(key, None, later=True))

    async def count(self, key: Key[Counters], by: Mapping[str, int]) -> None:
        """Add to counters, later; concurrent events are never lost.

        Raises:
            KVError: the store does not say what was counted before; the next flush counts this.
        """
        await self._counting.add(key, lambda counters: counters.plus(by))

    async def totals(self, key: Key[Counters]) -> Counters:
        """Return what was counted; of other processes only what is durable."""
        return await self._counting.whole(key)

    async def add(self, key: Key[Members], member: str) -> None:
        """Add a member to a set, later."""
        await self._counting.add(key, lambda members: members.plus(member))

    async def members(self, key: Key[Members]) -> frozenset[str]:
        """Return the members of a set; of other processes only those that are durable."""
        return (await self._counting.whole(key)).members

    async def fold(self, key: Key[Any]) -> None:
        """Leave one key of counters or a set whose period is over, which on some stores were several."""
        await self._counting.fold(key)

    async def append(self, log_space: LogSpace[R], record: R) -> None:
        """Add a record to a log, later."""
        async with self._locks.hold(log_space.head().text):
            await logs.append(self, log_space, record, self._context.clock.now())

    async def entries(self, log_space: LogSpace[R], newest: int) -> list[R]:
        """Return up to `newest` records of a log, the newest first."""
        return await logs.entries(self, log_space, newest, self._context.clock.now())

    def lease(self, name: str, ttl: timedelta) -> AbstractAsyncContextManager[None]:  # noqa: ARG002
        """Return a block in which nobody else holds the lease `name`; entering it never waits.

        Entering raises `LeaseHeldError` while somebody holds it. `ttl` is for how long a holder that has died
        keeps others out on a store that several processes share; here a lease dies with its holder.
        """
        return self._leases.hold(name)

    async def retire_user(self, user_id: str, *, kinds: Iterable[str] | None = None) -> None:
        """Refuse every write for a user, or all of some kinds, from now on and for a week; removals go on.

        Raises:
            KVError: it is not known to outlive this process; calling again makes it durable.
        """
        await self.put(*self._tombstones.add(user_id, kinds))

    async def readmit_user(self, user_id: str) -> None:
        """Take writes for a user again, because the person has come back."""
        await self.delete(mark_of(user_id))
        self._tombstones.discard(user_id)

    def is_retired(self, user_id: str, space: Keyspace[Any] | None = None) -> bool:
        """Return whether any writes for a user are refused with `UserGoneError`, or those of one kind."""
        mark = self._tombstones.find(user_id)
        return mark is not None and (space is None or mark.covers(space))

    @property
    def owes(self) -> bool:
        """Whether a flush has anything to wait for."""
        return bool(self._queue.depth or self._counting.owes)

    async def flush(self, timeout_s: float | None = None) -> None:
        """Wait until everything queued now is durable, or has failed and is kept.

        With `timeout_s` it returns then at the latest; the round goes on without the caller.
        """
        if timeout_s is None or not self.owes:
            await self._flush()
            return
        try:
            async with deadline(self._context.clock, timeout_s):
                await self._flush()
        except TimeoutError:
            if not self._flushes_slowly:  # told once, not with every request
                log.warning("kv.flush-slow", depth=self._queue.depth)
            self._flushes_slowly = True
        else:
            self._flushes_slowly = False

    async def scrub(self) -> None:
        """Have nothing left, in files either, of what was removed; what fails is logged and done later."""
        with suppress(KVError):
            await self._store.scrub()

    async def _flush(self) -> None:
        await self._counting.settle()
        await self._flusher.flush()

    def clear_memory(self) -> int:
        """Forget what was read, so that it is read from the store again; return how many values those were.

        What is queued stays, and is still what a read sees.
        """
        return self._memory.clear()

    @property
    def options(self) -> KVOptions:
        """The settings that it works with."""
        return self._context.options

    @property
    def dead_letters(self) -> tuple[DeadLetter, ...]:
        """The newest writes that the store will never take."""
        return tuple(self._flusher.dead_letters)

    def forget_dead_letters(self, user_id: str) -> None:
        """Let the dead letters of a user go."""
        self._flusher.forget(user_id)

    def snapshot(self) -> Snapshot:
        """Return everything counted and the state of queue and cache; touches no store."""
        metrics = self._context.metrics
        return Snapshot(
            taken_at=self._context.clock.now(),
            since=metrics.since,
            backend=self._store.name,
            trouble=self._store.trouble,
            calls=metrics.calls,
            totals=metrics.totals(),
            kinds=metrics.kinds(),
            last_hour=metrics.last_hour(),
            days=metrics.days(),
            queue=self._flusher.state(),
            cache=self._cache.state(),
        )

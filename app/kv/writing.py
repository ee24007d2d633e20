"""How a value gets into the queue, and how a caller waits for its write."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from app.kv.codec import encode
from app.kv.context import Context
from app.kv.deadline import deadline
from app.kv.errors import KVError, QueueFullError
from app.kv.flusher import Flusher
from app.kv.keyspace import AtBound, Key, Keyspace, M
from app.kv.loader import Loader
from app.kv.memory import Memory
from app.kv.queue import Entry, Fate, WriteQueue
from app.kv.tombstones import Tombstones

ROOM_WAIT_S = 5.0

Life = timedelta | Callable[[M], timedelta] | None
"""How long a value lives in the store, or what tells it of the value; None is as long as its kind."""


class Writer:
    """Queues writes. `admit` may wait, `write` never does: nothing comes between a read and its write."""

    def __init__(
        self,
        queue: WriteQueue,
        flusher: Flusher,
        *,
        tombstones: Tombstones,
        memory: Memory,
        loader: Loader,
        context: Context,
    ) -> None:
        self._queue = queue
        self._tombstones = tombstones
        self._flusher = flusher
        self._memory = memory
        self._loader = loader
        self._context = context
        self._closed = False

    def close(self) -> None:
        """Take nothing more, not even from those who waited for room or for a value to change."""
        self._closed = True
        self._queue.close()

    def write(
        self,
        key: Key[M],
        value: M | None,
        *,
        ttl: Life[M] = None,
        later: bool = False,
    ) -> list[Fate]:
        """Queue a write, None being a removal; return what to wait for, which is nothing for a later one.

        Raises:
            KVError: the service is closed.
            UserGoneError: the value belongs to a user who is gone; only removals are taken for them.
        """
        if self._closed:
            raise KVError("Storage is closed.")
        if value is not None:
            self._tombstones.check(key, value)
        entry = self._enqueue(key, value, ttl)
        if entry is None or (later and self._context.options.write_batching):
            return []
        fate = entry.fate()
        self._flusher.urge()
        return [fate]

    async def admit(self, key: Key[Any]) -> bool:
        """Wait until the queue has room for this key; return whether it had none at once.

        Raises:
            QueueFullError: there was no room within five seconds.
            KVError: the service is not running.
        """
        if self._closed or not self._flusher.running:
            raise KVError("Storage is closed.")
        if self._queue.takes(key.text) or self._gives_way(key.space):
            return False
        await self._wait_for_room(key)
        return True

    def _enqueue(self, key: Key[M], value: M | None, ttl: Life[M]) -> Entry | None:
        """Queue a write; return None when the store is known to hold the same."""
        body = b"" if value is None else encode(value)
        now = self._context.now()
        life = None if value is None else _life(key, value, ttl)
        expires_at = None if life is None else now + life.total_seconds()
        self._loader.overtake(key.text)
        if value is not None and self._memory.holds(key.text, body, expires_at=expires_at, now=now):
            self._skip(key)
            return None
        version = self._context.versions.next(now)
        return self._add(Entry(key, version, value, body, expires_at, self._context.clock.monotonic()))

    def _add(self, entry: Entry) -> Entry:
        if entry.key.space.at_bound is AtBound.DROP_OLDEST and not self._queue.takes(entry.key.text):
            self._make_room(entry)
        if self._queue.add(entry):
            self._context.metrics.of(entry.key.space.prefix).coalesced += 1
        self._flusher.notice()
        return entry

    def _skip(self, key: Key[Any]) -> None:
        """The store holds this very value: what is queued for the key is no longer wanted."""
        self._context.metrics.of(key.space.prefix).skipped += 1
        withdrawn = self._queue.withdraw(key.text)
        if withdrawn is not None:
            withdrawn.settle(None)

    async def _wait_for_room(self, key: Key[Any]) -> None:
        self._flusher.urge()
        try:
            async with deadline(self._context.clock, ROOM_WAIT_S):
                await self._queue.has_room()
        except TimeoutError as error:
            self._context.metrics.of(key.space.prefix).dropped += 1
            raise QueueFullError("Too much waits to be saved; this change was not taken.") from error

    def _gives_way(self, space: Keyspace[Any]) -> bool:
        """Whether a kind that drops has a value to give up, or is to be let in as the first of its kind."""
        if space.at_bound is not AtBound.DROP_OLDEST:
            return False
        return self._queue.oldest_put(space.prefix) is not None or not self._queue.holds_kind(space.prefix)

    def _make_room(self, entry: Entry) -> None:
        """Give up the kind's oldest values when the queue is full: one, or as many bytes as are too much."""
        freed, kind = 0, entry.key.space.prefix
        while self._queue.full and freed < (entry.size if self._queue.too_large else 1):
            oldest = self._queue.oldest_put(kind)
            if oldest is None:
                return
            freed += oldest.size
            self._queue.withdraw(oldest.key.text)
            self._context.metrics.of(kind).dropped += 1
            oldest.settle(QueueFullError("Too much waits to be saved; this change gave way to newer ones."))


def _life(key: Key[M], value: M, ttl: Life[M]) -> timedelta | None:
    if callable(ttl):
        return ttl(value)
    return key.space.ttl if ttl is None else ttl


async def settled(fates: Iterable[Fate]) -> None:
    """Wait until these writes are durable.

    Raises:
        KVError: one of them is not known to be; it stays queued.
    """
    errors = [await fate.known() for fate in fates]
    for error in errors:
        if error is not None:
            raise error.for_caller()

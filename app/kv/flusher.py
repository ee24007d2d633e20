"""The flusher: the one task that writes to the store."""

import asyncio
import random
from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import structlog

from app.kv.context import Context
from app.kv.errors import KVError, WriteRejectedError
from app.kv.guard import GuardedStore
from app.kv.latecomers import Latecomers
from app.kv.ledger import KEYS_A_ROUND, Ledger
from app.kv.memory import Memory
from app.kv.metrics import QueueState
from app.kv.queue import Entry, WriteQueue
from app.kv.store import Outcome, Write

SEAL_HERE_UP_TO = 256 * 1024
"""Larger batches are compressed on another thread: a megabyte takes about 10 ms."""
BACKOFF_FIRST_S = 0.5
BACKOFF_CAP_S = 30.0
DOUBLINGS = 6
PROBE_S = 1.0
"""While the store fails, a caller who waits may have it asked again this soon."""
DEAD_LETTERS_KEPT = 100

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A write that the store will never take."""

    key: str
    size: int
    user_id: str | None


class Flusher:
    """Sends what is queued, one round at a time.

    Three things start a round: enough dirty keys, the age of the oldest, somebody who waits. A round takes
    everything queued. After a failure the entries go back and the next round waits: exponentially longer,
    with full jitter, at most 30 s; for somebody who waits at most one second.
    """

    def __init__(self, store: GuardedStore, queue: WriteQueue, *, memory: Memory, context: Context) -> None:
        self._store, self._queue, self._memory = store, queue, memory
        self._clock, self._metrics, self._options = context.clock, context.metrics, context.options
        self.dead_letters: deque[DeadLetter] = deque(maxlen=DEAD_LETTERS_KEPT)
        self.failures = 0
        self._failed_at = 0.0
        self._resume_at = 0.0
        self._urgent = False
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._alarm: asyncio.Task[None] | None = None
        self._alarm_at = 0.0
        self._latecomers = None if store.single_writer else Latecomers(store)
        self._random: Callable[[], float] = random.random
        self._ledger = Ledger(context) if context.options.ledger else None
        self.limits = store.limits.for_round(context.options.round_keys, KEYS_A_ROUND if self._ledger else 0)

    async def load(self) -> None:
        """Read the ledger, which has to be known before anything is written.

        Raises:
            KVError: it cannot be read.
        """
        if self._ledger:
            await self._ledger.load(self._store)

    def start(self) -> None:
        """Begin to write what is queued."""
        self.notice()
        self._task = asyncio.create_task(self._run(), name="kv-flusher")

    async def stop(self) -> None:
        """End, a round in flight included; what is not durable is queued again, and who waits is told."""
        tasks = [task for task in (self._task, self._alarm) if task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        closed = KVError("Storage was closed before it confirmed the change.")
        self._queue.give_back(list(self._queue.in_flight.values()), closed, last=False)
        self._queue.tell_all(closed)

    async def save_ledger(self) -> None:
        """After the end: make the last counts durable where nothing else is left to write."""
        began = self._task is not None  # else the ledger is not loaded: saving it would forget the day so far
        if began and self._ledger and self._ledger.unsaved() and not self._queue.depth:
            await self._round()

    @property
    def running(self) -> bool:
        """Whether what is queued will be written."""
        return self._task is not None and not self._task.done()

    def state(self) -> QueueState:
        """Return the queue's state and how its rounds went."""
        queue, now = self._queue, self._clock.monotonic()
        return QueueState(
            depth=queue.depth,
            bytes=queue.bytes,
            oldest_s=0.0 if queue.oldest_since is None else now - queue.oldest_since,
            deep_s=0.0 if queue.deep_since is None else now - queue.deep_since,
            kinds=Counter(entry.key.space.prefix for entry in queue.entries()),
            high_water=queue.high_water,
            flushes=self._metrics.flushes,
            last_flush_ms=self._metrics.last_flush_ms,
            flush_times=self._metrics.flush_times.state(),
            dead_letters=len(self.dead_letters),
            failing=self.failures > 0 or self._store.failing,
        )

    def forget(self, user_id: str) -> None:
        """Keep no dead letters of a user."""
        letters = (letter for letter in self.dead_letters if letter.user_id != user_id)
        self.dead_letters = deque(letters, maxlen=DEAD_LETTERS_KEPT)

    def notice(self) -> None:
        """Look at the queue: something was added."""
        self._wake.set()

    def urge(self) -> None:
        """Start a round as soon as possible: somebody waits."""
        self._urgent = True
        self._wake.set()

    async def flush(self) -> None:
        """Wait until everything queued now is durable, or has failed and is kept."""
        barrier = self._queue.barrier()
        if barrier is not None:
            self.urge()
            await barrier.wait()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            now = self._clock.monotonic()
            starts_at = self._starts_at(now)
            if starts_at is None:
                continue
            if starts_at > now:
                self._ring_at(starts_at, now)
                continue
            await self._round()
            self._wake.set()

    def _starts_at(self, now: float) -> float | None:
        """Return when the next round is due, None while nothing is queued."""
        oldest = next(iter(self._queue.dirty.values()), None)
        if oldest is None:
            self._urgent = False
            return max(self._ledger.save_at(now), self._resume_at) if self._ledger else None
        if self.failures:
            return min(self._resume_at, self._failed_at + PROBE_S) if self._urgent else self._resume_at
        hurry = self._urgent or len(self._queue.dirty) >= self._options.batch_size
        return now if hurry else oldest.since + self._options.batch_delay_s

    def _ring_at(self, at: float, now: float) -> None:
        """Look at the queue again at `at`, or earlier when that is planned already."""
        if self._alarm and not self._alarm.done():
            if self._alarm_at <= at:
                return
            self._alarm.cancel()
        self._alarm_at = at
        self._alarm = asyncio.create_task(self._ring(at - now), name="kv-alarm")

    async def _ring(self, delay_s: float) -> None:
        await self._clock.sleep(delay_s)
        self._wake.set()

    async def _round(self) -> None:
        try:
            self._store.check()
        except KVError as error:
            self._refused([], error)
            return
        started = self._clock.monotonic()
        batch = self._queue.take(self.limits)
        self._urgent = bool(self._queue.dirty)
        for entry in batch:
            self._memory.sent(entry)
            if entry.attempts > 1:
                self._metrics.of(entry.key.space.prefix).retried += 1
        try:
            outcomes = await self.send(await _writes(batch))
            back = await self._latecomers.take_back(batch) if self._latecomers else set()
        except KVError as error:
            self._refused(batch, error)
        else:
            self._answered(batch, outcomes, back)
        self._metrics.flushed(self._clock.monotonic() - started)

    async def send(self, writes: Sequence[Write]) -> Mapping[str, Outcome]:
        """Write a batch within `limits`, together with the ledger's account of it.

        Raises:
            KVError: nothing is known of it.
        """
        if self._ledger is None:
            return await self._store.apply(writes)
        outcomes = await self._store.apply([*writes, *self._ledger.writes(writes)])
        self._ledger.settle(outcomes)
        return outcomes

    def _answered(
        self, batch: Sequence[Entry], outcomes: Mapping[str, Outcome], taken_back: Collection[str]
    ) -> None:
        failed = []
        for entry in batch:
            outcome = outcomes.get(entry.key.text, Outcome.FAILED)
            if outcome is Outcome.FAILED:
                failed.append(entry)
                continue
            self._queue.finish(entry)
            if outcome is Outcome.DONE:
                if entry.key.text not in taken_back:
                    self._memory.stored(entry)
                entry.settle(None)
            else:
                self._bury(entry)
        self.failures = 0
        if failed:
            error = KVError("Storage did not take the change; it is kept and tried again.")
            self._keep(failed, error, last=True)
        self._queue.let_pass()

    def _refused(self, batch: Sequence[Entry], error: KVError) -> None:
        """Keep everything and tell all who wait, those behind this batch too: nobody waits for long."""
        self._keep(batch, error, last=False)
        self._queue.tell_all(error)
        self._urgent = False

    def _keep(self, failed: Sequence[Entry], error: KVError, *, last: bool) -> None:
        for entry in failed:
            self._metrics.of(entry.key.space.prefix).failed += 1
        self._queue.give_back(failed, error, last=last)
        self._back_off()

    def _back_off(self) -> None:
        longest = min(BACKOFF_CAP_S, BACKOFF_FIRST_S * 2 ** min(self.failures, DOUBLINGS))
        self.failures += 1
        self._failed_at = self._clock.monotonic()
        self._resume_at = self._failed_at + self._random() * longest

    def _bury(self, entry: Entry) -> None:
        self._metrics.of(entry.key.space.prefix).dropped += 1
        user_id = None if entry.value is None else entry.key.space.user_of(entry.key, entry.value)
        self.dead_letters.append(DeadLetter(entry.key.text, entry.size, user_id))
        log.error("kv.dead-letter", kind=entry.key.space.prefix, size=entry.size)
        entry.settle(WriteRejectedError("The store cannot hold this value."))


async def _writes(batch: Sequence[Entry]) -> list[Write]:
    if sum(len(entry.body) for entry in batch) <= SEAL_HERE_UP_TO:
        return [entry.write() for entry in batch]
    return await asyncio.to_thread(lambda: [entry.write() for entry in batch])

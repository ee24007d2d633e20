"""The gate in front of an outside service: how often it is asked, by whom first, and when not at all."""

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from enum import IntEnum

import structlog

from app.clock import Clock
from app.kv.cached import CachedKV
from app.kv.errors import KVError
from app.upstream.capacity import Capacity
from app.upstream.errors import BlockedError, RateLimitedError
from app.upstream.repository import GATE, GateState

PATIENCE_S = 2.0
"""How long somebody who waits for a page waits at a gate."""

_ROUNDING_S = 1e-6

log = structlog.get_logger()


class Priority(IntEnum):
    """Who goes first; within one class it is who came first, so jobs that ask one by one take turns."""

    INTERACTIVE = 0
    """A person waits for the answer: at most `PATIENCE_S`, then `RateLimitedError`."""
    WRITE = 1
    """A playlist is being written."""
    SCAN = 2
    """A library is being read."""
    NOW_PLAYING = 3
    """What a person listens to, for the line that shows it."""
    BACKGROUND = 4
    """Nobody looks."""


class Gate:
    """Spaces out the calls to one outside service and keeps callers away while it wants none.

    At most `burst` calls start at once and `rate_per_second` after that, so two a second are at most 60 in
    any 30 seconds once the burst is used; at most `max_in_flight` are under way. With `kv`, a block outlives
    the process.
    """

    def __init__(
        self,
        name: str,
        *,
        rate_per_second: float,
        clock: Clock,
        max_in_flight: int = 1,
        burst: int = 1,
        kv: CachedKV | None = None,
    ) -> None:
        self.name = name
        self.max_in_flight = max_in_flight
        self._rate_per_second = rate_per_second
        self._interval_s = 1 / rate_per_second
        self._slack_s = (burst - 1) * self._interval_s
        self._clock = clock
        self._kv = kv
        self._next_due = clock.monotonic()
        self._paused_until = clock.monotonic()
        self._blocked_until: datetime | None = None
        self._queue: list[tuple[int, int, asyncio.Future[None]]] = []
        self._arrivals = itertools.count()
        self._in_flight = 0
        self._timer: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take up a block that an earlier process was given.

        Raises:
            KVError: the store does not answer.
        """
        if self._kv and (state := await self._kv.get(GATE(self._key))):
            self._blocked_until = state.blocked_until

    @property
    def blocked_until(self) -> datetime | None:
        """When the service takes calls again, aware, in UTC; None when it does now."""
        until = self._blocked_until
        return until if until and until > self._clock.now() else None

    @property
    def waiting(self) -> int:
        """How many callers stand at the gate."""
        return sum(not turn.done() for _, _, turn in self._queue)

    def capacity(self) -> Capacity:
        """Return what there is to call with now; asks no store."""
        until = self.blocked_until
        return Capacity(
            blocked_until=until, reason="quota" if until else None, rate_per_second=self._rate_per_second
        )

    @asynccontextmanager
    async def slot(self, priority: Priority = Priority.SCAN) -> AsyncIterator[None]:
        """Wait for a turn and hold it for the time of the block.

        Raises:
            BlockedError: the service wants no calls for long; raised at once.
            RateLimitedError: somebody waits for a page and it would take too long.
        """
        await self._enter(priority)
        try:
            yield
        finally:
            self._leave()

    def pause(self, seconds: float) -> None:
        """Let nobody through for some seconds; callers with time stay in the queue."""
        self._paused_until = max(self._paused_until, self._clock.monotonic() + seconds)

    async def block(self, until: datetime) -> None:
        """Turn everybody away until `until`, those who wait now as well, and remember it in the store."""
        if self._blocked_until and self._blocked_until >= until:
            return
        self._blocked_until = until
        log.warning("gate.blocked", gate=self.name, until=until.isoformat())
        self._turn_away()
        if self._kv:
            await self._remember(self._kv, until)

    @property
    def _key(self) -> str:
        return self.name.casefold()

    async def _remember(self, kv: CachedKV, until: datetime) -> None:
        lifetime = max(until - self._clock.now(), timedelta(minutes=1))
        try:
            await kv.put(GATE(self._key), GateState(blocked_until=until), ttl=lifetime)
        except KVError as error:  # the block holds here all the same; after a restart the service repeats it
            log.warning("gate.block_unsaved", gate=self.name, error=str(error))

    async def _enter(self, priority: Priority) -> None:
        self._refuse(priority)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._queue, (priority, next(self._arrivals), turn))
        self._admit()
        patience = None
        if priority is Priority.INTERACTIVE and not turn.done():
            patience = asyncio.create_task(self._lose_patience(turn))
        try:
            await turn
        except asyncio.CancelledError:
            self._give_back(turn)
            raise
        finally:
            if patience:
                patience.cancel()

    def _refuse(self, priority: Priority) -> None:
        if until := self.blocked_until:
            raise self._blocked(until)
        pause_s = self._paused_until - self._clock.monotonic()
        if priority is Priority.INTERACTIVE and pause_s > PATIENCE_S:
            raise self._too_busy(pause_s)

    async def _lose_patience(self, turn: asyncio.Future[None]) -> None:
        await self._clock.sleep(PATIENCE_S)
        if not turn.done():
            turn.set_exception(self._too_busy(max(1.0, self._wait_s())))

    def _give_back(self, turn: asyncio.Future[None]) -> None:
        """Clear up after a caller that was cancelled, perhaps in the very moment its turn came."""
        if turn.cancelled() or turn.exception():
            self._admit()
        else:
            self._leave()

    def _leave(self) -> None:
        self._in_flight -= 1
        self._admit()

    def _admit(self) -> None:
        """Let in everybody who may go now, and look again when the next one may."""
        while self._has_queue() and self._in_flight < self.max_in_flight:
            if (wait_s := self._wait_s()) > 0:
                self._timer = self._timer or asyncio.create_task(self._look_again(wait_s))
                return
            self._next_due = max(self._next_due, self._clock.monotonic()) + self._interval_s
            self._in_flight += 1
            heapq.heappop(self._queue)[2].set_result(None)
        if not self._queue and self._timer:
            self._timer.cancel()
            self._timer = None

    def _has_queue(self) -> bool:
        while self._queue and self._queue[0][2].done():
            heapq.heappop(self._queue)
        return bool(self._queue)

    def _wait_s(self) -> float:
        due = max(self._next_due - self._slack_s, self._paused_until)
        wait_s = due - self._clock.monotonic()
        return wait_s if wait_s > _ROUNDING_S else 0.0

    async def _look_again(self, wait_s: float) -> None:
        await self._clock.sleep(wait_s)
        self._timer = None
        self._admit()

    def _turn_away(self) -> None:
        until = self.blocked_until
        for _, _, turn in self._queue:
            if until and not turn.done():
                turn.set_exception(self._blocked(until))
        self._admit()

    def _blocked(self, until: datetime) -> BlockedError:
        left_s = (until - self._clock.now()).total_seconds()
        text = f"{self.name} takes no calls from this app until {until:%Y-%m-%d %H:%M} UTC."
        return BlockedError(text, until=until, retry_after=left_s)

    def _too_busy(self, retry_after: float) -> RateLimitedError:
        text = f"{self.name} is asked as often as it allows right now. Try again in a moment."
        return RateLimitedError(text, retry_after=retry_after)

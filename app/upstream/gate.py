"""The gate in front of an outside service: how often it is asked, by whom first, and when not at all."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta

import structlog

from app.clock import Clock
from app.kv.cached import CachedKV
from app.kv.deadline import deadline
from app.kv.errors import KVError
from app.upstream.budget import CallBudget
from app.upstream.capacity import Capacity
from app.upstream.errors import BlockedError, BudgetFullError, RateLimitedError
from app.upstream.models import GateState
from app.upstream.pace import Pace
from app.upstream.repository import GATE
from app.upstream.turns import Priority, Turn, Turns

__all__ = ["PATIENCE_S", "Gate", "Priority"]

PATIENCE_S = 2.0
"""How long somebody who waits for a page waits at a gate."""

log = structlog.get_logger()


class Gate:
    """Spaces out the calls to one outside service and keeps callers away while it wants none.

    At most `burst` calls start at once, `rate_per_second` after that, and `most_in_30_s` in any 30 seconds;
    at most `max_in_flight` are under way. With `budget` every call is counted before it is made. With `kv`,
    a block outlives the process.

    Attributes:
        calls: how many were let through since the start, by class.
    """

    def __init__(
        self,
        name: str,
        *,
        rate_per_second: float,
        clock: Clock,
        max_in_flight: int = 1,
        burst: int = 1,
        most_in_30_s: int | None = None,
        budget: CallBudget | None = None,
        kv: CachedKV | None = None,
    ) -> None:
        self.name = name
        self.max_in_flight = max_in_flight
        self.calls: Counter[Priority] = Counter()
        self._clock = clock
        self._kv = kv
        self._budget = budget
        self._pace = Pace(clock, rate_per_second=rate_per_second, burst=burst, most=most_in_30_s)
        self._blocked_until: datetime | None = None
        self._turns = Turns()
        self._in_flight = 0
        self._timer: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Take up a block that an earlier process was given, and what was called in the last day.

        Raises:
            KVError: the store does not answer.
        """
        if self._kv and (state := await self._kv.get(GATE(self._key))):
            self._blocked_until = state.blocked_until
        if self._budget:
            await self._budget.start()

    async def stop(self) -> None:
        """Give back what was reserved and not used."""
        if self._budget:
            await self._budget.stop()

    @property
    def blocked_until(self) -> datetime | None:
        """When the service takes calls again, aware, in UTC; None when it does now."""
        until = self._blocked_until
        return until if until and until > self._clock.now() else None

    @property
    def waiting(self) -> int:
        """How many callers stand at the gate."""
        return len(self._turns)

    def capacity(self) -> Capacity:
        """Return what there is to call with now; asks no store."""
        capacity = self._budget.capacity() if self._budget else Capacity()
        capacity = replace(capacity, rate_per_second=self._pace.rate_per_second)
        until = self.blocked_until
        return replace(capacity, blocked_until=until, reason="quota") if until else capacity

    @asynccontextmanager
    async def slot(
        self, priority: Priority = Priority.SCAN, *, turn: Hashable | None = None
    ) -> AsyncIterator[None]:
        """Wait for a turn and hold it for the time of the block.

        Callers of one class with an equal `turn` share one; without it a caller has one by itself.

        Raises:
            BlockedError: the service wants no calls for long; raised at once.
            BudgetFullError: there is no call left for this class; it is a `BlockedError`.
            RateLimitedError: somebody waits for a page and it would take too long.
            UncountedError: the store does not keep that a call is made.
        """
        arrived = self._clock.monotonic()
        await self._enter(priority, turn)
        try:
            await self._count(priority, arrived)
            yield
        finally:
            self._leave()

    def pause(self, seconds: float) -> None:
        """Let nobody through for some seconds; callers with time stay in the queue."""
        self._pace.pause(seconds)

    async def block(self, until: datetime) -> None:
        """Turn everybody away until `until`, those who wait now as well, and remember it in the store."""
        if self._blocked_until and self._blocked_until >= until:
            return
        self._blocked_until = until
        log.warning("gate.blocked", gate=self.name, until=until.isoformat())
        if self.blocked_until:
            self._turns.turn_away(Priority, lambda: self._blocked(until))
            self._admit()
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

    async def _enter(self, priority: Priority, person: Hashable | None) -> None:
        self._refuse(priority)
        turn = self._turns.join(priority, person)
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
        if self._budget:
            self._budget.check(priority)
        pause_s = self._pace.pause_s()
        if priority is Priority.INTERACTIVE and pause_s > PATIENCE_S:
            raise self._too_busy(pause_s)

    async def _lose_patience(self, turn: Turn) -> None:
        await self._clock.sleep(PATIENCE_S)
        if not turn.done():
            turn.set_exception(self._too_busy(max(1.0, self._pace.wait_s())))

    async def _count(self, priority: Priority, arrived: float) -> None:
        """Count the call that is about to be made."""
        if self._budget and not self._budget.draw(priority):
            waits_for_a_page = priority is Priority.INTERACTIVE
            patience_s = PATIENCE_S + arrived - self._clock.monotonic()
            try:
                async with deadline(self._clock, patience_s) if waits_for_a_page else nullcontext():
                    await self._budget.take(priority)
            except TimeoutError:
                raise self._too_busy(1.0) from None
            except BudgetFullError as error:
                self._turns.turn_away([priority], error.again)
                raise
            self._pace.late()
        self.calls[priority] += 1

    def _give_back(self, turn: Turn) -> None:
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
        while self._turns.any() and self._in_flight < self.max_in_flight:
            if (wait_s := self._pace.wait_s()) > 0:
                self._timer = self._timer or asyncio.create_task(self._look_again(wait_s))
                return
            self._pace.start()
            self._in_flight += 1
            self._turns.pop().set_result(None)
        if not self._turns.any() and self._timer:
            self._timer.cancel()
            self._timer = None

    async def _look_again(self, wait_s: float) -> None:
        await self._clock.sleep(wait_s)
        self._timer = None
        self._admit()

    def _blocked(self, until: datetime) -> BlockedError:
        left_s = (until - self._clock.now()).total_seconds()
        text = f"{self.name} takes no calls from this app until {until:%Y-%m-%d %H:%M} UTC."
        return BlockedError(text, until=until, retry_after=left_s)

    def _too_busy(self, retry_after: float) -> RateLimitedError:
        text = f"{self.name} is asked as often as it allows right now. Try again in a moment."
        return RateLimitedError(text, retry_after=retry_after)

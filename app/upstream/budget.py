"""The budget of calls: never more than so many in any 24 hours, whatever crashes."""

import asyncio
import itertools
import secrets
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

import structlog

from app.clock import Clock
from app.kv.cached import CachedKV
from app.kv.errors import KVError
from app.upstream.blocks import ACCOUNTS, Held, Rules, counts, sums_of
from app.upstream.capacity import BLOCK, WINDOW, Capacity
from app.upstream.errors import BudgetFullError, UncountedError
from app.upstream.models import Account, Block, CallLedger
from app.upstream.repository import CALL_LEDGER
from app.upstream.steady_time import SteadyTime
from app.upstream.turns import Priority

BLOCK_LIFE = timedelta(minutes=30)
"""How long a block may be used; what a crash leaves of it counts for a day after that."""

log = structlog.get_logger()


class CallBudget:
    """Counts calls before they are made.

    They are reserved ten at a time in the store, durably before the first is made: a crash may make the
    ledger count calls that were never made, and never the other way round. What is unused is kept for later.
    It is given back after half an hour, when another class of this process has nothing else, and at the end.

    While `unlimited` says so nothing is counted.
    """

    def __init__(
        self,
        kv: CachedKV,
        rules: Rules,
        *,
        name: str,
        clock: Clock,
        unlimited: Callable[[], bool] = lambda: False,
    ) -> None:
        self.rules = rules
        self._kv = kv
        self._key = CALL_LEDGER(name)
        self._clock = clock
        self._time = SteadyTime(clock)
        self._unlimited = unlimited
        self._process = f"{secrets.token_hex(4)}-"
        self._numbers = itertools.count(1)
        self._mine: list[Held] = []
        self._others: tuple[Block, ...] = ()
        self._at_hand: dict[Account, Held] = {}
        self._full_until: dict[Priority, datetime] = {}
        self._reserving = asyncio.Lock()

    async def start(self) -> None:
        """Take up what earlier processes and others have used.

        Raises:
            KVError: the store does not answer.
        """
        if ledger := await self._kv.get(self._key):
            self._time.catch_up(ledger.at)
            self._look_at(ledger)

    async def stop(self) -> None:
        """Give back what was not used; what closes the store makes it durable."""
        if all(held.counted == held.made for held in self._mine):
            return
        try:
            await self._update(self._given_back, later=True)
        except KVError as error:  # it counts as used for a day
            log.warning("budget.not_given_back", error=error.code)

    def check(self, priority: Priority) -> None:
        """Return unless this class was refused lately and has to wait.

        Raises:
            BudgetFullError: it has.
        """
        until = self._full_until.get(priority)
        if until and until > self._time.now() and not self._unlimited():
            raise self._refusal(until)

    def draw(self, priority: Priority) -> bool:
        """Count a call that is about to be made, if there is one at hand."""
        if self._unlimited():
            return True
        now = self._time.now()
        held = (self._at_hand.get(account) for account in reversed(ACCOUNTS[priority]))
        return any(block.draw(now) for block in held if block)

    async def take(self, priority: Priority) -> None:
        """Count a call that is about to be made, reserving more where none is at hand.

        Raises:
            BudgetFullError: this class has used what it may use in 24 hours.
            UncountedError: the store does not keep what is to be reserved.
        """
        async with self._reserving:
            if not self.draw(priority):
                held = await self._reserve(priority)
                self._mine.append(held)
                self._at_hand[held.account] = held
                self.draw(priority)

    def capacity(self) -> Capacity:
        """Return what was used and what is left; asks no store."""
        if self._unlimited():
            return Capacity()
        rules, now = self.rules, self._time.now()
        blocks = sorted(self._blocks(held.made for held in self._mine), key=lambda block: block.until)
        sums = sums_of(blocks)
        left = max(0, rules.room(Account.GENERAL, sums))
        full_until = None if left else rules.fits_at(Account.GENERAL, blocks, now=now)
        return Capacity(
            limit=rules.limit,
            reserve=rules.reserve,
            used=sums.total,
            left=left,
            left_for_writes=max(0, rules.room(Account.RESERVE, sums)),
            left_for_now_playing=max(0, rules.room(Account.NOW_PLAYING, sums)),
            blocked_until=self._time.on_the_wall(full_until) if full_until else None,
            reason="budget" if full_until else None,
            frees=tuple((self._time.on_the_wall(block.until + WINDOW), block.calls) for block in blocks),
        )

    async def _reserve(self, priority: Priority) -> Held:
        found: Held | None = None

        def change(ledger: CallLedger) -> CallLedger:
            nonlocal found
            self._look_at(ledger)
            found = self._find_room(priority)
            return self._renewed(ledger, found)

        try:
            await self._update(change)
        except KVError as error:
            log.warning("budget.not_reserved", error=error.code)
            raise UncountedError(retry_after=error.retry_after) from error
        if found is None:
            raise self._full(priority)
        return found

    async def _update(self, change: Callable[[CallLedger], CallLedger], *, later: bool = False) -> None:
        await self._kv.update(self._key, change, default=CallLedger(at=self._time.now()), later=later)

    def _look_at(self, ledger: CallLedger) -> None:
        """Take note of what others use, and let go of what is over.

        What this process has, only itself knows: a block whose reservation was never sure is none.
        """
        now = self._time.now()
        self._others = tuple(block for block in ledger.blocks if not block.id.startswith(self._process))
        for held in self._mine:
            held.closed = held.closed or now > held.until
        self._mine = [held for held in self._mine if counts(held.counted, now)]

    def _find_room(self, priority: Priority) -> Held | None:
        """Return a new block, if need be out of what is at hand for others."""
        for close in (False, True):
            if close:
                self._close()
            sums = sums_of(self._blocks(held.counted for held in self._mine))
            for account in ACCOUNTS[priority]:
                if (room := self.rules.room(account, sums)) > 0:
                    return self._new(account, min(BLOCK, room))
        return None

    def _new(self, account: Account, calls: int) -> Held:
        now = self._time.now()
        name = f"{self._process}{next(self._numbers)}"
        return Held(name, account, calls, until=now + BLOCK_LIFE, last_use=now)

    def _close(self) -> None:
        for held in self._mine:
            held.closed = True

    def _given_back(self, ledger: CallLedger) -> CallLedger:
        self._look_at(ledger)
        self._close()
        return self._renewed(ledger)

    def _renewed(self, ledger: CallLedger, new: Held | None = None) -> CallLedger:
        """Return the ledger as it is now, the same object if nothing has changed."""
        mine = [*self._mine, new] if new else self._mine
        blocks = tuple(self._blocks(held.counted for held in mine))
        return ledger if blocks == ledger.blocks else CallLedger(at=self._time.now(), blocks=blocks)

    def _blocks(self, mine: Iterable[Block]) -> Iterable[Block]:
        now = self._time.now()
        return (block for block in (*self._others, *mine) if counts(block, now))

    def _full(self, priority: Priority) -> BudgetFullError:
        blocks = self._blocks(held.counted for held in self._mine)
        until = self.rules.fits_at(ACCOUNTS[priority][-1], blocks, now=self._time.now())
        self._full_until[priority] = until
        log.info("budget.full", priority=priority.name.lower(), until=until.isoformat())
        return self._refusal(until)

    def _refusal(self, until: datetime) -> BudgetFullError:
        on_the_wall = self._time.on_the_wall(until)
        return BudgetFullError(
            until=on_the_wall, retry_after=(on_the_wall - self._clock.now()).total_seconds()
        )

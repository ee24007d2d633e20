"""One process's budget on a store that it may share, and the ends that it may come to."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from app.kv.cached import CachedKV
from app.kv.options import KVOptions
from app.kv.store import Store
from app.upstream.blocks import Rules
from app.upstream.budget import CallBudget
from app.upstream.errors import BudgetFullError, UncountedError
from app.upstream.turns import Priority
from tests.fakes import FakeClock, settle
from tests.unit.kv.stand_ins import ScriptedStore

T = TypeVar("T")


class SharedStore(ScriptedStore):
    """What one process sees of a store that outlives it."""

    async def close(self) -> None:
        pass


class Replica:
    """A budget that calls are taken from.

    Attributes:
        made: when and for whom, on a clock that nobody sets.
    """

    def __init__(self, inner: Store, rules: Rules, *, clock: FakeClock, alone: bool = True) -> None:
        self.made: list[tuple[float, Priority]] = []
        self.extended = False
        self.clock = clock
        self._inner, self._rules, self._alone = inner, rules, alone

    async def start(self) -> None:
        self.store = SharedStore(self._inner, single_writer=self._alone)
        self.kv = CachedKV(self.store, clock=self.clock, options=KVOptions(ledger=False))
        await self.kv.start()
        self.budget = CallBudget(
            self.kv, self._rules, name="calls", clock=self.clock, unlimited=lambda: self.extended
        )
        await self.budget.start()

    async def call(self, priority: Priority) -> bool:
        """Make a call if it may be made."""
        try:
            if not self.budget.draw(priority):
                await self.in_time(self.budget.take(priority))
        except (BudgetFullError, UncountedError):
            return False
        self.made.append((self.clock.monotonic(), priority))
        return True

    async def calls(self, priority: Priority, most: int) -> int:
        """Make calls until there is none left."""
        for number in range(most):
            if not await self.call(priority):
                return number
        return most

    async def crash(self) -> None:
        """End without another write, and start again."""
        self.store.down = True
        await self.in_time(self.kv.close())
        await self.start()

    async def restart(self) -> None:
        """End as one should, and start again."""
        await self.in_time(self.budget.stop())
        await self.in_time(self.kv.close())
        await self.start()

    async def in_time(self, work: Coroutine[Any, Any, T]) -> T:
        """Await something for as long as it takes."""
        task = asyncio.ensure_future(work)
        await settle()
        while not task.done():
            await self.clock.advance(0.5)
        return await task

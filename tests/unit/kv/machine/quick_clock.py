"""Time that goes on in an instant, and a way to know that nothing is left to do."""

import asyncio
from collections.abc import Callable

from tests.fakes import FakeClock
from tests.unit.kv.machine.promises import BrokenPromiseError

MOST_TURNS = 10_000


async def rest() -> None:
    """Return when every task waits for something that is not going to happen by itself.

    Raises:
        BrokenPromiseError: it never comes to that.
    """
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    for _ in range(MOST_TURNS):
        if not ready:
            return
        await asyncio.sleep(0)
    raise BrokenPromiseError("everything comes to rest while no time passes")


async def pass_turns(number: int) -> None:
    """Let so many turns of the event loop pass."""
    for _ in range(number):
        await asyncio.sleep(0)


class AtOnce:
    """A store's thread whose work is done before anything else happens."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    async def stop(self, last: Callable[[], None]) -> None:
        last()


class QuickClock(FakeClock):
    """A clock whose advance lets every task run as far as it can, and no turn of the loop more."""

    async def advance(self, seconds: float) -> None:
        end = self._elapsed + seconds
        await rest()
        while due := [entry for entry in self._sleepers if entry[0] <= end and not entry[1].done()]:
            at, future = min(due, key=lambda entry: entry[0])
            self._elapsed = max(self._elapsed, at)
            self._sleepers.remove((at, future))
            future.set_result(None)
            await rest()
        self._elapsed = end
        await rest()

"""Stand-ins for what a test must control: time."""

import asyncio
from datetime import UTC, datetime, timedelta


class FakeClock:
    """A clock that moves only when told to, and wakes its sleepers in order."""

    def __init__(self) -> None:
        self._now = datetime(2026, 11, 22, 12, tzinfo=UTC)
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def now(self) -> datetime:
        return self._now + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers = [entry for entry in self._sleepers if not entry[1].done()]
        self._sleepers.append((self._elapsed + max(0.0, seconds), future))
        await future

    @property
    def sleeping(self) -> int:
        """How many callers wait."""
        return sum(not future.done() for _, future in self._sleepers)

    async def advance(self, seconds: float) -> None:
        """Move time on, waking whoever is due on the way, each at its own time."""
        end = self._elapsed + seconds
        await settle()
        while due := [entry for entry in self._sleepers if entry[0] <= end and not entry[1].done()]:
            at, future = min(due, key=lambda entry: entry[0])
            self._elapsed = max(self._elapsed, at)
            self._sleepers.remove((at, future))
            future.set_result(None)
            await settle()
        self._elapsed = max(self._elapsed, end)  # somebody else may have moved it on meanwhile
        await settle()

    def set_back(self, seconds: float) -> None:
        """Have somebody set the clock back; as much time has passed as before."""
        self._now -= timedelta(seconds=seconds)

    async def jump(self, seconds: float) -> None:
        """Move time on at once and wake all who are due only then: a store on a thread has real time."""
        self._elapsed += seconds
        for at, future in self._sleepers:
            if at <= self._elapsed and not future.done():
                future.set_result(None)
        await settle()


async def settle() -> None:
    """Let every task that can run do so, until none can."""
    ready = asyncio.get_running_loop()._ready  # type: ignore[attr-defined]
    for _ in range(50):
        await asyncio.sleep(0)
        if not ready:
            break

"""Leases: a piece of work that only one caller does at a time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from app.clock import Clock
from app.kv.errors import LeaseHeldError


class LocalLeases:
    """Leases in this process, which is enough on a store that nobody else writes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ends: dict[str, float] = {}

    @asynccontextmanager
    async def hold(self, name: str, ttl: timedelta) -> AsyncIterator[None]:
        """Hold the lease in the block; whoever holds it for longer than `ttl` may lose it to somebody else.

        Raises:
            LeaseHeldError: somebody holds it.
        """
        now = self._clock.monotonic()
        if self._ends.get(name, now) > now:
            raise LeaseHeldError("Wait until it has ended.")
        mine = self._ends[name] = now + ttl.total_seconds()
        try:
            yield
        finally:
            if self._ends.get(name) == mine:
                del self._ends[name]

"""Leases: a piece of work that only one caller does at a time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.kv.errors import LeaseHeldError


class LocalLeases:
    """Leases that live and die with this process, which is enough on a store that nobody else writes."""

    def __init__(self) -> None:
        self._held: set[str] = set()

    @asynccontextmanager
    async def hold(self, name: str) -> AsyncIterator[None]:
        """Hold the lease in the block.

        Raises:
            LeaseHeldError: somebody holds it.
        """
        if name in self._held:
            raise LeaseHeldError("Wait until it has ended.")
        self._held.add(name)
        try:
            yield
        finally:
            self._held.discard(name)

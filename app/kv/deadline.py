"""Time limits on the service's own clock."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.clock import Clock


@asynccontextmanager
async def deadline(clock: Clock, seconds: float) -> AsyncIterator[None]:
    """Cancel the block when `seconds` are over.

    Raises:
        TimeoutError: the block was cancelled.
    """
    async with asyncio.timeout(None) as limit:
        alarm = asyncio.create_task(_ring(clock, seconds, limit))
        try:
            yield
        finally:
            alarm.cancel()


async def _ring(clock: Clock, seconds: float, limit: asyncio.Timeout) -> None:
    await clock.sleep(seconds)
    limit.reschedule(asyncio.get_running_loop().time())

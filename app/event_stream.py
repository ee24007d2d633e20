"""Server-sent events that end by themselves, so that a forgotten tab does not hold a connection for ever."""

import asyncio
from collections.abc import AsyncIterator
from typing import TypeVar

T = TypeVar("T")

LONGEST_S = 600.0
RECONNECT_MS = 2000
"""When a browser whose stream has ended asks again."""


async def capped(events: AsyncIterator[T], *, longest_s: float = LONGEST_S) -> AsyncIterator[T]:
    """Yield `events` for at most `longest_s` seconds; a browser then connects again by itself."""
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + longest_s
    while True:
        try:
            event = await asyncio.wait_for(anext(events), ends_at - loop.time())
        except (StopAsyncIteration, TimeoutError):
            return
        yield event

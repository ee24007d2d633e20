"""What the tests of the SQLite store run in processes of their own: `python -m ... <what> <url>`."""

import asyncio
import sys
from itertools import count

from app.clock import SystemClock
from app.kv.cached import CachedKV
from app.kv.errors import StoreOpenError
from app.kv.stores import open_store
from tests.unit.kv.stand_ins import FOREVER, note


async def write(url: str) -> None:
    """Put value after value, telling each one that is durable, until somebody ends this."""
    clock = SystemClock()
    kv = CachedKV(await open_store(url, clock=clock), clock=clock)
    await kv.start()
    for number in count():
        await kv.put(FOREVER(number), note(number))
        print(number, flush=True)  # noqa: T201


async def look(url: str) -> None:
    """Try to open the store; tell why that fails."""
    try:
        await open_store(url, clock=SystemClock())
    except StoreOpenError as error:
        print(error)  # noqa: T201


if __name__ == "__main__":
    asyncio.run({"write": write, "look": look}[sys.argv[1]](sys.argv[2]))

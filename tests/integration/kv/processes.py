"""What the tests of the SQLite store run in processes of their own: `python -m ... <what> <url>`."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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


async def put_one_after_the_other(url: str) -> None:
    """Put forty values, each after the last one's acknowledgement, telling every one."""
    async with opened(url) as kv:
        for number in range(40):
            await put_and_tell(kv, number)


async def put_together(url: str) -> None:
    """Put two hundred values at once, telling every one that is acknowledged."""
    async with opened(url) as kv:
        await asyncio.gather(*(put_and_tell(kv, number) for number in range(200)))


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[CachedKV]:
    clock = SystemClock()
    kv = CachedKV(await open_store(url, clock=clock), clock=clock)
    await kv.start()
    os.write(1, b"began\n")
    yield kv
    os.write(1, b"ended\n")
    await kv.close()


async def put_and_tell(kv: CachedKV, number: int) -> None:
    name = f"{number:04}"
    await kv.put(FOREVER(name), note(number))
    os.write(1, f"durable {name}\n".encode())


async def look(url: str) -> None:
    """Try to open the store; tell why that fails."""
    try:
        await open_store(url, clock=SystemClock())
    except StoreOpenError as error:
        print(error)  # noqa: T201


if __name__ == "__main__":
    asyncio.run(globals()[sys.argv[1]](sys.argv[2]))

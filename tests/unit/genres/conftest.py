"""Scans with real clients on a simulated wire, in the test's own time."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import pytest
import respx

from app.genres.families import Families
from app.kv.stores.memory import MemoryStore
from app.upstream.http import build_http
from tests.fakes import FakeClock
from tests.unit.genres.process import Process

Boot = Callable[[MemoryStore], Awaitable[Process]]


@pytest.fixture(scope="session")
def families() -> Families:
    return Families.load()


@pytest.fixture
def wire() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as router:
        yield router


@pytest.fixture
def store(clock: FakeClock) -> MemoryStore:
    return MemoryStore(clock)


@pytest.fixture
async def boot(wire: respx.MockRouter, clock: FakeClock, families: Families) -> AsyncIterator[Boot]:
    """Start processes; all of them end with the test."""
    opened: list[Process] = []
    async with build_http(contact="me@example.com") as http:

        async def start(store: MemoryStore) -> Process:
            process = Process(store, http, clock=clock, families=families)
            opened.append(process)
            await process.open()
            return process

        yield start
        for process in opened:
            await process.close()


@pytest.fixture
async def process(boot: Boot, store: MemoryStore) -> Process:
    return await boot(store)

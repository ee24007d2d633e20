"""Fixtures that every test may ask for."""

from collections.abc import AsyncIterator

import pytest

from app.kv.cached import CachedKV
from app.kv.options import KVOptions
from app.kv.stores.memory import MemoryStore
from tests.fakes import FakeClock


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def kv(clock: FakeClock) -> AsyncIterator[CachedKV]:
    """A started service on a fresh memory store, in the test's own time.

    Immediate writes need no time to pass. A queued write is durable after `await kv.flush()`, or once
    `await clock.advance(5)` has let the queue's delay pass.
    """
    service = CachedKV(MemoryStore(clock), clock=clock, options=KVOptions(ledger=False))
    await service.start()
    yield service
    await service.close()

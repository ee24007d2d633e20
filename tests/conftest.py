"""Fixtures that every test may ask for."""

import logging
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from app.kv.cached import CachedKV
from app.kv.options import KVOptions
from app.kv.stores.memory import MemoryStore
from tests.fakes import FakeClock

# CI tries the same examples every time, so that it fails for what a change did; other runs look for new ones.
# How long one takes says how busy the machine is.
settings.register_profile("any", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("any")


def pytest_configure() -> None:
    """Log without the variables of every frame of an error, which structlog takes seconds to draw."""
    plain = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.stdlib.add_log_level, plain]
    )


def pytest_report_header() -> list[str]:
    """Say how many files of tests are left out because a machine lacks what they read."""
    lines = []
    for name in ("GENRE_SORTER_LIBRARY", "GENRE_SORTER_SAMPLES", "GENRE_SORTER_OPENAPI"):
        if name not in os.environ:
            files = [path for path in Path(__file__).parent.rglob("test_*.py") if name in path.read_text()]
            lines.append(f"{name} is not set: tests in {len(files)} files are not collected")
    return lines


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


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    """Undo what a test does to the logging of the whole process."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    pytest_configure()

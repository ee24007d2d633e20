"""Simulated time: hours of pauses in seconds, and never a deadline that real work has not missed."""

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from typing import Any

import httpx

TURNS = 100
"""Turns of the event loop after which nothing more comes of itself."""


class SteppingClock:
    """Steps from sleeper to sleeper; stands still while anything is under way in real time."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._elapsed_s = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._arrivals = itertools.count()
        self._somebody_sleeps = asyncio.Event()
        self._under_way = 0
        self._at_rest = asyncio.Event()
        self._at_rest.set()

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed_s)

    def monotonic(self) -> float:
        return self._elapsed_s

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        at = self._elapsed_s + max(0.0, seconds)
        heapq.heappush(self._sleepers, (at, next(self._arrivals), woken))
        self._somebody_sleeps.set()
        await woken

    async def sleep_until(self, at_s: float) -> None:
        """Sleep until so many seconds after the start; return at once when that is past."""
        if at_s > self._elapsed_s:
            await self.sleep(at_s - self._elapsed_s)

    @contextmanager
    def under_way(self) -> Iterator[None]:
        """Stand still in the block."""
        self._began()
        try:
            yield
        finally:
            self._ended()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Let time pass in the block."""
        loop = asyncio.get_running_loop()
        loop.set_default_executor(
            _CountedThreads(self._began, lambda: loop.call_soon_threadsafe(self._ended))
        )
        passing = asyncio.create_task(self._run())
        try:
            yield
        finally:
            passing.cancel()

    async def _run(self) -> None:
        while True:
            await self._quiet()
            await self._step()

    def _began(self) -> None:
        self._under_way += 1
        self._at_rest.clear()

    def _ended(self) -> None:
        self._under_way -= 1
        if not self._under_way:
            self._at_rest.set()

    async def _quiet(self) -> None:
        """Return when every task waits for time to pass."""
        turns = 0
        while turns < TURNS:
            await asyncio.sleep(0)
            turns += 1
            if self._under_way:
                await self._at_rest.wait()
                turns = 0

    async def _step(self) -> None:
        while self._sleepers and self._sleepers[0][2].done():
            heapq.heappop(self._sleepers)
        if not self._sleepers:
            self._somebody_sleeps.clear()
            await self._somebody_sleeps.wait()
            return
        at, _, woken = heapq.heappop(self._sleepers)
        self._elapsed_s = max(self._elapsed_s, at)
        woken.set_result(None)


class _CountedThreads(ThreadPoolExecutor):
    """Where `asyncio.to_thread` works."""

    def __init__(self, began: Callable[[], None], ended: Callable[[], object]) -> None:
        super().__init__()
        self._began, self._ended = began, ended

    def submit(self, *work: Any, **named: Any) -> Future[Any]:
        self._began()
        future = super().submit(*work, **named)
        future.add_done_callback(lambda _: self._ended())
        return future


@contextmanager
def http_under_way(clock: SteppingClock) -> Iterator[None]:
    """Let the clock stand still while an HTTP call over the network is under way, its body included."""
    plain = httpx.AsyncHTTPTransport.handle_async_request

    async def counted(self: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        with clock.under_way():
            response = await plain(self, request)
            await response.aread()
        return response

    httpx.AsyncHTTPTransport.handle_async_request = counted  # type: ignore[method-assign]
    try:
        yield
    finally:
        httpx.AsyncHTTPTransport.handle_async_request = plain  # type: ignore[method-assign]

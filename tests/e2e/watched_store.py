"""Stores that tell a test what they are asked, around the app's own."""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

from app.clock import Clock, SystemClock
from app.kv.metrics import EVERY_KIND
from app.kv.store import Delete, Outcome, ScanPage, Store, Write
from app.kv.stores import StoreOpener, open_store


class WatchedStore:
    """Hands every call on to a store."""

    def __init__(self, inner: Store) -> None:
        self.name, self.limits, self.single_writer = inner.name, inner.limits, inner.single_writer
        self.inner = inner

    async def get(self, key: str) -> bytes | None:
        return await self.inner.get(key)

    async def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        return await self.inner.get_many(keys)

    async def apply(self, writes: Sequence[Write]) -> Mapping[str, Outcome]:
        return await self.inner.apply(writes)

    async def scan(self, prefix: str, cursor: str | None = None) -> ScanPage:
        return await self.inner.scan(prefix, cursor)

    async def ping(self) -> None:
        await self.inner.ping()

    async def close(self) -> None:
        await self.inner.close()


class CountingStore(WatchedStore):
    """Counts what it is asked: calls, those that are under way, and operations by name and kind."""

    def __init__(self, inner: Store) -> None:
        super().__init__(inner)
        self.calls = 0
        self.under_way = 0
        self.counted: Counter[tuple[str, str]] = Counter()

    async def get(self, key: str) -> bytes | None:
        with self._counting(("reads", kind_of(key))):
            return await super().get(key)

    async def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        with self._counting(*(("reads", kind_of(key)) for key in keys)):
            return await super().get_many(keys)

    async def apply(self, writes: Sequence[Write]) -> Mapping[str, Outcome]:
        with self._counting(
            *(("deletes" if isinstance(one, Delete) else "writes", kind_of(one.key)) for one in writes)
        ):
            return await super().apply(writes)

    async def scan(self, prefix: str, cursor: str | None = None) -> ScanPage:
        with self._counting(("lists", kind_of(prefix))):
            return await super().scan(prefix, cursor)

    @contextmanager
    def _counting(self, *operations: tuple[str, str]) -> Iterator[None]:
        self.calls += 1
        self.under_way += 1
        self.counted.update(operations)
        try:
            yield
        finally:
            self.under_way -= 1


class HeldStore(WatchedStore):
    """Holds writes of one kind back while it is told to.

    Attributes:
        reached: set when such a write has come.
        done: kinds of the writes done since it began to hold.
    """

    def __init__(self, inner: Store) -> None:
        super().__init__(inner)
        self.reached = threading.Event()
        self.done: list[str] = []
        self._held = ""
        self._let_go = threading.Event()

    @contextmanager
    def holding(self, kind: str) -> Iterator[None]:
        self.done.clear()
        self._held = kind
        try:
            yield
        finally:
            self._let_go.set()

    async def apply(self, writes: Sequence[Write]) -> Mapping[str, Outcome]:
        kinds = [kind_of(write.key) for write in writes]
        if self._held in kinds:
            self.reached.set()
            await asyncio.to_thread(self._let_go.wait)
        outcomes = await super().apply(writes)
        self.done += kinds
        return outcomes


Watched = TypeVar("Watched", bound=WatchedStore)


def open_watched(around: Callable[[Store], Watched], opened: list[Watched]) -> StoreOpener:
    """Return what opens the app's own store with a watched one around it, and notes that in `opened`."""

    async def opener(kv_url: str, *, clock: Clock) -> Store:
        opened.append(around(await open_store(kv_url, clock=clock)))
        return opened[-1]

    return opener


class PatientClock(SystemClock):
    """The machine's clock, except that no pause longer than a blink ever ends: nobody gives up waiting."""

    async def sleep(self, seconds: float) -> None:
        await (asyncio.Event().wait() if seconds > 1 else super().sleep(seconds))


def kind_of(key: str) -> str:
    return key.partition(":")[0] or EVERY_KIND

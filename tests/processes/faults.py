"""What a test can do to a running app: to the disk below its store, and to its clock."""

import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict

from app.clock import Clock, SystemClock
from app.kv.store import Store
from app.kv.stores import open_store
from app.kv.stores.sqlite import SQLiteStore
from app.kv.stores.worker import Worker
from tests.e2e.watched_store import CountingStore

T = TypeVar("T")


class Told(BaseModel):
    """What a test wants from now on.

    Attributes:
        disk: as ever, every call takes `delay_s`, every call is refused, or none ends until this changes.
        delay_s: how long a slow disk takes.
        ahead_s: how far the wall clock is ahead of the machine's; behind it, when negative.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    disk: Literal["well", "slow", "refusing", "stuck"] = "well"
    delay_s: float = 0.0
    ahead_s: float = 0.0


class Faults:
    """The switches, and what the app is given to feel them."""

    def __init__(self, ahead_s: float) -> None:
        self.told = Told(ahead_s=ahead_s)
        self.store: CountingStore
        self._let_go = threading.Event()

    def tell(self, told: Told) -> None:
        """Change the switches; a call that was stuck goes on."""
        self.told = told
        self._let_go.set()
        self._let_go = threading.Event()

    async def open(self, kv_url: str, *, clock: Clock) -> Store:
        """Open the app's own store on the disk of this test."""
        store = await open_store(kv_url, clock=clock)
        assert isinstance(store, SQLiteStore)
        store._worker = _FaultyWorker(store._worker, self._meet)  # type: ignore[assignment]
        self.store = CountingStore(store)
        return self.store

    def _meet(self) -> None:
        """On the store's thread, before every call: a disk does not know who has stopped to wait for it."""
        if self.told.disk == "stuck":
            self._let_go.wait()
        if self.told.disk == "slow":
            time.sleep(self.told.delay_s)
        if self.told.disk == "refusing":
            raise sqlite3.OperationalError("disk I/O error")

    @property
    def waiting_calls(self) -> int:
        """How many calls wait for the store's thread."""
        return len(self.store.inner._worker.inner._jobs)  # type: ignore[attr-defined]

    @property
    def reads(self) -> dict[str, int]:
        """How many values of each kind the store was asked for."""
        counted = self.store.counted.items()
        return {kind: count for (operation, kind), count in counted if operation == "reads"}


class _FaultyWorker:
    """The store's thread, which meets the fault before every call but the last."""

    def __init__(self, inner: Worker, meet: Callable[[], None]) -> None:
        self.inner = inner
        self._meet = meet

    async def run(self, work: Callable[[], T]) -> T:
        def met() -> T:
            self._meet()
            return work()

        return await self.inner.run(met)

    async def stop(self, last: Callable[[], None]) -> None:
        await self.inner.stop(last)


class MovedClock(SystemClock):
    """The machine's clock, its wall time set wrong; durations are never touched."""

    def __init__(self, faults: Faults) -> None:
        self._faults = faults

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self._faults.told.ahead_s)

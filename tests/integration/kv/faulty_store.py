"""A store that fails in one call, in a way of the test's choice."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from app.kv.store import Limits, Outcome, ScanPage, Store, Write
from tests.fakes import FakeClock, settle

Call = Callable[[], Awaitable[Any]]


class Fault(StrEnum):
    """How one call fails. In part is half of a batch; a read is then refused."""

    REFUSED = "refused"
    ANSWER_LOST = "done, but the answer is lost"
    HANGS = "hangs"
    DONE_AND_HANGS = "done, but hangs"
    PARTIAL = "done in part, and said so"
    CUT_OFF = "done in part, then refused"


DONE = (Fault.ANSWER_LOST, Fault.DONE_AND_HANGS)
IN_PART = (Fault.PARTIAL, Fault.CUT_OFF)
HANGING = (Fault.HANGS, Fault.DONE_AND_HANGS)


@dataclass
class FaultyStore:
    """A store that outlives the services on it.

    Attributes:
        fault, at: how a call fails, and which one, counted from 1.
        stuck: batches hang.
        calls: the names of all, in their order.
        written, answered: keys that were to be written or removed, but for the ledger's; and of calls that
            did not fail.
        busy: calls that the real store works on.
        others: threads that there were before, some of them of tests that left one behind.
        failed: what failed, for the message of a test.
    """

    inner: Store
    fault: Fault | None = None
    at: int = 0
    single_writer: bool = True
    name: str = "faulty"
    stuck: bool = False
    busy: int = 0
    written: int = 0
    answered: int = 0
    failed: str = "nothing has failed"
    calls: list[str] = field(default_factory=list)

    others: frozenset[threading.Thread] = field(default_factory=lambda: frozenset(threading.enumerate()))

    @property
    def works(self) -> bool:
        """Whether something takes real time: the real store, or a thread that writes the spill file."""
        spills = (thread.name == "kv-spill" for thread in threading.enumerate() if thread not in self.others)
        return self.busy > 0 or any(spills)

    @property
    def limits(self) -> Limits:
        return self.inner.limits

    async def get(self, key: str) -> bytes | None:
        found: bytes | None = await self._call(f"get {key}", lambda: self.inner.get(key))
        return found

    async def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        found: Mapping[str, bytes] = await self._call(f"get {keys}", lambda: self.inner.get_many(keys))
        return found

    async def scan(self, prefix: str, cursor: str | None = None) -> ScanPage:
        page: ScanPage = await self._call(f"scan {prefix}", lambda: self.inner.scan(prefix, cursor))
        return page

    async def apply(self, writes: Sequence[Write]) -> Mapping[str, Outcome]:
        if self.stuck:
            await asyncio.Event().wait()
        number = sum(not write.key.startswith("kv-ledger:") for write in writes)
        self.written += number
        half = writes[: len(writes) // 2]
        outcomes: Mapping[str, Outcome] = await self._call(
            f"apply {[write.key for write in writes]}",
            lambda: self.inner.apply(writes),
            lambda: self.inner.apply(half),
        )
        self.answered += 0 if len(self.calls) == self.at else number
        return outcomes

    async def ping(self) -> None:
        await self._work(self.inner.ping)

    async def close(self) -> None:
        pass

    async def _call(self, told: str, whole: Call, part: Call | None = None) -> Any:
        self.calls.append(told)
        if self.fault is None or len(self.calls) != self.at:
            return await self._work(whole)
        self.failed = f"call {self.at} ({told}): {self.fault}"
        if self.fault in DONE:
            await self._work(whole)
        if self.fault in IN_PART and part:
            outcomes = await self._work(part)
            if self.fault is Fault.PARTIAL:
                return outcomes
        if self.fault in HANGING:
            await asyncio.Event().wait()
        raise ConnectionError(self.fault)

    async def _work(self, call: Call) -> Any:
        self.busy += 1
        try:
            return await call()
        finally:
            self.busy -= 1


async def passing(call: Awaitable[Any], store: FaultyStore, clock: FakeClock) -> Any:
    """Await a call; time passes only while no thread works, which takes real time."""
    task = asyncio.ensure_future(call)
    await _turns(task)
    while not task.done():
        if store.works:
            await asyncio.sleep(0.0002)
        else:
            await settle()
            await clock.advance(0 if task.done() or store.works else 1)
        await _turns(task)
    return await task


async def _turns(task: "asyncio.Future[Any]") -> None:
    for _ in range(20):
        if task.done():
            return
        await asyncio.sleep(0)

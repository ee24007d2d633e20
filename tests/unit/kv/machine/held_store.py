"""A store whose every call waits until the machine says how it ends."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from app.kv.metrics import kind_of, operation_of
from app.kv.store import Limits, Outcome, ScanPage, Write
from tests.unit.kv.machine.disk import Disk
from tests.unit.kv.machine.promises import Promises

T = TypeVar("T")
LEDGER_KEYS = 2
"""A round on a store that takes one key at once is larger by these; no real store is as small."""
TIMEOUT_S = 5.0 - 1e-6


class Way(StrEnum):
    """How a call to the store ends."""

    WAIT = "when the machine says so"
    OK = "ok"
    REFUSED = "nothing done, an error"
    LOST = "done, but the answer is lost"
    NONSENSE = "done, but the answer is no answer"
    EARLY = "a read of what was there when it was asked"


class Fate(StrEnum):
    """What becomes of one key in a batch that succeeds in part."""

    DONE = "done"
    FAILED = "failed"
    FAILED_BUT_DONE = "done, but told as failed"
    FORGOTTEN = "not done and not mentioned"


@dataclass(slots=True, eq=False)
class Call:
    """One call that is under way."""

    writes: Sequence[Write] = ()
    since: float = 0.0
    landed: bool = False
    fates: Sequence[Fate] = ()
    answer: "asyncio.Future[Way]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def end(self, way: Way, fates: Sequence[Fate] = ()) -> None:
        """Let it end in this way, unless it does already; with fates each key of a batch has its own."""
        if not self.answer.done():
            self.fates = fates
            self.answer.set_result(way)


class HeldStore:
    """One process's connection to the disk.

    Attributes:
        reading, writing: calls under way.
        reads_end, writes_end: how calls end that begin now.
        late: whether a batch that was given up has been written all the same.
        before_all: called before the model is told of a batch or of what became of it.
        ending: tells whether the service takes nothing more.
        seen: operations as (kind, name), and calls.
    """

    name = "held"

    def __init__(self, disk: Disk, promises: Promises, *, limits: Limits, single_writer: bool) -> None:
        self.limits, self.single_writer = limits, single_writer
        self._disk, self._model, self._hold = disk, disk.model, promises.hold
        self.reading: list[Call] = []
        self.writing: Call | None = None
        self.reads_end = self.writes_end = Way.OK
        self.late = self.gone = False
        self.seen: Counter[tuple[str, str]] = Counter()
        self.calls = 0
        self.before_all: Callable[[], None] = lambda: None
        self.ending: Callable[[], bool] = bool

    async def get(self, key: str) -> bytes | None:
        return (await self.get_many([key])).get(key)

    async def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        self._count(("reads", key) for key in keys)
        return await self._read(lambda: self._disk.find(keys))

    async def scan(self, prefix: str, cursor: str | None = None) -> ScanPage:
        self._count([("lists", prefix)])
        return ScanPage(await self._read(lambda: self._disk.keys(prefix)), None)

    async def _read(self, look: Callable[[], T]) -> T:
        call, early = Call(), look()
        self.reading.append(call)
        try:
            way = await self._end_of(call, self.reads_end)
            if way is not Way.REFUSED:
                return early if way is Way.EARLY else look()
        except asyncio.CancelledError:
            self._model.read_failed()
            raise
        finally:
            self.reading.remove(call)
        self._model.read_failed()
        raise ConnectionError("refused")

    async def apply(self, writes: Sequence[Write]) -> Mapping[str, Outcome]:
        self._count((operation_of(write), write.key) for write in writes)
        self._hold(self.writing is None, "there is never more than one write call under way")
        fits = len(writes) <= self.limits.batch_keys + LEDGER_KEYS
        self._hold(fits, "a round is never larger than the store allows")
        self.before_all()
        self._model.sent(writes)
        self.writing = call = Call(writes=writes, since=self._disk.clock.monotonic())
        try:
            way = await self._end_of(call, self.writes_end)
        except asyncio.CancelledError:
            if not self.gone:
                self._given_up(call)
            raise
        finally:
            self.writing = None
        return self._outcomes(call, way)

    async def ping(self) -> None:
        """Wait as a read does, but not for the machine: it ends with its time limit, or at once."""
        if self.reads_end is Way.WAIT:
            await asyncio.Event().wait()
        self._model.came_back()

    async def close(self) -> None:
        self.gone = True

    def land(self, call: Call) -> None:
        """Do what a call asks for; its answer may come later."""
        if not (call.landed or call.fates):
            call.landed = True
            self._disk.land([write for write in call.writes if self.limits.accept(write)])

    def _given_up(self, call: Call) -> None:
        self.before_all()
        if self.late:
            self.land(call)
        if self.ending() or self._disk.clock.monotonic() - call.since < TIMEOUT_S:
            self._model.stopped()
        else:
            self._model.refused(call.writes)

    def _outcomes(self, call: Call, way: Way) -> Mapping[str, Outcome]:
        self.before_all()
        if call.fates:
            return self._in_part(call)
        if way is not Way.REFUSED:
            self.land(call)
        if way is not Way.OK:
            self._model.refused(call.writes)
            if way is Way.NONSENSE:
                return None  # type: ignore[return-value]
            raise ConnectionError(way)
        outcomes = {write.key: self._taken(write) for write in call.writes}
        self._model.answered(outcomes)
        return outcomes

    def _in_part(self, call: Call) -> Mapping[str, Outcome]:
        """Let each key have its own fate."""
        told, all_outcomes = {}, {}
        for number, write in enumerate(call.writes):
            fate = call.fates[number % len(call.fates)]
            outcome = self._taken(write) if fate is Fate.DONE else Outcome.FAILED
            if fate in (Fate.DONE, Fate.FAILED_BUT_DONE) and self.limits.accept(write) and not call.landed:
                self._disk.land([write])
            all_outcomes[write.key] = outcome
            if fate is not Fate.FORGOTTEN:
                told[write.key] = outcome
        self._model.answered(all_outcomes)
        return told

    def _taken(self, write: Write) -> Outcome:
        return Outcome.DONE if self.limits.accept(write) else Outcome.REJECTED

    def _count(self, operations: Iterable[tuple[str, str]]) -> None:
        if self.gone:
            raise ConnectionError("the process has ended")
        self.calls += 1
        self.seen.update((kind_of(key), operation) for operation, key in operations)

    async def _end_of(self, call: Call, way: Way) -> Way:
        return await call.answer if way is Way.WAIT else way

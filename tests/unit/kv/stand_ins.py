"""What the tests of the service share: kinds of values, and a store that does what a test says."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from app.kv.cached import CachedKV
from app.kv.codec import unseal
from app.kv.errors import StoreTroubleError
from app.kv.keyspace import AtBound, Counters, Key, Keyspace, Members
from app.kv.logs import LogSpace
from app.kv.options import KVOptions
from app.kv.store import Delete, Limits, Outcome, Put, ScanPage, Store, Write
from app.kv.stores.memory import MemoryStore
from tests.fakes import FakeClock, settle

MINUTE = timedelta(seconds=60)


class Note(BaseModel):
    model_config = ConfigDict(frozen=True)

    text: str


NOTE = Keyspace("note", Note, ttl=timedelta(hours=1), cache_ttl=MINUTE)
PLAN = Keyspace("plan", Note, ttl=timedelta(hours=1))
FOREVER = Keyspace("forever", Note, cache_ttl=MINUTE)
BOARD = Keyspace("board", Note, cache_ttl=MINUTE, at_bound=AtBound.DROP_OLDEST, stale_if_down=True)
RAW = Keyspace("raw", bytes, cache_ttl=MINUTE)
COUNTS = Keyspace("counts", Counters, cache_ttl=MINUTE)
SEEN = Keyspace("seen", Members, cache_ttl=MINUTE)
LOG = LogSpace("log", Note, newest=120, ttl=timedelta(days=7), cache_ttl=MINUTE)

ONE_AT_A_TIME = Limits(1024, 1024 * 1024, 1, 1024 * 1024)
NEVER_BY_ITSELF = KVOptions(batch_size=1000, batch_delay_s=1e9, ledger=False)


def note(text: object) -> Note:
    return Note(text=str(text))


class ScriptedStore:
    """A memory store that fails, waits and counts as a test wants.

    Attributes:
        down: every call is refused.
        trouble: every call is refused with these words for the operator.
        silent: batches are applied, then the answer is nonsense.
        mute: batches are applied, then the answer is lost.
        fails: keys whose writes fail while the rest of a batch succeeds.
        reads_go, writes_go, scans_go: cleared, such calls wait before they do anything; a ping is a read.
        pings: how often it was asked whether it answers.
        seen: operations by name, and calls.
        batches: what each `apply` was given.
        writing, most_writing: batches under way, now and at most.
    """

    name = "scripted"

    def __init__(self, inner: Store, *, single_writer: bool = True) -> None:
        self.inner = inner
        self.limits = self.inner.limits
        self.single_writer = single_writer
        self.down = self.mute = self.silent = False
        self.trouble: str | None = None
        self.fails: set[str] = set()
        self.reads_go, self.writes_go, self.scans_go = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.seen: Counter[str] = Counter()
        self.batches: list[list[Write]] = []
        self.writing = self.most_writing = self.pings = 0
        self.heal()

    def heal(self) -> None:
        self.down = self.mute = self.silent = False
        self.trouble = None
        self.fails.clear()
        self.reads_go.set()
        self.writes_go.set()
        self.scans_go.set()

    def hang(self) -> None:
        """Let every call wait."""
        for go in (self.reads_go, self.writes_go, self.scans_go):
            go.clear()

    def written(self, number: int) -> dict[str, str | None]:
        """A batch as key and JSON, None for a delete."""
        return {
            w.key: unseal(w.data).body.decode() if isinstance(w, Put) else None for w in self.batches[number]
        }

    async def holds(self, key: Key[Any]) -> str | None:
        """The JSON that the store has for a key, read past all counting."""
        data = await self.inner.get(key.text)
        return None if data is None else unseal(data).body.decode()

    async def get(self, key: str) -> bytes | None:
        await self._read([key])
        return await self.inner.get(key)

    async def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        await self._read(keys)
        return await self.inner.get_many(keys)

    async def apply(self, writes: Sequence[Write]) -> Mapping[str, Outcome]:
        self.seen.update(calls=1)
        self.seen.update("deletes" if isinstance(write, Delete) else "writes" for write in writes)
        self.batches.append(list(writes))
        self.writing += 1
        self.most_writing = max(self.most_writing, self.writing)
        try:
            await self.writes_go.wait()
            return await self._apply(writes)
        finally:
            self.writing -= 1

    async def _apply(self, writes: Sequence[Write]) -> Mapping[str, Outcome]:
        self._answer()
        outcomes = await self.inner.apply([write for write in writes if write.key not in self.fails])
        if self.mute:
            raise ConnectionError("the answer got lost")
        return None if self.silent else outcomes  # type: ignore[return-value]

    async def scan(self, prefix: str, cursor: str | None = None) -> ScanPage:
        self.seen.update(calls=1, lists=1)
        await self.scans_go.wait()
        self._answer()
        return await self.inner.scan(prefix, cursor)

    async def ping(self) -> None:
        self.pings += 1
        await self.reads_go.wait()
        self._answer()

    async def close(self) -> None:
        await self.inner.close()

    async def _read(self, keys: Iterable[str]) -> None:
        self.seen.update(calls=1, reads=len(list(keys)))
        await self.reads_go.wait()
        self._answer()

    def _answer(self) -> None:
        if self.trouble:
            raise StoreTroubleError(self.trouble, told="not now")
        if self.down:
            raise ConnectionError("refused")


class Bench:
    """A service on a scripted store, in a time that the test moves."""

    def __init__(
        self, options: KVOptions | None = None, *, limits: Limits | None = None, single_writer: bool = True
    ) -> None:
        options = options or KVOptions(ledger=False)
        self.clock = FakeClock()
        self.store = ScriptedStore(MemoryStore(self.clock, limits), single_writer=single_writer)
        self.kv = CachedKV(self.store, clock=self.clock, options=options)
        self._tasks: list[asyncio.Task[Any]] = []

    async def __aenter__(self) -> Self:
        await self.kv.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.store.heal()
        await self.let_pass(self.kv.close())
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def begin(self, call: Any) -> "asyncio.Task[Any]":
        """Start a call that will have to wait."""
        task = asyncio.ensure_future(call)
        self._tasks.append(task)
        return task

    async def begun(self, call: Any) -> "asyncio.Task[Any]":
        """Start a call and let it go as far as it can."""
        task = self.begin(call)
        await settle()
        return task

    async def let_pass(self, call: Any) -> Any:
        """Await a call while time passes."""
        task = asyncio.ensure_future(call)
        await settle()
        while not task.done():
            await self.clock.advance(0.5)
        return await task

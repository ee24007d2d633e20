"""A store that counts for itself what it is asked, beside what the app says."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from app.kv.store import Delete, Outcome, ScanPage, Store, Write
from benchmarks.stepping_clock import SteppingClock
from tests.e2e.watched_store import WatchedStore, kind_of

Counts = Counter[tuple[date, str, str]]
"""Store operations by UTC day, name and kind."""


@dataclass
class StoreLog:
    """What a store was asked.

    Attributes:
        calls: round trips.
        keys: those that were written or deleted.
        since_request: how often each of them, since the last request began.
    """

    calls: int = 0
    counts: Counts = field(default_factory=Counter)
    keys: frozenset[str] = frozenset()
    since_request: Counter[str] = field(default_factory=Counter)


class LoggedStore(WatchedStore):
    """Keeps a log; while it is asked, time stands still."""

    def __init__(self, inner: Store, clock: SteppingClock, log: StoreLog) -> None:
        super().__init__(inner)
        self._clock, self._log = clock, log

    async def get(self, key: str) -> bytes | None:
        with self._call([("reads", key)]):
            return await super().get(key)

    async def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        with self._call([("reads", key) for key in keys]):
            return await super().get_many(keys)

    async def apply(self, writes: Sequence[Write]) -> Mapping[str, Outcome]:
        keys = [write.key for write in writes]
        self._log.keys = self._log.keys.union(keys)
        self._log.since_request.update(keys)
        named = [("deletes" if isinstance(write, Delete) else "writes", write.key) for write in writes]
        with self._call(named):
            return await super().apply(writes)

    async def scan(self, prefix: str, cursor: str | None = None) -> ScanPage:
        with self._call([("lists", prefix)]):
            return await super().scan(prefix, cursor)

    async def close(self) -> None:
        with self._clock.under_way():
            await super().close()

    @contextmanager
    def _call(self, operations: Iterable[tuple[str, str]]) -> Iterator[None]:
        day = self._clock.now().date()
        self._log.calls += 1
        self._log.counts.update((day, operation, kind_of(key)) for operation, key in operations)
        with self._clock.under_way():
            yield

"""What the service did, counted where it happens: per kind, per UTC day, in all."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict

from app.clock import Clock
from app.kv.durations import Durations, FlushTimes
from app.kv.keyspace import FrozenMapping
from app.kv.last_hour import LastHour, Lookups, Mark, Recent
from app.kv.store import Delete, Write

DAYS_KEPT = 30
EVERY_KIND = "all"
"""What a list of all keys counts as; there is no kind of this name."""


def operation_of(write: Write) -> str:
    """Return the name under which a write is counted."""
    return "deletes" if isinstance(write, Delete) else "writes"


def kind_of(key: str) -> str:
    """Return the kind that a key belongs to: its prefix."""
    return key.partition(":")[0]


@dataclass(slots=True)
class Tally:
    """Running counts of one kind. An operation is one key, whatever way it went to the store."""

    reads: int = 0
    writes: int = 0
    deletes: int = 0
    lists: int = 0
    hits: int = 0
    misses: int = 0
    stale: int = 0
    coalesced: int = 0
    skipped: int = 0
    failed: int = 0
    retried: int = 0
    dropped: int = 0


class Operations(BaseModel):
    """Store operations of one kind on one UTC day."""

    model_config = ConfigDict(frozen=True)

    reads: int = 0
    writes: int = 0
    deletes: int = 0
    lists: int = 0


class Counts(Operations, Lookups):
    """Everything counted of one kind, or of all kinds together, since the start."""

    stale: int = 0
    coalesced: int = 0
    skipped: int = 0
    failed: int = 0
    retried: int = 0
    dropped: int = 0


class QueueState(BaseModel):
    """The write queue at one moment.

    Attributes:
        deep_s: for how long more than ten entries have been waiting; 0.0 when that is not so.
        kinds: entries by kind.
        failing: the store did not do what it was last asked.
    """

    model_config = ConfigDict(frozen=True)

    depth: int
    bytes: int
    oldest_s: float
    deep_s: float
    kinds: FrozenMapping[str, int]
    high_water: int
    flushes: int
    last_flush_ms: float
    flush_times: FlushTimes
    dead_letters: int
    failing: bool


class KindCache(BaseModel):
    """What memory holds of one kind.

    Attributes:
        most_entries: the kind's bound.
        lifetime_s: how long a value that nobody asks for stays; 0.0 when nothing is kept.
        by_design: whether the kind is kept in memory at all; then settings decide.
    """

    model_config = ConfigDict(frozen=True)

    entries: int
    bytes: int
    evictions: int
    most_entries: int
    lifetime_s: float
    by_design: bool


class CacheState(BaseModel):
    """The memory cache at one moment."""

    model_config = ConfigDict(frozen=True)

    entries: int
    bytes: int
    evictions: int
    kinds: FrozenMapping[str, KindCache]


class Snapshot(BaseModel):
    """Everything at one moment; taking it touches no store.

    Attributes:
        since: when this process began to count; totals and kinds are since then.
        trouble: what a failing store says of itself, empty when it says nothing.
        last_hour: lookups and dropped writes of the last hour by kind.
        days: operations by UTC day and kind, those of earlier processes included, the last days only.
    """

    model_config = ConfigDict(frozen=True)

    taken_at: datetime
    since: datetime
    backend: str
    trouble: str
    calls: int
    totals: Counts
    kinds: FrozenMapping[str, Counts]
    last_hour: FrozenMapping[str, Recent]
    days: FrozenMapping[date, FrozenMapping[str, Operations]]
    queue: QueueState
    cache: CacheState

    @property
    def today(self) -> Mapping[str, Operations]:
        """Operations of this UTC day by kind."""
        return self.days.get(self.taken_at.date(), {})

    @property
    def recent(self) -> Lookups:
        """Lookups of the last hour, of all kinds together."""
        kinds = self.last_hour.values()
        return Lookups(hits=sum(kind.hits for kind in kinds), misses=sum(kind.misses for kind in kinds))


COUNTED = tuple(field.name for field in fields(Tally))


def _counts(tally: Tally) -> Counts:
    return Counts(**{name: getattr(tally, name) for name in COUNTED})


def _frozen(kinds: Mapping[str, Counter[str]]) -> MappingProxyType[str, Operations]:
    return MappingProxyType({kind: Operations(**counts) for kind, counts in kinds.items()})


class Metrics:
    """The counters themselves."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.since = clock.now()
        self.calls = 0
        self.flushes = 0
        self.last_flush_ms = 0.0
        self.flush_times = Durations()
        self._kinds: dict[str, Tally] = {}
        self._last_hour = LastHour(self._marks, clock.monotonic())
        self._days: dict[date, dict[str, Counter[str]]] = {}
        self._told: dict[tuple[date, int], MappingProxyType[str, Operations]] = {}
        self.day_totals: Counter[date] = Counter()

    def of(self, kind: str) -> Tally:
        """Return the running counts of a kind, to be added to at once."""
        now = self._clock.monotonic()
        if now >= self._last_hour.minute_ends:
            self._last_hour.end_minute(now)
        try:
            return self._kinds[kind]
        except KeyError:
            return self._kinds.setdefault(kind, Tally())

    def store_call(self, operations: Iterable[tuple[str, str]]) -> None:
        """Count one round trip and its operations, given as (name of the operation, key)."""
        self.calls += 1
        today = self._clock.now().date()
        day = self.day(today)
        for operation, key in operations:
            kind = kind_of(key)
            tally = self.of(kind)
            setattr(tally, operation, getattr(tally, operation) + 1)
            day.setdefault(kind, Counter())[operation] += 1
            self.day_totals[today] += 1

    def flushed(self, duration_s: float) -> None:
        """Count a round of the write queue."""
        self.flushes += 1
        self.last_flush_ms = duration_s * 1000
        self.flush_times.add(duration_s)

    def totals(self) -> Counts:
        """Return all kinds together."""
        return Counts(**{name: sum(getattr(t, name) for t in self._kinds.values()) for name in COUNTED})

    def kinds(self) -> dict[str, Counts]:
        """Return the counts by kind."""
        return {kind: _counts(tally) for kind, tally in sorted(self._kinds.items())}

    def last_hour(self) -> dict[str, Recent]:
        """Return what the last hour brought, by kind."""
        return self._last_hour.counts(self._clock.monotonic())

    def days(self) -> dict[date, MappingProxyType[str, Operations]]:
        """Return store operations by UTC day and kind; most days are over, and as they were."""
        told = {
            day: self._told.get((day, self.day_totals[day])) or _frozen(self._days[day]) for day in self._days
        }
        self._told = {(day, self.day_totals[day]): kinds for day, kinds in told.items()}
        return told

    def restore(self, day: date, kinds: Mapping[str, Operations]) -> int:
        """Add what an earlier process counted on a day; return how much that is."""
        counted = self.day(day)
        for kind, operations in kinds.items():
            counted.setdefault(kind, Counter()).update(operations.model_dump())
        total = sum(sum(operations.model_dump().values()) for operations in kinds.values())
        self.day_totals[day] += total
        return total

    def _marks(self) -> dict[str, Mark]:
        return {kind: Mark(tally.hits, tally.misses, tally.dropped) for kind, tally in self._kinds.items()}

    def day(self, day: date) -> dict[str, Counter[str]]:
        """Return the running counts of a day by kind and operation; only the last thirty days are kept."""
        if day not in self._days:
            self._days[day] = {}
            for old in sorted(self._days)[:-DAYS_KEPT]:
                del self._days[old], self.day_totals[old]
        return self._days[day]

"""The same numbers for Prometheus, in its text format or as OpenMetrics.

Names follow https://prometheus.io/docs/practices/naming/ (read November 2026): base units, and
`_total` for counters.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from app import __version__
from app.admin.trend import sum_of
from app.kv.durations import BOUNDS_S
from app.kv.health import STATES, Health
from app.kv.limits import OPERATIONS, DailyLimits
from app.kv.metrics import Snapshot

PREFIX = "genre_sorter_kv"
OPERATION_LABELS = {name.removesuffix("s"): name for name in OPERATIONS}
LOOKUP_LABELS = {"hit": "hits", "miss": "misses"}
WRITE_EVENTS = {name: name for name in ("coalesced", "skipped", "failed", "retried", "dropped")}

Rows = Iterable[tuple[tuple[str, ...], float]]


@dataclass(frozen=True)
class SnapshotCollector(Collector):
    """Metrics of one snapshot."""

    families: Iterable[Metric]

    def collect(self) -> Iterable[Metric]:
        """Return them."""
        return self.families


class Exporter:
    """Writes a snapshot down for whoever scrapes; no store is asked, and no registry shared."""

    def __init__(self, limits: DailyLimits, *, replica: str) -> None:
        self._limits, self._replica = limits, replica
        self._process = ProcessCollector(registry=None), PlatformCollector(registry=None)

    def exposition(
        self, snapshot: Snapshot, health: Health, *, accept: str, more: Iterable[Metric] = ()
    ) -> tuple[bytes, str]:
        """Return the text in the format that an Accept header asks for, and its content type."""
        registry = CollectorRegistry()
        families = chain(self._families(snapshot, health), more)
        for collector in (SnapshotCollector(families), *self._process):
            registry.register(collector)
        encode, content_type = choose_encoder(accept)
        return encode(registry), content_type

    def _families(self, snapshot: Snapshot, health: Health) -> Iterator[Metric]:
        yield from _operations(snapshot)
        yield from _lookups(snapshot)
        yield from _queue(snapshot)
        yield from _cache(snapshot)
        yield from self._day(snapshot)
        yield _gauge("state", "1 for the state that the service is in.", ("state",), _one_of(health.status))
        labels = {"version": __version__, "backend": snapshot.backend, "replica": self._replica}
        yield _gauge("info", "What answers here.", tuple(labels), [(tuple(labels.values()), 1)])

    def _day(self, snapshot: Snapshot) -> Iterator[Metric]:
        today = sum_of(snapshot.today)
        used = [((label,), getattr(today, name)) for label, name in OPERATION_LABELS.items()]
        yield _gauge("day_operations", "Keys of this UTC day, restarts included.", ("operation",), used)
        limits = [
            ((label, self._limits.source), getattr(self._limits, name))
            for label, name in OPERATION_LABELS.items()
        ]
        yield _gauge(
            "day_limit", "Limit of a UTC day, and where it is from.", ("operation", "source"), limits
        )


def _operations(snapshot: Snapshot) -> Iterator[Metric]:
    kinds = snapshot.kinds
    yield _counter(
        "operations",
        "Keys that the store was asked for.",
        ("kind", "operation"),
        _rows(kinds, OPERATION_LABELS),
    )
    yield _counter("calls", "Round trips to the store.", (), [((), snapshot.calls)])
    yield _counter(
        "write_events", "What became of queued writes.", ("kind", "event"), _rows(kinds, WRITE_EVENTS)
    )


def _lookups(snapshot: Snapshot) -> Iterator[Metric]:
    kinds = snapshot.kinds
    yield _counter(
        "cache_lookups",
        "Values asked for, by whether memory had them.",
        ("kind", "result"),
        _rows(kinds, LOOKUP_LABELS),
    )
    stale = [((kind,), counts.stale) for kind, counts in kinds.items()]
    yield _counter("stale_reads", "Outdated values given while the store failed.", ("kind",), stale)


def _queue(snapshot: Snapshot) -> Iterator[Metric]:
    queue = snapshot.queue
    yield _gauge("queue_entries", "Writes that are not durable yet.", (), [((), queue.depth)])
    yield _gauge("queue_entries_peak", "The most since the process started.", (), [((), queue.high_water)])
    yield _gauge("queue_bytes", "Size of what waits.", (), [((), queue.bytes)])
    yield _gauge("queue_oldest_age_seconds", "Age of the oldest write.", (), [((), queue.oldest_s)])
    yield _gauge("dead_letters", "Writes that the store will never take.", (), [((), queue.dead_letters)])
    yield _flushes(snapshot)


def _flushes(snapshot: Snapshot) -> Metric:
    times, below, buckets = snapshot.queue.flush_times, 0, []
    for bound, count in zip((*map(str, BOUNDS_S), "+Inf"), times.buckets, strict=True):
        below += count
        buckets.append((bound, float(below)))
    return HistogramMetricFamily(
        f"{PREFIX}_flush_duration_seconds",
        "Rounds of the write queue.",
        buckets=buckets,
        sum_value=times.total_s,
    )


def _cache(snapshot: Snapshot) -> Iterator[Metric]:
    kinds = snapshot.cache.kinds
    for name, of in ("entries", "Values in memory."), ("bytes", "Size of the values in memory."):
        yield _gauge(f"cache_{name}", of, ("kind",), _values(kinds, name))
    yield _counter("cache_evictions", "Values that had to make room.", ("kind",), _values(kinds, "evictions"))


def _rows(kinds: Mapping[str, Any], labels: Mapping[str, str]) -> Rows:
    """Give counts of every kind, by the label that each is to have."""
    return [
        ((kind, label), getattr(counts, name))
        for kind, counts in kinds.items()
        for label, name in labels.items()
    ]


def _values(kinds: Mapping[str, Any], name: str) -> Rows:
    return [((kind,), getattr(state, name)) for kind, state in kinds.items()]


def _one_of(status: str) -> Rows:
    return [((state,), float(state == status)) for state in STATES]


def _counter(name: str, of: str, labels: tuple[str, ...], rows: Rows) -> Metric:
    return _filled(CounterMetricFamily(f"{PREFIX}_{name}", of, labels=labels), rows)


def _gauge(name: str, of: str, labels: tuple[str, ...], rows: Rows) -> Metric:
    return _filled(GaugeMetricFamily(f"{PREFIX}_{name}", of, labels=labels), rows)


def _filled(family: CounterMetricFamily | GaugeMetricFamily, rows: Rows) -> Metric:
    for labels, value in rows:
        family.add_metric(labels, value)
    return family

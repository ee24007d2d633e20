"""The operators' numbers, read from the key-value service's own counters and from nothing else."""

import secrets
from datetime import UTC, datetime, time, timedelta
from typing import Literal

from app.admin.schemas import (
    Activity,
    Cache,
    CacheEfficiency,
    HealthOut,
    Kind,
    KVMetricsOut,
    KVUsageOut,
    Operations,
    OperationTotals,
    Queue,
    ReadsWrites,
    Status,
    Usage,
)
from app.admin.trend import sum_of, trend_of
from app.kv.cached import CachedKV
from app.kv.keyspace import Counters
from app.kv.metrics import Snapshot
from app.settings import Settings
from app.telemetry.service import AnalyticsService

# Workers KV's free plan, per UTC day and account (Cloudflare's limits page, November 2026): the yardstick.
REFERENCE_LIMITS = Operations(reads=100_000, writes=1_000, deletes=1_000, lists=1_000)
WARNING_PERCENT, CRITICAL_PERCENT = 80, 90
QUEUE_WARNING_S, QUEUE_DEGRADED_S = 15.0, 60.0
FEWEST_LOOKUPS = 100
GOOD_SESSION_RATIO, GOOD_RATIO = 0.7, 0.5


class AdminService:
    """Metrics, usage and health."""

    def __init__(self, kv: CachedKV, settings: Settings, analytics: AnalyticsService) -> None:
        self.kv = kv
        self.settings = settings
        self.analytics = analytics
        self.replica = secrets.token_hex(4)

    def metrics(self) -> KVMetricsOut:
        """Return what the service counted since it started; taking it touches no store."""
        snapshot = self.kv.snapshot()
        return KVMetricsOut(
            timestamp=snapshot.taken_at,
            backend=snapshot.backend,
            replica=self.replica,
            since=snapshot.since,
            metrics=_totals(snapshot),
            cache_efficiency=_efficiency(snapshot),
            queue=_queue(snapshot),
            cache=Cache(**snapshot.cache.model_dump()),
            kinds={
                name: Kind(
                    reads=kind.reads,
                    writes=kind.writes,
                    deletes=kind.deletes,
                    hits=kind.hits,
                    misses=kind.misses,
                    hit_ratio=round(kind.hit_ratio, 4),
                )
                for name, kind in snapshot.kinds.items()
            },
        )

    async def usage(self) -> KVUsageOut:
        """Return today's operations against the limits, as they were before this asked the store itself."""
        snapshot = self.kv.snapshot()
        today = snapshot.taken_at.date()
        kinds = snapshot.days.get(today, {})
        operations = sum_of(kinds)
        usage = _usage(operations, self._limits())
        return KVUsageOut(
            date=today,
            estimated=ReadsWrites(reads=operations.reads, writes=operations.writes),
            operations=operations,
            breakdown={
                name: ReadsWrites(reads=kind.reads, writes=kind.writes) for name, kind in kinds.items()
            },
            limits=self._limits(),
            limits_source=self._limits_source(),
            usage=usage,
            trend=trend_of(snapshot, operations),
            status=self._status(usage, snapshot),
            enforced=False,
            resets_at=datetime.combine(today + timedelta(days=1), time(), UTC),
            recommendations=tuple(_recommendations(snapshot)),
            activity=_activity(await self.analytics.today()),
            realtime=_totals(snapshot),
        )

    def health(self, *, detailed: bool, version: str) -> HealthOut:
        """Return the last known state, without asking the store."""
        snapshot = self.kv.snapshot()
        status = _queue_status(snapshot)
        if not detailed:
            return HealthOut(status=status, version=version)
        return HealthOut(status=status, version=version, backend=snapshot.backend, queue=_queue(snapshot))

    def _limits(self) -> Operations:
        return REFERENCE_LIMITS.model_copy(update=self._configured_limits())

    def _configured_limits(self) -> dict[str, int]:
        limits = {"reads": self.settings.kv_daily_read_limit, "writes": self.settings.kv_daily_write_limit}
        return {name: limit for name, limit in limits.items() if limit}

    def _limits_source(self) -> Literal["configured", "reference"]:
        return "configured" if self._configured_limits() else "reference"

    def _status(self, usage: Usage, snapshot: Snapshot) -> Status:
        """Judge by a limit only when somebody set it, else by the store's health."""
        if self._limits_source() == "configured":
            return _share_status(max(usage.reads_percent, usage.writes_percent))
        health = _queue_status(snapshot)
        return "critical" if health == "degraded" else health


def _share_status(percent: float) -> Status:
    if percent > CRITICAL_PERCENT:
        return "critical"
    return "warning" if percent > WARNING_PERCENT else "ok"


def _queue_status(snapshot: Snapshot) -> Literal["ok", "warning", "degraded"]:
    queue = snapshot.queue
    if queue.failing or queue.dead_letters or queue.oldest_s > QUEUE_DEGRADED_S:
        return "degraded"
    return "warning" if queue.oldest_s > QUEUE_WARNING_S else "ok"


def _recommendations(snapshot: Snapshot) -> list[str]:
    found = []
    session = snapshot.kinds.get("session")
    if session and session.lookups >= FEWEST_LOOKUPS and session.hit_ratio < GOOD_SESSION_RATIO:
        found.append(
            f"session: {session.hit_ratio:.0%} of lookups are answered by memory; "
            'raise KV_CACHE_TTL {"session": ...} or KV_CACHE_ENTRIES.'
        )
    if snapshot.totals.lookups >= FEWEST_LOOKUPS and snapshot.totals.hit_ratio < GOOD_RATIO:
        worst = max(snapshot.kinds, key=lambda name: snapshot.kinds[name].misses)
        found.append(
            f"{worst}: most of the {snapshot.totals.misses} misses are of this kind; "
            "raise KV_CACHE_ENTRIES or its KV_CACHE_TTL."
        )
    return found


def _totals(snapshot: Snapshot) -> OperationTotals:
    totals = snapshot.totals
    return OperationTotals(
        kv_reads=totals.reads,
        kv_writes=totals.writes,
        kv_deletes=totals.deletes,
        kv_lists=totals.lists,
        cache_hits=totals.hits,
        cache_misses=totals.misses,
        coalesced_writes=totals.coalesced,
        skipped_writes=totals.skipped,
        failed_writes=totals.failed,
        retried_writes=totals.retried,
        dropped_writes=totals.dropped,
        calls=snapshot.calls,
    )


def _efficiency(snapshot: Snapshot) -> CacheEfficiency:
    totals = snapshot.totals
    saved = totals.hits / (totals.hits + totals.reads) if totals.hits + totals.reads else 1.0
    return CacheEfficiency(
        hit_ratio=f"{totals.hit_ratio:.0%}",
        hit_ratio_value=round(totals.hit_ratio, 4),
        estimated_kv_reads_saved=totals.hits,
        actual_kv_reads=totals.reads,
        reduction=f"{saved:.0%}",
    )


def _queue(snapshot: Snapshot) -> Queue:
    queue = snapshot.queue
    return Queue(
        depth=queue.depth,
        bytes=queue.bytes,
        oldest_seconds=round(queue.oldest_s, 3),
        high_water=queue.high_water,
        flushes=queue.flushes,
        last_flush_ms=round(queue.last_flush_ms, 3),
        dead_letters=queue.dead_letters,
    )


def _usage(operations: Operations, limits: Operations) -> Usage:
    return Usage(
        reads_percent=round(100 * operations.reads / limits.reads, 1),
        writes_percent=round(100 * operations.writes / limits.writes, 1),
        reads_remaining=max(0, limits.reads - operations.reads),
        writes_remaining=max(0, limits.writes - operations.writes),
    )


def _activity(today: Counters) -> Activity:
    return Activity(
        sign_ins=today.totals.get("signIns", 0),
        library_scans=today.totals.get("libraryScans", 0),
        playlists_created=today.totals.get("playlistsCreated", 0),
        auth_failures=today.totals.get("authFailures", 0),
    )

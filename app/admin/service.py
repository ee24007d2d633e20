"""The operators' numbers, read from what the key-value service and the gates count and from nothing else."""

import secrets
from contextlib import suppress

from app.admin.exporter import Exporter
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
    Usage,
    UsageStatus,
)
from app.admin.trend import sum_of, trend_of
from app.admin.upstream import UpstreamService
from app.admin.words import UnknownWordsService
from app.kv.cached import CachedKV
from app.kv.errors import KVError
from app.kv.health import Health, assess
from app.kv.limits import OPERATIONS, DailyLimits, limits_from, midnight_after
from app.kv.metrics import Snapshot
from app.settings import Settings
from app.telemetry.schemas import AnalyticsOut
from app.telemetry.service import AnalyticsService

BREAKDOWN_NAMES = {"session": "sessions"}
"""What existing dashboards call a kind."""


class AdminService:
    """Metrics, usage and health. What is told was true when the snapshot was taken."""

    def __init__(
        self,
        kv: CachedKV,
        settings: Settings,
        analytics: AnalyticsService,
        *,
        upstream: UpstreamService,
        words: UnknownWordsService,
    ) -> None:
        self.upstream = upstream
        self.words = words
        self._kv = kv
        self._analytics = analytics
        self.limits = limits_from(settings)
        self.replica = secrets.token_hex(4)
        self._exporter = Exporter(self.limits, replica=self.replica)

    def assess(self, snapshot: Snapshot) -> Health:
        """Judge the service."""
        return assess(snapshot, self.limits, self._kv.options)

    def metrics(self, snapshot: Snapshot) -> KVMetricsOut:
        """Return what the service counted since it started."""
        return KVMetricsOut(
            timestamp=snapshot.taken_at,
            backend=snapshot.backend,
            replica=self.replica,
            since=snapshot.since,
            metrics=_totals(snapshot),
            cache_efficiency=_efficiency(snapshot),
            queue=_queue(snapshot),
            cache=Cache(**snapshot.cache.model_dump(exclude={"kinds"})),
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

    async def usage(self, snapshot: Snapshot) -> KVUsageOut:
        """Return today's operations against the limits."""
        today = snapshot.taken_at.date()
        operations = sum_of(snapshot.today)
        health = self.assess(snapshot)
        return KVUsageOut(
            date=today,
            estimated=ReadsWrites(reads=operations.reads, writes=operations.writes),
            operations=operations,
            breakdown={
                BREAKDOWN_NAMES.get(name, name): ReadsWrites(reads=kind.reads, writes=kind.writes)
                for name, kind in snapshot.today.items()
            },
            limits=Operations(**{name: self.limits.of(name) for name in OPERATIONS}),
            limits_source=self.limits.source,
            usage=_usage(operations, self.limits),
            trend=trend_of(snapshot),
            status=_usage_status(health),
            enforced=self.limits.enforced,
            resets_at=midnight_after(snapshot.taken_at),
            recommendations=health.recommendations,
            activity=await self.activity(),
            realtime=_totals(snapshot),
        )

    async def activity(self) -> Activity | None:
        """Return what people did today, None while the store does not say."""
        with suppress(KVError):
            today = (await self._analytics.today()).totals
            return Activity(
                sign_ins=today.get("signIns", 0),
                library_scans=today.get("libraryScans", 0),
                playlists_created=today.get("playlistsCreated", 0),
                auth_failures=today.get("authFailures", 0),
            )
        return None

    async def week(self) -> AnalyticsOut | None:
        """Return what people did in seven days, None while the store does not say."""
        with suppress(KVError):
            return await self._analytics.latest()
        return None

    def exposition(self, snapshot: Snapshot, accept: str) -> tuple[bytes, str]:
        """Return the metrics for Prometheus in a format that `accept` allows, and its content type."""
        return self._exporter.exposition(
            snapshot, self.assess(snapshot), accept=accept, more=self.upstream.metrics()
        )

    def health(self, snapshot: Snapshot, *, detailed: bool, version: str) -> HealthOut:
        """Return the last known state."""
        health = self.assess(snapshot)
        if not detailed:
            return HealthOut(status=health.status, version=version)
        return HealthOut(
            status=health.status,
            version=version,
            backend=snapshot.backend,
            reasons=health.reasons,
            recommendations=health.recommendations,
            queue=_queue(snapshot),
        )


def _usage_status(health: Health) -> UsageStatus:
    """Judge by the limits only where somebody set or enforces one, else by the store."""
    state = health.store if health.limits is None else health.limits
    return "critical" if state == "degraded" else state


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


def _usage(operations: Operations, limits: DailyLimits) -> Usage:
    return Usage(
        reads_percent=round(100 * operations.reads / limits.reads, 1),
        writes_percent=round(100 * operations.writes / limits.writes, 1),
        reads_remaining=max(0, limits.reads - operations.reads),
        writes_remaining=max(0, limits.writes - operations.writes),
    )

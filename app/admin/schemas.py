"""JSON of the operators' routes; field names are those that existing dashboards read."""

from datetime import date, datetime
from typing import Literal

from pydantic import Field

from app.kv.health import State
from app.schemas import ApiModel

UsageStatus = Literal["ok", "warning", "critical"]


class OperationTotals(ApiModel):
    """What the service did since it started."""

    kv_reads: int
    kv_writes: int
    kv_deletes: int
    kv_lists: int
    cache_hits: int
    cache_misses: int
    coalesced_writes: int
    skipped_writes: int
    failed_writes: int
    retried_writes: int
    dropped_writes: int
    calls: int


class CacheEfficiency(ApiModel):
    """What the memory cache saves."""

    hit_ratio: str
    hit_ratio_value: float
    estimated_kv_reads_saved: int = Field(alias="estimatedKVReadsSaved")
    actual_kv_reads: int = Field(alias="actualKVReads")
    reduction: str


class Queue(ApiModel):
    """The write queue now."""

    depth: int
    bytes: int
    oldest_seconds: float
    high_water: int
    flushes: int
    last_flush_ms: float
    dead_letters: int


class Cache(ApiModel):
    """The memory cache now."""

    entries: int
    bytes: int
    evictions: int


class Kind(ApiModel):
    """One kind of key since the start."""

    reads: int
    writes: int
    deletes: int
    hits: int
    misses: int
    hit_ratio: float


class KVMetricsOut(ApiModel):
    """`GET /api/kv-metrics`."""

    timestamp: datetime
    backend: str
    replica: str
    since: datetime
    metrics: OperationTotals
    cache_efficiency: CacheEfficiency
    queue: Queue
    cache: Cache
    kinds: dict[str, Kind]


class ReadsWrites(ApiModel):
    """Two of the four operations."""

    reads: int
    writes: int


class Operations(ReadsWrites):
    """All four operations."""

    deletes: int
    lists: int


class Usage(ApiModel):
    """How much of a day's limits is used; over 100 when a reference limit is passed."""

    reads_percent: float
    writes_percent: float
    reads_remaining: int
    writes_remaining: int


class TrendDay(ReadsWrites):
    """One earlier day."""

    date: date


class Trend(ApiModel):
    """Today against the full days before it, seven at most."""

    direction: Literal["increasing", "stable", "decreasing"]
    avg_daily_reads: float | None
    avg_daily_writes: float | None
    today_vs_avg: str | None
    days: tuple[TrendDay, ...]


class Activity(ApiModel):
    """What people did today."""

    sign_ins: int
    library_scans: int
    playlists_created: int
    auth_failures: int


class KVUsageOut(ApiModel):
    """`GET /api/kv-usage`; `estimated` keeps its old name and is counted like everything else."""

    date: date
    estimated: ReadsWrites
    operations: Operations
    breakdown: dict[str, ReadsWrites]
    limits: Operations
    limits_source: Literal["configured", "plan", "reference"]
    usage: Usage
    trend: Trend
    status: UsageStatus
    enforced: bool
    resets_at: datetime
    recommendations: tuple[str, ...]
    activity: Activity | None
    realtime: OperationTotals


class HealthOut(ApiModel):
    """`GET /health`; the details are for operators."""

    status: State
    version: str
    backend: str | None = None
    reasons: tuple[str, ...] | None = None
    recommendations: tuple[str, ...] | None = None
    queue: Queue | None = None

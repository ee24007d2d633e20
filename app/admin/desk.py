"""The operator's page, made of one snapshot."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from app.accounts.access.service import AccessService
from app.admin import concerns
from app.admin.jobs import kinds_of
from app.admin.page_models import (
    Bar,
    DayBars,
    DeskPage,
    Gauge,
    KindLookups,
    KindShare,
    KindTotal,
    Place,
)
from app.admin.service import AdminService
from app.admin.trend import TREND_DAYS, sum_of, trend_of
from app.jobs.runner import JobRunner
from app.kv.cached import CachedKV
from app.kv.errors import KVError
from app.kv.findings import Finding
from app.kv.health import gravest_first, worst
from app.kv.limits import OPERATIONS, SETTINGS, DailyLimits, Operation, on_course
from app.kv.metrics import Counts, Operations, Snapshot
from app.kv.stores import SQLITE
from app.telemetry.charts import measures_of
from app.telemetry.reports import ReportsService
from app.telemetry.schemas import AnalyticsOut, Spread

TREND = timedelta(days=TREND_DAYS)
NOTEWORTHY = ("coalesced", "skipped", "failed", "retried", "dropped", "stale")


@dataclass(frozen=True)
class Watched:
    """What an operator keeps an eye on beside the store and the gates."""

    access: AccessService
    jobs: JobRunner
    reports: ReportsService


class Desk:
    """Makes the page."""

    def __init__(self, kv: CachedKV, admin: AdminService, watched: Watched, *, kv_url: str) -> None:
        self._kv, self._admin, self._watched, self._kv_url = kv, admin, watched, kv_url

    async def page(self, snapshot: Snapshot, *, session: bool, proxy: str | None = None) -> DeskPage:
        """Return the page; the store is asked for the week's counts, requests for access and pages' times."""
        week = await self._admin.week()
        findings = gravest_first([*await self._findings(snapshot, week), *concerns.of_proxy(proxy)])
        gauges = tuple(_gauge(snapshot, self._admin.limits, operation) for operation in OPERATIONS)
        return DeskPage(
            taken_at=snapshot.taken_at,
            state=worst(findings),
            headline=_headline(gauges),
            findings=tuple(findings),
            session=session,
            gauges=gauges,
            lookups=snapshot.recent,
            kinds=_lookups_by_kind(snapshot),
            queue=snapshot.queue,
            queue_entries=self._kv.options.queue_entries,
            waiting=_shares(snapshot.queue.kinds),
            writes=_write_events(snapshot),
            days=days_of(snapshot),
            totals=totals_of(snapshot),
            trend=trend_of(snapshot),
            week=week,
            measures=measures_of(week) if week else (),
            jobs=kinds_of(self._watched.jobs.remembered),
            paint=await self._paint(),
            upstream=self._admin.upstream.state(),
            place=self._place(snapshot),
            dead_letters=self._kv.dead_letters,
        )

    async def _findings(self, snapshot: Snapshot, week: AnalyticsOut | None) -> list[Finding]:
        """Return all there is to know or do; what the store does not tell is left out."""
        upstream = self._admin.upstream
        found = [
            *self._admin.assess(snapshot).findings,
            *upstream.findings(),
            *concerns.of_sources(upstream.state()),
            *concerns.of_jobs(kinds_of(self._watched.jobs.remembered)),
            *(concerns.of_errors(week) if week else ()),
        ]
        with suppress(KVError):
            found += concerns.of_requests(len(await self._watched.access.list_open()))
        return found

    async def _paint(self) -> Spread | None:
        with suppress(KVError):
            return (await self._watched.reports.get_performance()).spreads.get("largestContentfulPaint")
        return None

    def _place(self, snapshot: Snapshot) -> Place:
        return Place(
            backend=snapshot.backend,
            path=path_of(self._kv_url),
            is_file=self._kv_url.startswith(SQLITE),
            replica=self._admin.replica,
            since=snapshot.since,
            calls=snapshot.calls,
        )


def path_of(kv_url: str) -> str:
    """Return what an operator may read of KV_URL: a file's path or a server's name, never a password."""
    parts = urlsplit(kv_url)
    return (parts.hostname or "") if parts.netloc else parts.path.removeprefix("/")


def _gauge(snapshot: Snapshot, limits: DailyLimits, operation: Operation) -> Gauge:
    counts = {name: getattr(kind, operation) for name, kind in snapshot.today.items()}
    used = sum(counts.values())
    return Gauge(
        operation=operation,
        used=used,
        limit=limits.of(operation),
        judged=operation in limits.judged,
        setting=SETTINGS[operation],
        course=on_course(used, snapshot.taken_at),
        kinds=_shares(counts),
    )


def _headline(gauges: tuple[Gauge, ...]) -> Gauge:
    """Return what comes nearest to a limit that somebody set; without one, what costs most: the writes."""
    judged = [gauge for gauge in gauges if gauge.judged]
    writes = next(gauge for gauge in gauges if gauge.operation == "writes")
    return max(judged, key=lambda gauge: gauge.course_share, default=writes)


def _shares(counts: Mapping[str, int]) -> tuple[KindShare, ...]:
    """Return the parts of a sum, the largest first."""
    total = sum(counts.values())
    parts = [KindShare(name, count, count / total) for name, count in counts.items() if count]
    return tuple(sorted(parts, key=lambda part: -part.count))


def _lookups_by_kind(snapshot: Snapshot) -> tuple[KindLookups, ...]:
    found = [
        KindLookups(name, recent, snapshot.cache.kinds.get(name))
        for name, recent in snapshot.last_hour.items()
        if recent.lookups
    ]
    return tuple(sorted(found, key=lambda kind: -kind.lookups.lookups))


def _write_events(snapshot: Snapshot) -> tuple[tuple[str, Counts], ...]:
    return tuple(
        (name, counts)
        for name, counts in snapshot.kinds.items()
        if any(getattr(counts, event) for event in NOTEWORTHY)
    )


def days_of(snapshot: Snapshot) -> tuple[DayBars, ...]:
    """Return today and those of the seven days before it that were counted, the newest first."""
    today = snapshot.taken_at.date()
    counted = {day: kinds for day, kinds in snapshot.days.items() if day >= today - TREND}
    sums = {day: sum_of(kinds) for day, kinds in {today: {}, **counted}.items()}
    writes = _bars({day: total.writes for day, total in sums.items()}, snapshot.taken_at)
    reads = _bars({day: total.reads for day, total in sums.items()}, snapshot.taken_at)
    return tuple(
        DayBars(day, today=day == today, writes=writes[day], reads=reads[day])
        for day in sorted(sums, reverse=True)
    )


def totals_of(snapshot: Snapshot) -> tuple[KindTotal, ...]:
    """Return what the days of the trend come to by kind, the kinds with most operations first."""
    first = snapshot.taken_at.date() - TREND
    days = [kinds for day, kinds in snapshot.days.items() if day >= first]
    names = {name for kinds in days for name in kinds}
    totals = [_total(name, [kinds[name] for kinds in days if name in kinds]) for name in names]
    return tuple(sorted(totals, key=lambda kind: (-kind.writes - kind.reads, kind.name)))


def _total(name: str, counted: list[Operations]) -> KindTotal:
    return KindTotal(name, writes=sum(one.writes for one in counted), reads=sum(one.reads for one in counted))


def _bars(counts: Mapping[date, int], moment: datetime) -> dict[date, Bar]:
    """Scale to the largest, which may be what today will have come to."""
    today = moment.date()
    ends = {**counts, today: on_course(counts[today], moment) or counts[today]}
    most = max(1, *ends.values())
    return {day: Bar(count, count / most, ends[day] / most) for day, count in counts.items()}

"""The operator's page, made of one snapshot."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from app.accounts.access.service import AccessService
from app.admin.page_models import Bar, DayBars, DeskPage, Gauge, KindLookups, KindShare, Place
from app.admin.service import AdminService
from app.admin.trend import TREND_DAYS, sum_of, trend_of
from app.kv.cached import CachedKV
from app.kv.errors import KVError
from app.kv.health import gravest_first, worst
from app.kv.limits import OPERATIONS, SETTINGS, DailyLimits, Operation, on_course
from app.kv.metrics import Counts, Snapshot
from app.kv.stores import SQLITE
from app.telemetry.charts import measures_of

TREND = timedelta(days=TREND_DAYS)
NOTEWORTHY = ("coalesced", "skipped", "failed", "retried", "dropped", "stale")


class Desk:
    """Makes the page."""

    def __init__(self, kv: CachedKV, admin: AdminService, *, kv_url: str) -> None:
        self._kv, self._admin, self._kv_url = kv, admin, kv_url

    async def page(self, snapshot: Snapshot, access: AccessService, *, session: bool) -> DeskPage:
        """Return the page; the store is asked what people did today and who asks for access, and no more."""
        findings = gravest_first([*self._admin.assess(snapshot).findings, *self._admin.upstream.findings()])
        week = await self._admin.week()
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
            trend=trend_of(snapshot),
            week=week,
            measures=measures_of(week) if week else (),
            asking=await _asking(access),
            upstream=self._admin.upstream.state(),
            place=self._place(snapshot),
            dead_letters=self._kv.dead_letters,
        )

    def _place(self, snapshot: Snapshot) -> Place:
        return Place(
            backend=snapshot.backend,
            path=path_of(self._kv_url),
            is_file=self._kv_url.startswith(SQLITE),
            replica=self._admin.replica,
            since=snapshot.since,
            calls=snapshot.calls,
        )


async def _asking(access: AccessService) -> int | None:
    with suppress(KVError):
        return len(await access.list_open())
    return None


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


def _bars(counts: Mapping[date, int], moment: datetime) -> dict[date, Bar]:
    """Scale to the largest, which may be what today will have come to."""
    today = moment.date()
    ends = {**counts, today: on_course(counts[today], moment) or counts[today]}
    most = max(1, *ends.values())
    return {day: Bar(count, count / most, ends[day] / most) for day, count in counts.items()}

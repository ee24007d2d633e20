"""The operator's page, made of real traffic."""

from datetime import timedelta

import pytest

from app.accounts.access.models import AccessWish
from app.accounts.access.repository import AccessRepository
from app.accounts.access.service import AccessService
from app.admin.desk import Desk, Watched, path_of
from app.admin.page_models import DeskPage, JobKind, KindShare
from app.admin.service import AdminService
from app.errors import AppError
from app.jobs.runner import JobRunner
from app.kv.cached import CachedKV
from app.settings import Settings
from app.telemetry.reports import ReportsService
from app.telemetry.repository import ReportsRepository
from app.telemetry.schemas import TimesIn
from tests.fakes import FakeClock
from tests.unit.admin.gates import no_words, quiet_upstream
from tests.unit.kv.stand_ins import FOREVER, NOTE, PLAN, note
from tests.unit.telemetry.counting import analytics_of

pytestmark = pytest.mark.anyio

DAY_S = timedelta(days=1).total_seconds()


async def page_of(
    kv: CachedKV, clock: FakeClock, *, jobs: JobRunner | None = None, **values: object
) -> DeskPage:
    settings = Settings(_env_file=None, **values)  # type: ignore[arg-type]
    analytics = analytics_of(kv, clock)
    admin = AdminService(kv, settings, analytics, upstream=quiet_upstream(clock), words=no_words(kv, clock))
    watched = Watched(
        AccessService(AccessRepository(kv), clock),
        jobs or JobRunner(clock),
        ReportsService(ReportsRepository(kv), analytics, clock),
    )
    return await Desk(kv, admin, watched, kv_url=settings.kv_url).page(kv.snapshot(), session=False)


async def test_every_number_opens_into_its_kinds(kv: CachedKV, clock: FakeClock) -> None:
    await kv.put_many({NOTE(number): note(1) for number in range(3)})
    await kv.put(PLAN(1), note(1))
    page = await page_of(kv, clock)
    reads, writes, deletes, lists = page.gauges
    assert [gauge.operation for gauge in page.gauges] == ["reads", "writes", "deletes", "lists"]
    assert (writes.used, writes.limit, writes.judged, writes.course) == (4, 1000, False, 8)
    assert writes.kinds == (KindShare("note", 3, 0.75), KindShare("plan", 1, 0.25))
    assert (deletes.used, deletes.kinds) == (0, ())
    for gauge in (reads, lists):
        assert sum(kind.count for kind in gauge.kinds) == gauge.used


async def test_the_verdict_speaks_of_writes_until_a_limit_is_set(kv: CachedKV, clock: FakeClock) -> None:
    await kv.put_many({NOTE(number): note(1) for number in range(3)})
    await kv.get(PLAN(1))
    assert (await page_of(kv, clock)).headline.operation == "writes"
    limits = {"kv_daily_write_limit": 100, "kv_daily_read_limit": 3}
    assert (await page_of(kv, clock, **limits)).headline.operation == "reads"


async def test_in_the_first_hour_no_course_is_told(kv: CachedKV, clock: FakeClock) -> None:
    await clock.jump(DAY_S / 2 + 60)
    await kv.put(NOTE(1), note(1))
    page = await page_of(kv, clock)
    assert page.headline.course is None
    assert page.headline.course_share == page.headline.share
    assert page.days[0].writes.end == page.days[0].writes.share == 1


async def test_lookups_of_the_last_hour_by_kind_the_most_first(kv: CachedKV, clock: FakeClock) -> None:
    await kv.put(NOTE(1), note(1))
    for _ in range(3):
        await kv.get(NOTE(1))
    await kv.get(PLAN(1))
    page = await page_of(kv, clock)
    assert (page.lookups.hits, page.lookups.lookups) == (3, 4)
    named = [(kind.name, kind.lookups.hit_ratio, kind.cache and kind.cache.by_design) for kind in page.kinds]
    assert named == [("note", 1.0, True), ("plan", 0.0, False)]


async def test_what_waits_and_what_became_of_it(kv: CachedKV, clock: FakeClock) -> None:
    for number in range(3):
        await kv.put_later(NOTE(1), note(number))
    await kv.put_later(FOREVER(1), note(1))
    page = await page_of(kv, clock)
    assert page.waiting == (KindShare("note", 1, 0.5), KindShare("forever", 1, 0.5))
    assert [(name, counts.coalesced) for name, counts in page.writes] == [("note", 2)]
    assert (page.queue.depth, page.queue_entries) == (2, kv.options.queue_entries)


async def test_days_are_measured_by_the_largest_today_by_where_it_goes(
    kv: CachedKV, clock: FakeClock
) -> None:
    for writes in (8, 4):
        await kv.put_many({PLAN(number): note(clock.now()) for number in range(writes)})
        await clock.jump(DAY_S)
    await kv.put(PLAN(1), note("today"))
    page = await page_of(kv, clock)
    assert [(day.today, day.writes.count, day.writes.share, day.writes.end) for day in page.days] == [
        (True, 1, 0.125, 0.25),
        (False, 4, 0.5, 0.5),
        (False, 8, 1, 1),
    ]
    assert page.trend.today_vs_avg


async def test_a_week_and_today_are_shown(kv: CachedKV, clock: FakeClock) -> None:
    for _ in range(10):
        await kv.put(PLAN(1), note(clock.now()))
        await clock.jump(DAY_S)
    assert len((await page_of(kv, clock)).days) == 8


async def test_a_store_that_does_not_answer_leaves_the_page_whole(kv: CachedKV, clock: FakeClock) -> None:
    await kv.close()
    page = await page_of(kv, clock)
    assert page.week is page.paint is None


async def test_what_the_trend_is_made_of(kv: CachedKV, clock: FakeClock) -> None:
    for _ in range(2):
        await kv.put_many({NOTE(number): note(clock.now()) for number in range(3)})
        await kv.put(PLAN(1), note(clock.now()))
        await clock.jump(DAY_S)
    totals = {kind.name: kind.writes for kind in (await page_of(kv, clock)).totals}
    assert (totals["note"], totals["plan"]) == (6, 2)
    assert next(iter(totals)) == "note"


async def test_people_who_wait_are_the_next_thing_to_do(kv: CachedKV, clock: FakeClock) -> None:
    assert (await page_of(kv, clock)).findings == ()
    wish = AccessWish(name="Anna", email="anna@example.com")
    await AccessService(AccessRepository(kv), clock).ask(wish, address="")
    page = await page_of(kv, clock)
    (finding,) = page.findings
    assert (page.state, finding.about, finding.values["count"]) == ("ok", "access", 1)


async def test_work_that_crashed_is_told_until_it_has_run_well(kv: CachedKV, clock: FakeClock) -> None:
    jobs = JobRunner(clock)

    async def crash() -> None:
        raise ZeroDivisionError

    async def refuse() -> None:
        raise AppError

    await jobs.start("scan:anna", crash).wait()
    await jobs.start("scan:berta", refuse).wait()
    page = await page_of(kv, clock, jobs=jobs)
    assert page.jobs == (JobKind("scan", failed=1, crashed=1),)
    (finding,) = page.findings
    assert (page.state, finding.about) == ("warning", "jobs")
    assert finding.told_fact == "Background work crashed: scan (1)."
    await jobs.start("scan:anna", kv.flush).wait()
    page = await page_of(kv, clock, jobs=jobs)
    assert (page.jobs, page.findings) == ((JobKind("scan", completed=1, failed=1),), ())


@pytest.mark.parametrize(("counter", "about"), [("errors", "answers"), ("clientErrors", "browsers")])
async def test_errors_are_told_of_when_they_are_many_more_than_usual(
    counter: str, about: str, kv: CachedKV, clock: FakeClock
) -> None:
    analytics = analytics_of(kv, clock)
    for _ in range(6):
        await analytics.count({counter: 8})
        await clock.jump(DAY_S)
    await analytics.count({counter: 23})
    assert (await page_of(kv, clock)).findings == ()
    await analytics.count({counter: 1})
    (finding,) = (await page_of(kv, clock)).findings
    assert (finding.about, finding.values) == (about, {"count": 24, "usual": 8})


async def test_a_few_errors_are_no_rise(kv: CachedKV, clock: FakeClock) -> None:
    await analytics_of(kv, clock).count({"errors": 9, "clientErrors": 9})
    assert (await page_of(kv, clock)).findings == ()


async def test_how_soon_pages_showed_something(kv: CachedKV, clock: FakeClock) -> None:
    assert (await page_of(kv, clock)).paint is None
    reports = ReportsService(ReportsRepository(kv), analytics_of(kv, clock), clock)
    await reports.take_times(TimesIn(largest_contentful_paint=900))
    paint = (await page_of(kv, clock)).paint
    assert paint
    assert paint.p75 == 900


@pytest.mark.parametrize(
    ("kv_url", "path"),
    [
        ("sqlite:///data/kv.db", "data/kv.db"),
        ("sqlite:////var/kv.db", "/var/kv.db"),
        ("memory://", ""),
        ("redis://user:secret@cache.example:6379/0", "cache.example"),
    ],
)
def test_the_place_is_told_without_its_password(kv_url: str, path: str) -> None:
    assert path_of(kv_url) == path

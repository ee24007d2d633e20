"""The operator's page, made of real traffic."""

from datetime import timedelta

import pytest

from app.accounts.access.models import AccessWish
from app.accounts.access.repository import AccessRepository
from app.accounts.access.service import AccessService
from app.admin.desk import Desk, path_of
from app.admin.page_models import DeskPage, KindShare
from app.admin.service import AdminService
from app.kv.cached import CachedKV
from app.settings import Settings
from tests.fakes import FakeClock
from tests.unit.admin.gates import no_words, quiet_upstream
from tests.unit.kv.stand_ins import FOREVER, NOTE, PLAN, note
from tests.unit.telemetry.counting import analytics_of

pytestmark = pytest.mark.anyio

DAY_S = timedelta(days=1).total_seconds()


async def page_of(kv: CachedKV, clock: FakeClock, **values: object) -> DeskPage:
    settings = Settings(_env_file=None, **values)  # type: ignore[arg-type]
    analytics = analytics_of(kv, clock)
    admin = AdminService(kv, settings, analytics, upstream=quiet_upstream(clock), words=no_words(kv, clock))
    access = AccessService(AccessRepository(kv), clock)
    return await Desk(kv, admin, kv_url=settings.kv_url).page(kv.snapshot(), access, session=False)


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
    assert page.week is page.asking is None


async def test_who_asks_for_access_is_counted(kv: CachedKV, clock: FakeClock) -> None:
    assert (await page_of(kv, clock)).asking == 0
    wish = AccessWish(name="Anna", email="anna@example.com")
    await AccessService(AccessRepository(kv), clock).ask(wish, address="")
    assert (await page_of(kv, clock)).asking == 1


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

"""Visitors are told apart for a day, and nobody can be recognised afterwards."""

import asyncio
import random
from datetime import timedelta

import pytest

from app.kv.cached import CachedKV
from app.kv.options import KVOptions
from app.kv.stores.memory import MemoryStore
from app.telemetry.models import MOST_VISITORS, Visitors
from app.telemetry.repository import VISITORS
from tests.fakes import FakeClock, settle
from tests.unit.kv.stand_ins import ScriptedStore
from tests.unit.telemetry.counting import analytics_of

pytestmark = pytest.mark.anyio

ADDRESS = "198.51.100.7"
AGENT = "Mozilla/5.0 (X11) Canary/9"
HOUR_S = 3600
DAY_S = 24 * HOUR_S


class LastingStore(MemoryStore):
    """Outlives the services that use it."""

    async def close(self) -> None:
        pass


async def started(store: MemoryStore, clock: FakeClock) -> CachedKV:
    kv = CachedKV(store, clock=clock, options=KVOptions(ledger=False))
    await kv.start()
    return kv


async def test_a_week_of_visits_with_restarts_is_right_to_the_last_visitor(clock: FakeClock) -> None:
    """Forty people, some of them on some days and often, each again under another network on the last."""
    chance, store, expected = random.Random(7), LastingStore(clock), []
    people = [(f"203.0.113.{number % 20}", f"Browser {number}") for number in range(40)]
    for day in range(7):
        here = chance.sample(people, chance.randint(3, 30))
        views = [person for person in here for _ in range(chance.randint(1, 9))]
        chance.shuffle(views)
        for half in (views[::2], views[1::2]):
            kv = await started(store, clock)
            analytics = analytics_of(kv, clock)
            await asyncio.gather(
                *(analytics.page_seen(address=address, user_agent=agent) for address, agent in half)
            )
            await kv.close()
        expected.append((len(views), len(here)))
        if day < 6:
            await clock.advance(DAY_S)
    kv = await started(store, clock)
    told = await analytics_of(kv, clock).latest()
    assert [(one.page_views, one.unique_visitors) for one in reversed(told.days)] == expected
    assert told.last7_days.page_views == sum(views for views, _ in expected)
    assert told.last7_days.unique_visitors == sum(visitors for _, visitors in expected)
    await kv.close()


async def test_two_processes_on_one_store_count_a_visitor_once(clock: FakeClock) -> None:
    inner = LastingStore(clock)
    first, second = [await started(inner, clock) for _ in range(2)]
    for kv in (first, second):
        await analytics_of(kv, clock).page_seen(address=ADDRESS, user_agent=AGENT)
        await kv.flush()
        await kv.close()
    kv = await started(inner, clock)
    assert (await analytics_of(kv, clock).today()).totals == {"pageViews": 2, "uniqueVisitors": 1}
    await kv.close()


async def test_the_store_holds_neither_address_nor_browser(kv: CachedKV, clock: FakeClock) -> None:
    await analytics_of(kv, clock).page_seen(address=ADDRESS, user_agent=AGENT)
    kept = (await kv.get(VISITORS("latest"))).model_dump_json()  # type: ignore[union-attr]
    assert ADDRESS not in kept
    assert "Canary" not in kept
    assert kept.count('"', kept.index("marks")) == 3


async def test_on_another_day_the_same_browser_looks_like_any_other(kv: CachedKV, clock: FakeClock) -> None:
    marks = []
    for _ in range(2):
        await analytics_of(kv, clock).page_seen(address=ADDRESS, user_agent=AGENT)
        visitors = await kv.get(VISITORS("latest"))
        assert visitors
        marks.append((visitors.salt, *visitors.marks))
        await clock.jump(12 * HOUR_S)
    assert not set(marks[0]) & set(marks[1])


async def test_without_visitors_the_last_ones_and_their_salt_end_by_themselves(clock: FakeClock) -> None:
    store = LastingStore(clock)
    kv = await started(store, clock)
    await analytics_of(kv, clock).page_seen(address=ADDRESS, user_agent=AGENT)
    await kv.close()
    await clock.advance(DAY_S)
    assert await store.get(VISITORS("latest").text) is None


async def test_a_browser_that_comes_back_costs_one_write_and_no_read(clock: FakeClock) -> None:
    store = ScriptedStore(MemoryStore(clock))
    kv = await started(store, clock)  # type: ignore[arg-type]
    analytics = analytics_of(kv, clock)
    for _ in range(2):
        before = store.seen.copy()
        await analytics.page_seen(address=ADDRESS, user_agent=AGENT)
        await kv.flush()
    spent = store.seen - before
    assert (spent["reads"], spent["writes"]) == (0, 1)
    await kv.close()


async def test_midnight_costs_one_read_for_the_new_day_alone(clock: FakeClock) -> None:
    store = ScriptedStore(MemoryStore(clock))
    kv = await started(store, clock)  # type: ignore[arg-type]
    analytics = analytics_of(kv, clock)
    await analytics.page_seen(address=ADDRESS, user_agent=AGENT)
    await kv.flush()
    await clock.jump(12 * HOUR_S)
    before = store.seen.copy()
    await analytics.page_seen(address=ADDRESS, user_agent=AGENT)
    assert (store.seen - before)["reads"] == 1
    await kv.close()


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        (("198.51.100.7", "A"), ("198.51.100.7", "A"), 1),
        (("198.51.100.7", "A"), ("198.51.100.7", "B"), 2),
        (("198.51.100.7", "A"), ("198.51.100.8", "A"), 2),
        (("2001:db8::1", "A"), ("2001:db8::2", "A"), 1),
        (("", ""), ("", ""), 1),
    ],
)
async def test_who_is_the_same(
    one: tuple[str, str], other: tuple[str, str], count: int, kv: CachedKV, clock: FakeClock
) -> None:
    analytics = analytics_of(kv, clock)
    for address, agent in (one, other):
        await analytics.page_seen(address=address, user_agent=agent)
    assert (await analytics.today()).totals["uniqueVisitors"] == count


def test_a_flood_of_made_up_browsers_is_bounded(clock: FakeClock) -> None:
    full = Visitors(day=clock.now().date(), salt="", marks=frozenset(map(str, range(MOST_VISITORS))))
    assert full.plus("one more") is full
    assert len(full.model_dump_json()) < 1024 * 1024


async def test_a_process_whose_clock_is_behind_keeps_the_new_day(kv: CachedKV, clock: FakeClock) -> None:
    analytics = analytics_of(kv, clock)
    await analytics.page_seen(address=ADDRESS, user_agent=AGENT)
    behind = FakeClock()
    behind._elapsed = -timedelta(hours=13).total_seconds()
    await analytics_of(kv, behind).page_seen(address=ADDRESS, user_agent=AGENT)
    visitors = await kv.get(VISITORS("latest"))
    assert visitors
    assert visitors.day == clock.now().date()


async def test_a_clock_that_was_days_ahead_leaves_no_salt_that_outlives_its_day(
    kv: CachedKV, clock: FakeClock
) -> None:
    ahead = FakeClock()
    ahead._elapsed = 30 * DAY_S
    salts = set()
    for told in (ahead, clock, clock):
        await analytics_of(kv, told).page_seen(address=ADDRESS, user_agent=AGENT)
        visitors = await kv.get(VISITORS("latest"))
        assert visitors
        salts.add(visitors.salt)
        assert (await analytics_of(kv, told).today()).totals["uniqueVisitors"] == 1
        await clock.jump(23 * HOUR_S)
    assert len(salts) == 3


async def test_a_visit_at_midnight_is_a_page_and_a_visitor_of_one_day(clock: FakeClock) -> None:
    store = ScriptedStore(MemoryStore(clock))
    kv = await started(store, clock)  # type: ignore[arg-type]
    analytics = analytics_of(kv, clock)
    await clock.jump(12 * HOUR_S - 1)
    store.reads_go.clear()
    seen = asyncio.create_task(analytics.page_seen(address=ADDRESS, user_agent=AGENT))
    await settle()
    await clock.jump(2)
    store.reads_go.set()
    await seen
    today, yesterday, *_ = (await analytics.latest()).days
    assert (yesterday.page_views, yesterday.unique_visitors) == (1, 1)
    assert (today.page_views, today.unique_visitors) == (0, 0)
    await kv.close()

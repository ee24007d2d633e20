"""Events become exact counts of their day."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from app.errors import AppError
from app.events import (
    AccountDeleted,
    Disconnected,
    Event,
    Events,
    PlaylistCreated,
    ScanFinished,
    ScheduleChanged,
    SignedIn,
    SignInFailed,
)
from app.kv.cached import CachedKV
from app.kv.options import KVOptions
from app.kv.stores.memory import MemoryStore
from app.telemetry.repository import AnalyticsRepository
from app.telemetry.service import AnalyticsService
from tests.fakes import FakeClock
from tests.unit.kv.stand_ins import ScriptedStore
from tests.unit.telemetry.counting import analytics_of

pytestmark = pytest.mark.anyio


@pytest.fixture
def analytics(kv: CachedKV, clock: FakeClock) -> AnalyticsService:
    return analytics_of(kv, clock)


async def test_every_kind_of_event_is_counted(analytics: AnalyticsService) -> None:
    for event in (
        SignedIn("u"),
        SignedIn("v"),
        SignInFailed("denied"),
        ScanFinished("u", 10),
        PlaylistCreated("u", 7),
        AccountDeleted("u"),
    ):
        await analytics.handle(event)
    assert dict((await analytics.today()).totals) == {
        "signIns": 2,
        "authFailures": 1,
        "libraryScans": 1,
        "songsScanned": 10,
        "playlistsCreated": 1,
        "songsAdded": 7,
        "accountsDeleted": 1,
    }


@dataclass(frozen=True)
class NobodyCounts:
    """A kind of event that another feature tells another."""


async def test_an_event_that_nobody_counts_harms_nobody(analytics: AnalyticsService) -> None:
    await analytics.handle(NobodyCounts())  # type: ignore[arg-type]
    assert dict((await analytics.today()).totals) == {}


EVERY_KIND = {
    "signIns": SignedIn("u"),
    "authFailures": SignInFailed("denied"),
    "libraryScans": ScanFinished("u", 1),
    "playlistsCreated": PlaylistCreated("u", 1),
    "schedulesChanged": ScheduleChanged("u"),
    "disconnects": Disconnected("u"),
    "accountsDeleted": AccountDeleted("u"),
}


async def test_200_events_of_each_kind_at_once_are_counted_exactly(analytics: AnalyticsService) -> None:
    seen = [analytics.page_seen(address="192.0.2.7", user_agent=str(one % 20)) for one in range(200)]
    failed = [analytics.count({"errors": 1}) for _ in range(200)]
    told = [analytics.handle(event) for event in EVERY_KIND.values() for _ in range(200)]
    await asyncio.gather(*seen, *failed, *told)
    totals = dict((await analytics.today()).totals)
    assert totals.pop("uniqueVisitors") == 20
    assert totals.pop("songsScanned") == totals.pop("songsAdded") == 200
    assert totals == dict.fromkeys((*EVERY_KIND, "pageViews", "errors"), 200)


async def test_a_new_day_starts_at_nothing(analytics: AnalyticsService, clock: FakeClock) -> None:
    await analytics.handle(SignedIn("u"))
    await clock.advance(timedelta(days=1).total_seconds())
    assert dict((await analytics.today()).totals) == {}


class Hasty(FakeClock):
    """Four hours pass at each look."""

    def now(self) -> datetime:
        self._elapsed += 4 * 3600
        return super().now()


async def test_each_day_is_told_once_when_midnight_comes_meanwhile(kv: CachedKV) -> None:
    told = await analytics_of(kv, Hasty()).latest()
    assert [told.today.date - day.date for day in told.days] == [timedelta(days=ago) for ago in range(7)]


async def test_a_day_that_several_processes_counted_is_one_key_when_the_next_begins(clock: FakeClock) -> None:
    inner = MemoryStore(clock)
    both = []
    for _ in range(2):
        kv = CachedKV(ScriptedStore(inner, single_writer=False), clock=clock, options=KVOptions(ledger=False))
        await kv.start()
        both.append((kv, analytics_of(kv, clock)))
    yesterday = clock.now().date()
    for kv, analytics in both:
        await asyncio.gather(*(analytics.handle(SignedIn("u")) for _ in range(20)))
        await kv.flush()
        assert (await analytics.today()).totals["signIns"] in {20, 40}
    assert len((await inner.scan("analytics:")).keys) == 2
    await clock.advance(timedelta(days=1).total_seconds())
    (kv, analytics), (other, _) = both
    await analytics.handle(SignedIn("u"))
    await kv.flush()
    assert f"analytics:{yesterday}" in (await inner.scan("analytics:")).keys
    assert len((await inner.scan("analytics:")).keys) == 2  # the whole of yesterday, a part of today
    assert (await AnalyticsRepository(other).get(yesterday)).totals["signIns"] == 40


async def test_a_subscriber_that_fails_harms_nobody() -> None:
    heard: list[Event] = []

    async def failing(_event: Event) -> None:
        raise AppError("the store is down")

    async def hearing(event: Event) -> None:
        heard.append(event)

    events = Events()
    events.subscribe(failing)
    events.subscribe(hearing)
    await events.publish(SignedIn("u"))
    assert heard == [SignedIn("u")]

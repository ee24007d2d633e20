"""No event is lost while the store fails, over midnight, or with the process that counted it."""

import asyncio
from pathlib import Path

import pytest

from app.events import (
    AccountDeleted,
    Disconnected,
    Events,
    PlaylistCreated,
    PlaylistForgotten,
    RebuildAsked,
    ScanFinished,
    ScheduleChanged,
    SignedIn,
    SignInFailed,
)
from app.kv.options import KVOptions
from app.kv.stores.memory import MemoryStore
from app.telemetry.service import AnalyticsService
from tests.fakes import FakeClock
from tests.unit.kv.test_spill import LastingStore, life
from tests.unit.telemetry.counting import analytics_of

pytestmark = pytest.mark.anyio

HALF_A_DAY_S = 12 * 3600
OPTIONS = KVOptions(ledger=False)
EVERY_KIND = (
    SignedIn("u"),
    SignInFailed("denied"),
    ScanFinished("u", 10),
    PlaylistCreated("u", 7),
    PlaylistForgotten("u"),
    ScheduleChanged("u"),
    Disconnected("u"),
    AccountDeleted("u"),
    RebuildAsked(),
)
TWO_HUNDRED = dict.fromkeys(
    (
        *("pageViews", "errors", "signIns", "authFailures", "libraryScans", "playlistsCreated"),
        *("playlistsForgotten", "schedulesChanged", "disconnects", "accountsDeleted", "rebuilds"),
    ),
    200,
) | {"songsScanned": 2000, "songsAdded": 1400, "uniqueVisitors": 20}


@pytest.fixture
def store(clock: FakeClock) -> LastingStore:
    return LastingStore(MemoryStore(clock))


async def everything_200_times_at_once(analytics: AnalyticsService) -> None:
    events = Events()
    events.subscribe(analytics.handle)
    await asyncio.gather(
        *(events.publish(event) for event in EVERY_KIND for _ in range(200)),
        *(analytics.page_seen(address="192.0.2.7", user_agent=str(one % 20)) for one in range(200)),
        *(analytics.count({"errors": 1}) for _ in range(200)),
        return_exceptions=True,  # that of an outage, which the app logs
    )


@pytest.mark.parametrize("batching", [True, False])
async def test_every_kind_is_counted_exactly_while_the_store_fails_and_comes_back(
    store: LastingStore, clock: FakeClock, tmp_path: Path, *, batching: bool
) -> None:
    options = KVOptions(ledger=False, write_batching=batching)
    async with life(store, tmp_path / "spill", clock, options) as kv:
        analytics = analytics_of(kv, clock)
        await analytics.page_seen(address="192.0.2.7", user_agent="1")
        store.down = True
        happening = asyncio.ensure_future(everything_200_times_at_once(analytics))
        while not happening.done():
            await clock.advance(0.5)
        store.heal()
        await clock.advance(60)
        assert dict((await analytics.today()).totals) == TWO_HUNDRED | {"pageViews": 201}


async def test_a_day_that_begins_while_the_store_fails_is_counted_from_its_first_event(
    store: LastingStore, clock: FakeClock, tmp_path: Path
) -> None:
    async with life(store, tmp_path / "spill", clock, OPTIONS) as kv:
        analytics = analytics_of(kv, clock)
        await everything_200_times_at_once(analytics)
        store.down = True
        await clock.jump(HALF_A_DAY_S)
        await everything_200_times_at_once(analytics)
        store.heal()
        await clock.advance(60)
        today, yesterday, *_ = (await analytics.latest()).days
        assert today.model_dump(exclude={"date"}) == yesterday.model_dump(exclude={"date"})
    async with life(store, tmp_path / "spill", clock, OPTIONS) as kv:
        assert dict((await analytics_of(kv, clock).today()).totals) == TWO_HUNDRED


async def test_what_was_counted_before_the_end_goes_on_after_it_by_way_of_the_spill_file(
    store: LastingStore, clock: FakeClock, tmp_path: Path
) -> None:
    for _ in range(2):
        async with life(store, tmp_path / "spill", clock, OPTIONS) as kv:
            analytics = analytics_of(kv, clock)
            await analytics.page_seen(address="192.0.2.7", user_agent="0")
            store.down = True
            await everything_200_times_at_once(analytics)
        assert (tmp_path / "spill").exists()
        store.heal()
    async with life(store, tmp_path / "spill", clock, OPTIONS) as kv:
        totals = dict((await analytics_of(kv, clock).today()).totals)
    twice = {name: 2 * count for name, count in TWO_HUNDRED.items()}
    assert totals == twice | {"pageViews": 402, "uniqueVisitors": 20}

"""Playlists that are refreshed by themselves, day by day or week by week."""

from collections.abc import AsyncIterator

import pytest
import respx

from app.events import Disconnected
from app.playlists.autosort.page_models import AutoSortView
from app.playlists.keeping import NewTerms
from tests.integration.autosort.home import USER, Home, uri

pytestmark = pytest.mark.anyio

BUDGET = 60
"""Calls to Spotify in 24 hours."""


async def switch_on(home: Home, schedule: str = "daily") -> None:
    await home.services.on_playlists.auto_sort.change(USER, schedule=schedule)  # type: ignore[arg-type]


@pytest.fixture
async def poor(home: Home) -> AsyncIterator[Home]:
    """The same listener, whose app may make few calls a day."""
    await home.close()
    poor = Home(home.visitor, home.clock, home.store, spotify_daily_budget=BUDGET, spotify_write_reserve=10)
    await poor.open()
    yield poor
    await poor.close()


def api_calls(calls: respx.Route) -> int:
    return sum("/api/v1/" in call.request.url.path for call in calls.calls)


async def view_of(home: Home) -> AutoSortView:
    return await home.services.on_playlists.auto_sort.get_view(USER)


async def test_new_likes_come_into_a_playlist_day_by_day_without_anybody(home: Home) -> None:
    bebop, techno = await home.make("bebop", "techno")
    before = await home.held(techno)
    await home.services.on_playlists.keeper.change(USER, bebop, NewTerms(schedule="daily"))
    await home.passes(hours=1)
    await home.like(3, 4, 5)
    await home.passes(hours=22)
    assert uri(3) not in await home.held(bebop)
    await home.passes(hours=2)
    assert (await home.held(bebop))[:2] == [uri(3), uri(102)]
    assert await home.held(techno) == before
    (run,) = (await view_of(home)).log
    assert (run.new, run.placed, run.problem) == (3, 2, None)
    assert [(one.id, one.added) for one in run.playlists] == [(bebop, 1)]
    undone = await home.services.on_playlists.keeper.undo(USER, bebop)
    await home.meanwhile(home.services.on_playlists.playlists.ended(USER, undone.id))
    await home.passes(days=5)
    assert uri(3) not in await home.held(bebop)
    assert [(one.new, one.playlists) for one in (await view_of(home)).log[:-1]] == [(0, ())] * 5


async def test_a_day_with_nothing_new_takes_two_calls_or_three(home: Home, calls: respx.Route) -> None:
    await home.make("bebop", "techno")
    await switch_on(home)
    await home.passes(hours=23)
    before = calls.call_count
    await home.passes(hours=2)
    assert len((await view_of(home)).log) == 1
    assert calls.call_count - before <= 3


async def test_weekly_ones_wait_a_week(home: Home) -> None:
    bebop, techno = await home.make("bebop", "techno")
    await switch_on(home, "weekly")
    await home.services.on_playlists.keeper.change(USER, bebop, NewTerms(schedule="daily"))
    await home.passes(hours=1)
    await home.like(3, 4)
    await home.passes(days=2)
    assert uri(3) in await home.held(bebop)
    assert uri(4) not in await home.held(techno)
    await home.passes(days=5)
    assert uri(4) in await home.held(techno)
    assert (await view_of(home)).schedule is None


async def test_it_is_off_until_somebody_says_otherwise_and_can_be_switched_off(home: Home) -> None:
    (bebop,) = await home.make("bebop")
    await home.like(3)
    await home.passes(days=8)
    assert uri(3) not in await home.held(bebop)
    assert (await view_of(home)).state == "off"
    await switch_on(home)
    assert home.services.on_playlists.auto_sort.is_on(USER)
    await switch_on(home, "off")
    assert not home.services.on_playlists.auto_sort.is_on(USER)
    await home.passes(days=2)
    assert (await view_of(home)).log == ()


async def test_three_failures_in_a_row_pause_it_and_say_why(home: Home) -> None:
    (bebop,) = await home.make("bebop")
    await switch_on(home)
    await home.like(3)
    await home.visitor.switch(revoke_refresh=True, not_registered=True)
    await home.passes(days=2, hours=2)
    view = await view_of(home)
    assert (view.state, len(view.log)) == ("on", 2)
    await home.passes(days=1)
    view = await view_of(home)
    assert (view.state, view.next_at) == ("paused", None)
    assert view.paused == view.log[0].problem
    assert "not registered" in view.paused or "Spotify" in view.paused
    await home.restart()
    await home.passes(days=3)
    assert len((await view_of(home)).log) == 3
    await home.visitor.switch(not_registered=False)
    await home.services.on_playlists.auto_sort.change(USER, resume=True)
    await home.passes(minutes=20)
    view = await view_of(home)
    assert (view.state, view.log[0].problem) == ("on", None)
    assert uri(3) in await home.held(bebop)


async def test_who_disconnects_is_sorted_for_no_more(home: Home) -> None:
    await home.make("bebop")
    await switch_on(home)
    assert home.services.on_playlists.auto_sort.is_on(USER)
    await home.services.deletion.disconnect(USER, keep_own_word=True)
    assert not home.services.on_playlists.auto_sort.is_on(USER)
    await home.restart()
    assert not home.services.on_playlists.auto_sort.is_on(USER)
    await home.services.on_playlists.auto_sort.handle(Disconnected(USER))


async def test_a_run_that_a_restart_cut_off_is_gone_on_with_and_told_once(home: Home) -> None:
    (bebop,) = await home.make("bebop")
    await switch_on(home)
    await home.passes(hours=1)
    await home.like(3, 6)
    await home.passes(hours=22, minutes=58)
    while uri(3) not in await home.held(bebop):
        await home.clock.advance(1)
    await home.restart()
    await home.passes(minutes=30)
    (run,) = (await view_of(home)).log
    assert (run.problem, run.new, run.added) == (None, 2, 2)
    assert (await home.held(bebop))[:3] == [uri(3), uri(6), uri(102)]


async def test_thirty_days_with_nobody_signed_in_and_few_calls(poor: Home, calls: respx.Route) -> None:
    bebop, techno = await poor.make("bebop", "techno")
    await switch_on(poor)
    await poor.passes(hours=1)
    by_hour = [api_calls(calls)]
    for day in range(30):
        await poor.like(*(range(day * 3, day * 3 + 3)))
        match day:
            case 4 | 17:
                await poor.visitor.switch(fail_next=30)
            case 9:
                await poor.visitor.switch(quota_exceeded_for_s=30 * 3600)
            case 7 | 12 | 21:
                await poor.restart()
        for _ in range(24):
            await poor.passes(hours=1)
            by_hour.append(api_calls(calls))
    await poor.passes(days=2)
    for playlist, genre in ((bebop, 0), (techno, 1)):
        wanted = [uri(n) for n in (*range(90), *range(100, 400)) if n % 3 == genre]
        held = await poor.held(playlist)
        assert sorted(held) == sorted(wanted)
    view = await view_of(poor)
    assert (view.state, len(view.log)) == ("on", 30)
    assert max(now - before for before, now in zip(by_hour, by_hour[24:], strict=False)) <= BUDGET
    assert by_hour[-1] - by_hour[0] < 30 * 20
    assert await poor.services.genres.find_library(USER)


async def test_it_waits_while_there_are_no_calls_but_those_that_are_left_to_people(
    poor: Home, calls: respx.Route
) -> None:
    (bebop,) = await poor.make("bebop")
    await switch_on(poor)
    await poor.passes(hours=22)
    await poor.like(3)
    for _ in range(40):
        await poor.meanwhile(poor.ask_spotify())
    before = calls.call_count
    await poor.passes(hours=6)
    assert (calls.call_count, (await view_of(poor)).state) == (before, "waits")
    await poor.passes(hours=24)
    assert uri(3) in await poor.held(bebop)

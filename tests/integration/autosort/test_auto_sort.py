"""Playlists that are refreshed by themselves, day by day or week by week."""

import pytest

from app.playlists.keeping import NewTerms
from tests.integration.autosort.home import USER, Home, uri

pytestmark = pytest.mark.anyio


async def test_new_likes_come_into_a_playlist_day_by_day_without_anybody(home: Home) -> None:
    bebop, techno = await home.make("bebop", "techno")
    before = await home.held(techno)
    sort = home.services.on_playlists.auto_sort
    await home.services.on_playlists.keeper.change(USER, bebop, NewTerms(schedule="daily"))
    await home.passes(hours=1)
    await home.like(3, 4, 5)
    await home.passes(hours=22)
    assert uri(3) not in await home.held(bebop)
    await home.passes(hours=2)
    assert (await home.held(bebop))[:2] == [uri(3), uri(102)]
    assert await home.held(techno) == before
    view = await sort.get_view(USER)
    (run,) = view.log
    assert (run.new, run.placed, run.problem) == (3, 2, None)
    assert [(one.id, one.added) for one in run.playlists] == [(bebop, 1)]
    await home.passes(days=1)
    view = await sort.get_view(USER)
    assert [(one.new, one.playlists) for one in view.log[:-1]] == [(0, ())]

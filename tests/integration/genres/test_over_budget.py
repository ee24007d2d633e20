"""A scan that needs more calls than are left asks first, as JSON and on the page."""

import httpx
import pytest

from app.settings import Settings
from tests.integration.accounts.journey import FORM
from tests.integration.genres.test_genres_api import FETCH, SCAN, start
from tests.unit.genres.playlist_wire import Playlists, playlist_id
from tests.unit.genres.wire import LikedSongs, tracks

pytestmark = pytest.mark.anyio


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"spotify_daily_budget": 60})


@pytest.fixture
def liked(liked: LikedSongs) -> LikedSongs:
    liked.rows = tracks(5000)
    return liked


@pytest.fixture
async def browser(browser: httpx.AsyncClient) -> httpx.AsyncClient:
    """Somebody who has looked at what there is to scan."""
    assert ">5,000<" in (await browser.get("/scan")).text
    return browser


async def test_a_scan_over_the_budget_is_refused_unless_it_is_meant(browser: httpx.AsyncClient) -> None:
    refused = await start(browser, sources=["liked"])
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:genre-sorter:scan-over-budget")
    assert "It needs 101 calls" in refused.json()["detail"]
    assert (await browser.get(SCAN, headers=FETCH)).json()["status"] == "idle"
    assert (await start(browser, sources=["liked"], overBudget=True)).status_code == 202
    await browser.delete(SCAN, headers=FETCH)


async def test_the_page_asks_and_keeps_what_is_ticked(browser: httpx.AsyncClient) -> None:
    picked = ["liked", f"playlist:{playlist_id(2)}"]
    asked = await browser.post("/scan", data={"source": picked}, headers=FORM)
    assert asked.status_code == 409
    assert "Scan all the same" in asked.text
    assert asked.text.count(" checked") == 2
    started = await browser.post("/scan", data={"source": picked, "over_budget": "true"}, headers=FORM)
    assert (started.status_code, started.headers["location"]) == (303, "/scan")
    await browser.delete(SCAN, headers=FETCH)


async def test_playlists_are_listed_for_programs(browser: httpx.AsyncClient, playlists: Playlists) -> None:
    listed = (await browser.get("/api/user-playlists", headers=FETCH)).json()
    assert listed["asOf"] is None
    shown = [(one["name"], one["trackCount"], one["isOwned"], one["readable"]) for one in listed["playlists"]]
    assert shown == [("Morning", 130, True, True), ("Together", 2, False, True), ("Foreign", 1, False, False)]
    assert not any(one["madeByApp"] for one in listed["playlists"])

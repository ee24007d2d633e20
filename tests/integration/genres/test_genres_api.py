"""The JSON routes of scans and genres, in the whole app."""

import json
from datetime import datetime

import httpx
import pytest

from tests.integration.accounts.journey import FORM
from tests.unit.genres.wire import LikedSongs

pytestmark = pytest.mark.anyio

FETCH = {"sec-fetch-mode": "cors", "sec-fetch-site": "same-origin", "accept": "application/json"}
SCAN = "/api/genres/scan"


async def start(browser: httpx.AsyncClient, **body: object) -> httpx.Response:
    return await browser.post(SCAN, json=body, headers=FETCH)


async def events(browser: httpx.AsyncClient) -> list[tuple[str, dict[str, object]]]:
    """Follow the scan to its end."""
    response = await browser.get(f"{SCAN}/events", headers=FETCH)
    assert response.headers["content-type"].startswith("text/event-stream")
    blocks = [block.split("\n") for block in response.text.split("\n\n") if "data: " in block]
    fields = [dict(line.split(": ", 1) for line in block) for block in blocks]
    assert all(field["id"].isdigit() and field["retry"] == "2000" for field in fields)
    return [(field["event"], json.loads(field["data"])) for field in fields]


async def test_a_scan_is_started_watched_and_read(browser: httpx.AsyncClient, liked: LikedSongs) -> None:
    assert (await browser.get(SCAN, headers=FETCH)).json()["status"] == "idle"
    response = await start(browser, sources=["liked"])
    assert (response.status_code, response.headers["location"]) == (202, SCAN)
    again = await start(browser)
    assert (again.status_code, again.headers["content-type"]) == (409, "application/problem+json")
    told = await events(browser)
    assert told[-1][0] == "done"
    assert {"progress", "genres"} <= {name for name, _ in told}
    state = (await browser.get(SCAN, headers=FETCH)).json()
    assert told[-1][1] == state
    assert (
        state.items()
        >= {
            "status": "completed",
            "phase": "done",
            "scanned": 120,
            "total": 120,
            "artistsResolved": 60,
            "artistsTotal": 60,
            "genresFound": 3,
            "etaSeconds": None,
            "resumesAt": None,
            "problems": [],
        }.items()
    )
    assert len(liked.offsets) == 4


async def test_the_library_adds_up(browser: httpx.AsyncClient, liked: LikedSongs) -> None:
    empty = (await browser.get("/api/genres", headers=FETCH)).json()
    assert (empty["totalTracks"], empty["complete"], empty["cachedAt"]) == (0, False, None)
    await start(browser)
    await events(browser)
    library = (await browser.get("/api/genres", headers=FETCH)).json()
    assert library["totalTracks"] == 120
    families = library["families"]
    assert sum(family["count"] for family in families) + library["withoutGenre"] == 120
    assert all(sum(one["count"] for one in family["genres"]) == family["count"] for family in families)
    assert "trackIds" not in library["genres"][0]
    full = (await browser.get("/api/genres?tracks=true", headers=FETCH)).json()
    by_name = {genre["name"]: genre for genre in full["genres"]}
    assert len(by_name["deep house"]["trackIds"]) == by_name["deep house"]["count"] == 81


async def test_songs_of_a_genre_come_in_pages_with_their_reasons(
    browser: httpx.AsyncClient, liked: LikedSongs
) -> None:
    await start(browser)
    await events(browser)
    page = (await browser.get("/api/genres/bebop/tracks?limit=2&offset=1", headers=FETCH)).json()
    assert (page["total"], page["offset"], page["nextOffset"]) == (81, 1, 3)
    first = page["tracks"][0]
    assert first["id"] == liked.keys[40]
    assert first["url"] == f"https://open.test/track/{first['id']}"
    assert (first["certainty"], first["sources"]) == ("one", ["musicbrainz"])
    (why,) = first["why"]
    assert datetime.fromisoformat(why.pop("checkedAt")).tzinfo
    said = {"artist": "Artist 39", "source": "musicbrainz", "word": "bebop", "votes": 8, "neighbour": None}
    assert why == said
    missing = await browser.get("/api/genres/fado/tracks", headers=FETCH)
    assert missing.status_code == 404
    assert (await browser.get("/api/genres/bebop/tracks?limit=1000", headers=FETCH)).status_code == 422


async def test_a_stopped_scan_goes_on_when_started_again(
    browser: httpx.AsyncClient, liked: LikedSongs
) -> None:
    liked.go.clear()
    await start(browser)
    await liked.asked()
    stopped = await browser.delete(SCAN, headers=FETCH)
    assert stopped.json()["status"] == "cancelled"
    liked.go.set()
    assert (await start(browser)).status_code == 202
    assert (await events(browser))[-1][1]["status"] == "completed"
    assert (await browser.delete(SCAN, headers=FETCH)).json()["status"] == "completed"


@pytest.mark.parametrize(
    "body", [{"sources": ["playlist:x"]}, {"sources": []}, {"source": "liked"}, {"refresh": "perhaps"}]
)
async def test_a_scan_of_something_else_is_refused(
    browser: httpx.AsyncClient, body: dict[str, object]
) -> None:
    response = await start(browser, **body)
    assert (response.status_code, response.headers["content-type"]) == (422, "application/problem+json")


async def test_who_and_how_much(browser: httpx.AsyncClient, liked: LikedSongs) -> None:
    me = (await browser.get("/api/me", headers=FETCH)).json()
    assert me == {"spotify": {"id": "acc-anna", "name": "Anna", "avatar": None}}
    size = (await browser.get("/api/library-size", headers=FETCH)).json()
    assert size == {
        "total": 120,
        "estimatedSeconds": 2,
        "callsNeeded": 4,
        "callsLeft": 748,
        "asOf": None,
    }


@pytest.mark.parametrize(
    "path", ["/api/me", "/api/library-size", "/api/genres", SCAN, f"{SCAN}/events", "/api/genres/rock/tracks"]
)
async def test_nothing_is_told_to_strangers(browser: httpx.AsyncClient, path: str) -> None:
    browser.cookies.clear()
    response = await browser.get(path, headers=FETCH)
    assert (response.status_code, response.headers["content-type"]) == (401, "application/problem+json")


async def test_another_site_cannot_start_or_stop_a_scan(browser: httpx.AsyncClient) -> None:
    foreign = FORM | {"sec-fetch-site": "cross-site"}
    assert (await browser.post(SCAN, json={}, headers=foreign)).status_code == 403
    assert (await browser.delete(SCAN, headers=foreign)).status_code == 403

"""Leaving genres and families out of what is picked, in the forms of the library's pages."""

import re
from typing import Any

import httpx
import pytest
import respx

from tests.integration.accounts.journey import FORM
from tests.integration.playlists.conftest import scanned
from tests.integration.playlists.test_playlists_api import HERE
from tests.unit.genres.wire import LikedSongs, MusicBrainzWire, artist_id, track

__all__ = ["scanned"]
pytestmark = pytest.mark.anyio

HOUSE = "genre:deep house"
KNOWN = {
    artist_id(1): {"bebop": 8},
    artist_id(2): {"bebop": 8, "deep house": 3},
    artist_id(3): {"deep house": 5},
}


@pytest.fixture
def liked(wire: respx.MockRouter) -> LikedSongs:
    return LikedSongs(wire, [track(number, by) for number, by in enumerate([[1], [2], [3], [1]])])


@pytest.fixture(autouse=True)
def musicbrainz(wire: respx.MockRouter) -> MusicBrainzWire:
    return MusicBrainzWire(wire, KNOWN)


async def previewed(http: httpx.AsyncClient, form: dict[str, Any]) -> list[str]:
    """Return the names of the playlists of a preview."""
    page = await http.post("/playlists/preview", data=form, headers=FORM, follow_redirects=True)
    return re.findall(r'name="name-\d+"[^>]*value="([^"]*)"', page.text)


async def test_each_line_of_the_library_can_be_left_out(scanned: httpx.AsyncClient) -> None:
    for path, value in (
        ("/genres", "family:jazz"),
        ("/genres?family=jazz", "family:jazz"),
        ("/genres?family=jazz", "genre:bebop"),
        ("/genres/bebop", "genre:bebop"),
    ):
        assert f'name="exclude" value="{value}"' in (await scanned.get(path)).text


async def test_the_dock_counts_and_names_what_is_left_out(scanned: httpx.AsyncClient) -> None:
    every = (await scanned.post("/genres/selection", data={"select": HOUSE}, headers=FORM)).text
    assert "2 songs" in every
    assert "data-drop" not in every
    form = {"select": HOUSE, "exclude": "family:jazz"}
    told = (await scanned.post("/genres/selection", data=form, headers=FORM)).text
    assert "1 song" in told
    assert 'data-drop="family:jazz"' in told
    assert "no song" not in told
    form = {"select": "family:jazz", "exclude": "family:electronic"}
    told = (await scanned.post("/genres/selection", data=form, headers=FORM)).text
    assert "Electronic: no song" in told


async def test_a_playlist_is_named_after_what_is_left_out_of_it(scanned: httpx.AsyncClient) -> None:
    exclude = ["genre:polka", HOUSE, "family:blues"]
    (jazz, bebop) = await previewed(scanned, {"select": ["family:jazz", "genre:bebop"], "exclude": exclude})
    assert jazz == "Jazz without deep house"
    assert bebop == "bebop without deep house"
    (together,) = await previewed(
        scanned, {"select": ["family:jazz", HOUSE], "exclude": "genre:polka", "together": "one"}
    )
    assert together == "Jazz and deep house"


async def test_what_is_left_out_is_kept_with_the_playlist(scanned: httpx.AsyncClient) -> None:
    form = {"select": "family:jazz", "exclude": [HOUSE, "genre:polka"]}
    answer = await scanned.post("/playlists/preview", data=form, headers=FORM)
    plan = answer.headers["location"].rpartition("/")[2]
    run = await scanned.post("/api/playlists", json={"preview": plan}, headers=HERE)
    async with scanned.stream("GET", f"/api/playlists/runs/{run.json()['run']}/events") as events:
        await events.aread()
    (made,) = (await scanned.get("/api/my-playlists")).json()["playlists"]
    assert made["exclude"] == [HOUSE, "genre:polka"]


async def test_what_is_both_picked_and_left_out_is_left_out(scanned: httpx.AsyncClient) -> None:
    form = {"select": HOUSE, "exclude": HOUSE}
    answer = await scanned.post("/playlists/preview", data=form, headers=FORM)
    assert answer.headers["location"] == "/genres?notice=nothing"

"""Songs whose place is inferred come into a playlist only when ticked."""

from typing import Any

import httpx
import pytest
import respx

from app.settings import Settings
from tests.integration.accounts.journey import FORM
from tests.integration.genres.conftest import settings as without_neighbours
from tests.integration.playlists.conftest import scanned
from tests.integration.playlists.test_playlists_api import HERE
from tests.unit.genres.wire import LikedSongs, MusicBrainzWire, artist_id, track

__all__ = ["scanned", "without_neighbours"]
pytestmark = pytest.mark.anyio

KNOWN = {artist_id(1): {"hard bop": 8, "bebop": 7}, artist_id(2): {"cool jazz": 8, "bebop": 7}}
JAZZ = {"select": "family:jazz"}


@pytest.fixture
def settings(without_neighbours: Settings) -> Settings:
    return without_neighbours.model_copy(update={"genre_sources": ("musicbrainz", "neighbours")})


@pytest.fixture
def liked(wire: respx.MockRouter) -> LikedSongs:
    """Nobody says anything of artist 3, who has songs with two that are known, and two more."""
    return LikedSongs(
        wire, [track(number, by) for number, by in enumerate([[1], [1, 3], [2, 3], [3], [3], [4]])]
    )


@pytest.fixture(autouse=True)
def musicbrainz(wire: respx.MockRouter) -> MusicBrainzWire:
    return MusicBrainzWire(wire, KNOWN)


async def previewed(http: httpx.AsyncClient, **selection: Any) -> dict[str, Any]:
    body = {"selections": [{"include": ["family:jazz"], **selection}]}
    answer = await http.post("/api/playlists/preview", json=body, headers=HERE)
    found: dict[str, Any] = answer.json()
    return found


async def test_the_dock_counts_what_comes_along(scanned: httpx.AsyncClient) -> None:
    for page in ("/genres", "/genres?family=jazz", "/genres/bebop"):
        assert 'name="inferred"' in (await scanned.get(page)).text
    without = (await scanned.post("/genres/selection", data=JAZZ, headers=FORM)).text
    assert "3 songs<small>2 inferred songs left out</small>" in without
    everything = (
        await scanned.post("/genres/selection", data=JAZZ | {"inferred": "true"}, headers=FORM)
    ).text
    assert "5 songs" in everything
    assert "left out" not in everything


async def test_inferred_songs_are_not_counted_twice_where_they_are_left_out(
    scanned: httpx.AsyncClient,
) -> None:
    twice = {"select": ["family:jazz", "genre:bebop"]}
    without = (await scanned.post("/genres/selection", data=twice, headers=FORM)).text
    assert "3 of them in more than one playlist" in without
    everything = (
        await scanned.post("/genres/selection", data=twice | {"inferred": "true"}, headers=FORM)
    ).text
    assert "5 of them in more than one playlist" in everything


async def test_a_preview_says_what_it_leaves_out(scanned: httpx.AsyncClient) -> None:
    told = await scanned.post("/playlists/preview", data=JAZZ, headers=FORM, follow_redirects=True)
    assert "2 songs are only inferred and are left out." in told.text
    ticked = {**JAZZ, "inferred": "true"}
    told = await scanned.post("/playlists/preview", data=ticked, headers=FORM, follow_redirects=True)
    assert "only inferred" not in told.text


async def test_programs_ask_for_inferred_songs(scanned: httpx.AsyncClient) -> None:
    (without,) = (await previewed(scanned))["playlists"]
    assert (without["addCount"], without["inferredCount"]) == (3, 2)
    (everything,) = (await previewed(scanned, inferred=True))["playlists"]
    assert (everything["addCount"], everything["inferredCount"]) == (5, 0)


async def test_inferred_songs_alone_make_no_playlist_unasked(scanned: httpx.AsyncClient) -> None:
    bebop = {"include": ["bebop"], "match": "lead"}
    assert "only inferred" in (await previewed(scanned, **bebop))["detail"]
    (made,) = (await previewed(scanned, **bebop, inferred=True))["playlists"]
    assert made["addCount"] == 2

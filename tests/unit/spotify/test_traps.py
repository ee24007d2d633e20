"""The oddities of a real library (seen by developers up to September 2026), each as Spotify sends it."""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import respx

from app.spotify.client import SpotifyClient
from app.spotify.errors import SpotifyError
from app.spotify.models import PlaylistItem, PlaylistSummary, SavedTrack, Track
from app.spotify.paging import Page
from tests.unit.spotify.answers import ID, SONG, Tokens

pytestmark = pytest.mark.anyio

EPISODE = {"type": "episode", "id": ID, "uri": f"spotify:episode:{ID}", "name": "Ep", "show": {"name": "S"}}
LOCAL = {
    "id": None,
    "uri": "spotify:local:Artist:Album:Title:123",
    "name": "Title",
    "is_local": True,
    "artists": [{"id": None, "uri": None, "name": "Artist"}],
    "album": {"id": None, "name": "Album", "images": [], "release_date": None},
}


class Library:
    """Asks the client for one page each of what a test puts at Spotify."""

    def __init__(self, spotify: SpotifyClient, tokens: Tokens, api: respx.Router) -> None:
        self._spotify, self._tokens, self._api = spotify, tokens, api

    async def liked(self, *rows: object, **page: object) -> Page[SavedTrack]:
        self._api.get("/me/tracks").respond(json={"items": rows, "total": len(rows), **page})
        return await self._spotify.saved_tracks(self._tokens, offset=0)

    async def entries(self, *rows: object, **page: object) -> Page[PlaylistItem]:
        self._api.get(f"/playlists/{ID}/items").respond(json={"items": rows, "total": len(rows), **page})
        return await self._spotify.playlist_items(self._tokens, ID, offset=0)

    async def playlists(self, *rows: object) -> Page[PlaylistSummary]:
        self._api.get("/me/playlists").respond(json={"items": rows, "total": len(rows)})
        return await self._spotify.my_playlists(self._tokens, offset=0)


@pytest.fixture
def library(spotify: SpotifyClient, tokens: Tokens, api: respx.Router) -> Library:
    return Library(spotify, tokens, api)


def song(page: Page[Any]) -> Track:
    track = page.items[0].track
    assert isinstance(track, Track)
    return track


async def test_null_rows_and_null_songs_count_in_the_total(library: Library) -> None:
    page = await library.liked(None, {"added_at": None, "track": None}, {"track": {"id": ID}})
    assert (page.total, page.skipped) == (3, 1)
    assert [entry.track is None for entry in page.items] == [True, False]


@pytest.mark.parametrize("names", [("item",), ("track",), ("item", "track")])
async def test_an_entry_under_its_new_its_old_and_both_names(
    library: Library, names: tuple[str, ...]
) -> None:
    entry = {name: {"id": ID, "uri": SONG, "name": "Song"} for name in names}
    assert song(await library.entries(entry)).uri == SONG


async def test_an_episode_is_told_from_a_song(library: Library) -> None:
    episode = song(await library.entries({"item": EPISODE}))
    assert (episode.type, episode.artists, episode.isrc) == ("episode", (), None)


async def test_a_local_file_has_names_only(library: Library) -> None:
    local = song(await library.entries({"is_local": True, "item": LOCAL}))
    assert (local.is_local, local.id, local.album.id) == (True, None, None)
    assert [(artist.id, artist.name) for artist in local.artists] == [(None, "Artist")]


@pytest.mark.parametrize(
    ("added_at", "read"),
    [
        (None, None),
        ("1970-01-01T00:00:00Z", None),
        ("2009-05-01T10:00:00Z", datetime(2009, 5, 1, 10, tzinfo=UTC)),
    ],
)
async def test_when_an_entry_was_added_may_be_unknown(
    library: Library, added_at: str | None, read: datetime | None
) -> None:
    page = await library.entries({"added_at": added_at, "added_by": None, "item": {"id": ID}})
    assert page.items[0].added_at == read


async def test_a_song_that_cannot_be_played_is_still_listed(library: Library) -> None:
    gone = song(
        await library.liked({"track": {"id": ID, "is_playable": False, "restrictions": {"reason": "market"}}})
    )
    assert not gone.playable


async def test_a_list_of_unknown_length_ends_with_its_last_page(library: Library) -> None:
    page = await library.entries({"item": {"id": ID}}, total=None, next=None)
    assert (page.total, page.next_offset) == (1, None)


@pytest.mark.parametrize(
    ("odd", "total"),
    [
        ({"images": None, "description": None, "owner": None}, None),
        ({"items": {"href": "x", "total": 7}}, 7),
        ({"tracks": {"href": "x", "total": 7}}, 7),
        ({"items": {"href": "x", "total": None}}, None),
        ({"items": None, "tracks": None}, None),
    ],
)
async def test_a_playlist_with_little_known_of_it(
    library: Library, odd: dict[str, Any], total: int | None
) -> None:
    (playlist,) = (await library.playlists({"id": ID, "name": "P", **odd})).items
    assert (playlist.name, playlist.images, playlist.total) == ("P", (), total)


async def test_a_description_comes_escaped(library: Library) -> None:
    (playlist,) = (
        await library.playlists({"id": ID, "description": "R&amp;B &#x27;n&#x27; &lt;soul&gt;"})
    ).items
    assert playlist.description == "R&B 'n' <soul>"


async def test_a_playlist_without_an_id_is_the_one_asked_for(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    api.get(f"/playlists/{ID}").respond(json={"id": None, "name": "P"})
    assert (await spotify.playlist(tokens, ID)).id == ID


@pytest.mark.parametrize("answer", [httpx.Response(204), httpx.Response(200), httpx.Response(200, json={})])
async def test_an_empty_answer_is_no_empty_library(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router, answer: httpx.Response
) -> None:
    api.get("/me/tracks").mock(return_value=answer)
    with pytest.raises(SpotifyError):
        await spotify.saved_tracks(tokens, offset=0)

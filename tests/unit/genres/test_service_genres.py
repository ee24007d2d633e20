"""The library as a service: kept in memory while it stays the same, and as JSON."""

import json

import pytest
import respx

from app.errors import NotFoundError
from app.genres import service, shelves
from app.genres.schemas import TracksQuery
from app.genres.service import LibraryTooLargeError, NoLibraryError
from app.spotify.errors import SpotifyRefusedError
from tests.unit.genres.process import Process
from tests.unit.genres.wire import LikedSongs, MusicBrainzWire, artist_id, track, tracks

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def musicbrainz(wire: respx.MockRouter) -> MusicBrainzWire:
    return MusicBrainzWire(wire, {artist_id(n): {"bebop": 8, "deep house": 3} for n in range(5)})


@pytest.fixture
def liked(wire: respx.MockRouter) -> LikedSongs:
    return LikedSongs(wire, tracks(20))


async def test_without_a_scan_there_is_no_library(process: Process) -> None:
    assert json.loads(await process.genres.get_summary("me"))["totalTracks"] == 0
    with pytest.raises(NoLibraryError):
        await process.genres.get_library("me")


async def test_the_same_library_is_handed_out_until_it_changes(process: Process, liked: LikedSongs) -> None:
    await process.scan()
    first = await process.genres.get_library("me")
    assert await process.genres.get_library("me") is first
    liked.rows.insert(0, track(99))
    await process.scan()
    assert len((await process.genres.get_library("me")).songs) == 21


async def test_a_library_in_use_is_sorted_anew_once_a_day(process: Process, liked: LikedSongs) -> None:
    await process.scan()
    first = await process.genres.get_library("me")
    for _ in range(26):
        await process.clock.advance(3300)
        assert await process.genres.get_library("me") is first
    await process.clock.advance(3300)
    assert await process.genres.get_library("me") is not first


async def test_a_library_that_nobody_looks_at_gives_its_room_back(
    process: Process, liked: LikedSongs
) -> None:
    await process.scan()
    first = await process.genres.get_library("me")
    await process.clock.advance(3600)
    assert await process.genres.get_library("me") is not first


async def test_old_libraries_give_way_in_memory(
    process: Process, liked: LikedSongs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shelves, "SONGS_IN_MEMORY", 30)
    await process.scan("me")
    await process.scan("you")
    mine = await process.genres.get_library("me")
    await process.genres.get_library("you")
    assert await process.genres.get_library("me") is not mine


async def test_the_summary_has_the_promised_shape(process: Process, liked: LikedSongs) -> None:
    await process.scan()
    summary = json.loads(await process.genres.get_summary("me"))
    (family,) = summary["families"]
    assert family == {
        "id": "jazz",
        "name": "Jazz",
        "count": 10,
        "genres": [{"name": "bebop", "count": 10, "sources": ["musicbrainz"]}],
    }
    assert summary["genres"] == [
        {"name": "bebop", "count": 10, "leadCount": 10},
        {"name": "deep house", "count": 10, "leadCount": 0},
    ]
    assert (summary["totalTracks"], summary["totalArtists"], summary["withoutGenre"]) == (20, 10, 10)
    assert (summary["complete"], summary["fromCache"]) == (True, True)
    assert summary["cachedAt"]


async def test_track_ids_come_when_asked_for_and_are_not_too_many(
    process: Process, liked: LikedSongs, monkeypatch: pytest.MonkeyPatch
) -> None:
    await process.scan()
    summary = json.loads(await process.genres.get_summary("me", tracks=True))
    assert summary["genres"][0]["trackIds"] == liked.keys[10:]
    monkeypatch.setattr(service, "TRACKS_AT_ONCE", 19)
    with pytest.raises(LibraryTooLargeError, match="page by page"):
        await process.genres.get_summary("me", tracks=True)


async def test_songs_of_a_genre_say_why_they_are_there(process: Process, liked: LikedSongs) -> None:
    await process.scan()
    page = await process.genres.list_tracks("me", "deep house", TracksQuery(offset=2, limit=3))
    assert [one.id for one in page.tracks] == liked.keys[12:15]
    assert (page.total, page.next_offset) == (10, 5)
    (why,) = page.tracks[0].why
    assert (why.artist, why.source, why.votes) == ("Artist 3", "musicbrainz", 3)
    led = await process.genres.list_tracks("me", "deep house", TracksQuery(match="lead"))
    assert (led.total, led.tracks) == (0, ())
    with pytest.raises(NotFoundError):
        await process.genres.list_tracks("me", "fado", TracksQuery())


async def test_a_selection_for_playlists_is_in_the_order_of_likes(
    process: Process, liked: LikedSongs
) -> None:
    await process.scan()
    songs = (await process.genres.get_library("me")).select(["family:jazz"])
    assert [one.song.key for one in songs] == liked.keys[10:]


async def test_the_size_of_the_library_is_asked_for_once_a_minute(
    process: Process, liked: LikedSongs
) -> None:
    for _ in range(3):
        size = await process.scans.planner.get_size("me")
    assert (size.total, size.calls_needed, size.estimated_seconds) == (20, 2, 1)
    assert len(liked.offsets) == 1


async def test_a_size_that_spotify_does_not_tell_is_left_open(
    process: Process, wire: respx.MockRouter
) -> None:
    wire.get("https://spotify.test/v1/me/tracks").respond(403, text="User not registered")
    with pytest.raises(SpotifyRefusedError):
        await process.scans.planner.get_size("me")
    await process.clock.advance(1)
    choice = await process.scans.planner.get_choice("me", made=())
    assert choice.liked.count is None

"""Reading Liked Songs: all of them, each once, with few calls, whatever happens to the list meanwhile."""

import httpx
import pytest
import respx

from app.genres.models import Count
from tests.unit.genres.process import Process
from tests.unit.genres.wire import LikedSongs, MusicBrainzWire, track, tracks

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def musicbrainz(wire: respx.MockRouter) -> MusicBrainzWire:
    return MusicBrainzWire(wire)


@pytest.mark.parametrize(("songs", "calls"), [(0, 2), (1, 2), (50, 2), (51, 3), (1203, 26)])
async def test_a_scan_takes_one_call_a_page_and_one_for_the_top(
    process: Process, wire: respx.MockRouter, songs: int, calls: int
) -> None:
    liked = LikedSongs(wire, tracks(songs))
    await process.scan()
    progress = await process.scans.get_progress("me")
    assert (progress.status, progress.phase) == ("completed", "done")
    assert (progress.scanned, progress.total) == (songs, songs)
    assert await process.keys() == liked.keys
    assert len(liked.offsets) == calls


async def test_odd_rows_are_kept_and_useless_ones_counted(process: Process, wire: respx.MockRouter) -> None:
    local = {"id": None, "is_local": True, "uri": "spotify:local:a:b:c:9"}
    rows = [
        track(9, [], name=""),
        track(8, [], **local),
        track(7) | {"track": None},
        track(6, type="episode"),
        track(5),
        None,
        track(5),
        track(4, id=None, uri="", name="Nameless"),
    ]
    LikedSongs(wire, rows)
    await process.scan()
    assert await process.keys() == [
        track(9)["track"]["id"],
        "spotify:local:a:b:c:9",
        track(5)["track"]["id"],
        "Nameless/Artist 0",
    ]
    index = await process.tools.library.find_index("me")
    assert index
    assert set(index.sources[0].counts) == {
        Count(remark="gone", count=2),
        Count(remark="not a song", count=1),
        Count(remark="local", count=1),
    }


@pytest.mark.parametrize("call", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("new", [1, 49])
async def test_songs_liked_meanwhile_come_first(
    process: Process, wire: respx.MockRouter, call: int, new: int
) -> None:
    liked = LikedSongs(wire, tracks(230))

    def like(now: int) -> None:
        if now == call:
            liked.rows[:0] = [track(1000 + n) for n in reversed(range(new))]

    liked.edit = like
    await process.scan()
    assert await process.keys() == liked.keys


async def test_more_songs_than_a_page_liked_at_once_are_all_there(
    process: Process, wire: respx.MockRouter
) -> None:
    liked = LikedSongs(wire, tracks(230))

    def like(call: int) -> None:
        if call in {3, 6}:
            liked.rows[:0] = [track(1000 * call + n) for n in reversed(range(120))]

    liked.edit = like
    await process.scan()
    keys = await process.keys()
    assert sorted(keys) == sorted(liked.keys)


@pytest.mark.parametrize("call", [2, 3, 4, 5])
@pytest.mark.parametrize("gone", [1, 49, 50, 51, 120])
async def test_no_song_is_missed_when_others_are_unliked_meanwhile(
    process: Process, wire: respx.MockRouter, call: int, gone: int
) -> None:
    liked = LikedSongs(wire, tracks(230))

    def unlike(now: int) -> None:
        if now == call:
            del liked.rows[:gone]

    liked.edit = unlike
    await process.scan()
    keys = await process.keys()
    assert len(set(keys)) == len(keys)
    assert [key for key in keys if key in set(liked.keys)] == liked.keys


async def test_a_like_before_every_answer_does_not_keep_the_scan_from_ending(
    process: Process, wire: respx.MockRouter
) -> None:
    liked = LikedSongs(wire, tracks(230))
    liked.edit = lambda call: liked.rows.insert(0, track(1000 + call))
    await process.scan()
    assert await process.keys() == liked.keys
    assert len(liked.offsets) <= 9


async def test_a_short_pause_is_waited_for(process: Process, wire: respx.MockRouter) -> None:
    liked = LikedSongs(wire, tracks(120))

    def pause(call: int) -> httpx.Response | None:
        return httpx.Response(429, headers={"Retry-After": "3"}) if call == 2 else None

    liked.edit = pause
    await process.scan()
    assert await process.keys() == liked.keys

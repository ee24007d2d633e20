"""Several sources in one scan: each in chunks of its own, read again only when it has changed."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any, TypeVar

import httpx
import pytest
import respx

from app.accounts.repository import CONNECTION
from app.genres.models import LostSource
from app.genres.repository import LIBRARY
from app.genres.scanning.errors import ScanRunningError
from app.kv.stores.memory import MemoryStore
from app.upstream.errors import UpstreamError
from tests.unit.genres.conftest import Boot
from tests.unit.genres.playlist_wire import ListedPlaylist, Playlists, playlist_id
from tests.unit.genres.process import Process
from tests.unit.genres.wire import SPOTIFY, LikedSongs, MusicBrainzWire, track, tracks

pytestmark = pytest.mark.anyio

T = TypeVar("T")

ONE, TWO = f"playlist:{playlist_id(1)}", f"playlist:{playlist_id(2)}"
ALL = ("liked", ONE, TWO)


@pytest.fixture(autouse=True)
def musicbrainz(wire: respx.MockRouter) -> MusicBrainzWire:
    wire.get(f"{SPOTIFY}/me").respond(json={"account_id": "me", "id": "anna"})
    return MusicBrainzWire(wire)


@pytest.fixture
def liked(wire: respx.MockRouter) -> LikedSongs:
    return LikedSongs(wire, tracks(120))


@pytest.fixture
def playlists(wire: respx.MockRouter) -> Playlists:
    """The first has 230 songs of its own, the second two, one of which is liked too."""
    return Playlists(
        wire,
        ListedPlaylist(playlist_id(1), [track(9000 + n) for n in range(230)], "Long"),
        ListedPlaylist(playlist_id(2), [track(5), track(9900)], "Short", "bo", collaborative=True),
        ListedPlaylist(playlist_id(3), [], "Foreign", "somebody", status=403),
    )


async def scan(process: Process, *sources: str) -> None:
    await process.scans.start("me", sources or None)
    await process.finish()
    assert (await process.scans.get_progress("me")).status == "completed"


async def told(process: Process, asking: Coroutine[Any, Any, T]) -> T:
    """Let time pass until somebody who waits for a page is answered."""
    asked = asyncio.create_task(asking)
    while not asked.done():
        await process.clock.advance(0.1)
    return await asked


async def chunks(process: Process) -> int:
    await process.kv.flush()
    return len((await process.kv._store.scan("library-songs:")).keys)


async def named(process: Process) -> int:
    index = await process.tools.library.find_index("me")
    return len(index.chunks) if index else 0


def ids(rows: list[dict[str, dict[str, str]]]) -> list[str]:
    return [row["track"]["id"] for row in rows]


async def test_the_library_is_the_union_in_the_order_of_the_sources(
    process: Process, liked: LikedSongs, playlists: Playlists
) -> None:
    await scan(process, *ALL)
    expected = liked.keys + ids(playlists.lists[0].rows) + ids(playlists.lists[1].rows)[1:]
    assert await process.keys() == expected
    assert len(liked.offsets) == 4
    assert playlists.calls == ["list", *[playlist_id(1)] * 4, playlist_id(2)]
    progress = await process.scans.get_progress("me")
    assert (progress.scanned, progress.total) == (352, 352)


async def test_unchanged_playlists_are_not_read_again(
    process: Process, liked: LikedSongs, playlists: Playlists
) -> None:
    await scan(process, *ALL)
    first = await process.genres.get_library("me")
    calls, pages = len(playlists.calls), len(liked.offsets)
    await scan(process)
    assert (len(playlists.calls) - calls, len(liked.offsets) - pages) == (1, 1)
    assert await process.genres.get_library("me") is first
    playlists.lists[1].rows.append(track(9950))
    playlists.lists[1].snapshot = "s2"
    await scan(process)
    assert playlists.calls[calls + 1 :] == ["list", playlist_id(2)]
    assert track(9950)["track"]["id"] in await process.keys()
    assert (await process.scans.get_progress("me")).report.new == 1
    assert await chunks(process) == await named(process)


async def test_an_edit_while_a_playlist_is_read_is_caught_next_time(
    process: Process, liked: LikedSongs, playlists: Playlists
) -> None:
    long = playlists.lists[0]

    def edit(call: int) -> None:
        if call == 3:
            long.rows.insert(3, track(9960))
            long.snapshot = "s2"

    playlists.edit = edit
    await scan(process, ONE)
    assert len(set(await process.keys())) == 230
    playlists.edit = lambda call: None
    await scan(process)
    assert await process.keys() == ids(long.rows)


async def test_a_source_that_is_unticked_leaves_the_library(
    process: Process, liked: LikedSongs, playlists: Playlists
) -> None:
    await scan(process, *ALL)
    assert (await told(process, process.scans.planner.get_choice("me", made=()))).picked == set(ALL)
    await scan(process, TWO)
    assert await process.keys() == ids(playlists.lists[1].rows)
    assert await chunks(process) == await named(process) == 1
    assert (await told(process, process.scans.planner.get_choice("me", made=()))).picked == {TWO}


async def test_a_playlist_that_was_deleted_leaves_and_is_told(
    process: Process, liked: LikedSongs, playlists: Playlists
) -> None:
    await scan(process, *ALL)
    del playlists.lists[0]
    await scan(process)
    assert len(await process.keys()) == 121
    (lost,) = (await process.scans.get_progress("me")).report.lost
    assert (lost.source, lost.name, lost.reason) == (ONE, "Long", "deleted")


@pytest.mark.parametrize(("status", "loss"), [(403, "unreadable"), (404, "deleted")])
async def test_a_playlist_that_cannot_be_read_is_told_and_the_rest_goes_on(
    process: Process, liked: LikedSongs, playlists: Playlists, status: int, loss: str
) -> None:
    playlists.lists[0].status = status
    await scan(process, *ALL)
    assert len(await process.keys()) == 121
    cursor = await process.tools.scans.find("me")
    assert cursor
    assert cursor.lost == (LostSource.model_validate({"source": ONE, "name": ONE[9:], "loss": loss}),)


async def test_another_choice_takes_the_place_of_a_stopped_scan(
    process: Process, liked: LikedSongs, playlists: Playlists
) -> None:
    await process.scans.start("me", ALL)
    await process.clock.advance(2)
    await process.scans.stop("me")
    await scan(process, ONE)
    assert await process.keys() == ids(playlists.lists[0].rows)
    assert await chunks(process) == await named(process) == 1


async def test_a_scan_of_several_sources_goes_on_after_a_crash_anywhere(
    boot: Boot, liked: LikedSongs, playlists: Playlists, clock: object
) -> None:
    expected = liked.keys + ids(playlists.lists[0].rows) + ids(playlists.lists[1].rows)[1:]
    for seconds in range(1, 8):
        store = MemoryStore(clock)  # type: ignore[arg-type]
        first = await boot(store)
        await first.scans.start("me", ALL)
        await first.clock.advance(seconds)
        left = MemoryStore(clock)  # type: ignore[arg-type]
        left._rows = dict(store._rows)
        await first.close()
        second = await boot(left)
        await second.scans.resume_all()
        await second.finish()
        assert await second.keys() == expected, seconds
        assert await chunks(second) == await named(second), seconds


async def test_a_partial_first_scan_shows_all_sources_so_far(
    process: Process, liked: LikedSongs, playlists: Playlists
) -> None:
    await process.scans.start("me", ALL)
    await process.clock.advance(3.2)
    library = await process.genres.get_library("me")
    assert 100 <= len(library.songs) < 352
    assert not library.complete
    with pytest.raises(ScanRunningError):
        await process.scans.start("me")


async def test_an_index_of_an_older_form_is_no_library(process: Process, liked: LikedSongs) -> None:
    await scan(process)
    index = await process.kv.get(LIBRARY("me"))
    assert index
    await process.kv.put(LIBRARY("me"), index.model_copy(update={"sources": ()}))
    assert await process.genres.find_library("me") is None
    await scan(process)
    assert await process.keys() == liked.keys
    assert await chunks(process) == await named(process)


async def test_what_can_be_scanned_is_listed_with_what_it_takes(
    process: Process, liked: LikedSongs, playlists: Playlists
) -> None:
    choice = await told(process, process.scans.planner.get_choice("me", made={playlist_id(1)}))
    assert (choice.liked.count, choice.liked.calls) == (120, 4)
    rows = [(one.name, one.count, one.calls, one.readable, one.made, one.owner) for one in choice.playlists]
    assert rows == [
        ("Long", 230, 4, True, True, None),
        ("Short", 2, 1, True, False, "Bo"),
        ("Foreign", 0, 1, False, False, "Somebody"),
    ]
    size = await told(process, process.scans.planner.get_size("me", ALL))
    assert (size.total, size.calls_needed) == (352, 4 + 1 + 4 + 1)


async def test_while_spotify_is_silent_the_last_known_state_is_told_with_its_time(
    process: Process, liked: LikedSongs, playlists: Playlists, wire: respx.MockRouter
) -> None:
    asked = process.clock.now()
    await told(process, process.scans.planner.get_choice("me", made=()))
    await process.clock.advance(timedelta(hours=2).total_seconds())
    liked.edit = playlists.edit = lambda call: httpx.Response(502)
    wire.get(f"{SPOTIFY}/me/playlists").respond(502)
    choice = await told(process, process.scans.planner.get_choice("me", made=()))
    assert choice.as_of is not None
    assert choice.as_of >= asked
    assert len(choice.playlists) == 3
    assert (await told(process, process.scans.planner.get_size("me", ALL))).as_of == choice.as_of
    with pytest.raises(UpstreamError):
        await told(process, process.scans.planner.get_size("you"))


async def test_an_old_library_is_read_again_when_it_is_looked_at(
    process: Process, liked: LikedSongs, playlists: Playlists
) -> None:
    assert not await process.scans.start_if_old("me")
    await scan(process)
    assert not await process.scans.start_if_old("me")
    await process.clock.advance(3600)
    liked.rows.insert(0, track(80_000))
    assert await process.scans.start_if_old("me")
    await process.finish()
    assert await process.keys() == liked.keys
    report = (await process.scans.get_progress("me")).report
    assert (report.new, report.new_without_genre, report.since is not None) == (1, 1, True)


async def test_nobody_is_asked_for_whoever_is_disconnected_or_blocked(
    process: Process, liked: LikedSongs
) -> None:
    await scan(process)
    await process.clock.advance(7200)
    await process.spotify_gate.block(process.clock.now() + timedelta(hours=1))
    assert not await process.scans.start_if_old("me")
    await process.clock.advance(7200)
    await process.kv.delete(CONNECTION("me"))
    assert not await process.scans.start_if_old("me")

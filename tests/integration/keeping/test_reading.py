"""Reading what is in a listener's own playlists, whatever comes between."""

import asyncio

import pytest

from app.jobs.progress import Channels
from app.playlists.listing import OwnPlaylists
from app.playlists.memberships.models import Contents, ListedPlaylist, Listing
from app.playlists.memberships.reading import ReadingTools
from app.playlists.memberships.repository import ContentsRepository
from app.playlists.memberships.schemas import ContentsOut
from app.playlists.memberships.service import ContentsService, job_name
from app.playlists.models import Entry
from app.playlists.observing import Observer
from tests.fakes import FakeClock
from tests.integration.keeping.listener import TROUBLES, USER, Listener, Shelf, Trouble, Wire, uri

pytestmark = pytest.mark.anyio

LENGTHS = (3, 120, 0, 40, 70)


class Reader:
    """One process of the app after another that reads the listener's playlists."""

    def __init__(self, listener: Listener, wire: Wire) -> None:
        self.listener, self.wire = listener, wire
        self.contents = ContentsRepository(listener.kv)
        self.restart()

    def restart(self) -> None:
        one = self.listener
        one.restart()
        own = OwnPlaylists(one.spotify, one.connections, one.clock)
        observer = Observer(one.repository, own, spotify=one.spotify, connections=one.connections)
        tools = ReadingTools(self.contents, one.repository, one.spotify, one.connections, one.clock)
        self.service = ContentsService(tools, observer, own, jobs=one.jobs, channels=Channels(one.clock))

    async def make_playlists(self) -> None:
        """Make playlists of the lengths above with different songs, by hand."""
        first = 0
        for length in LENGTHS:
            made = await self.listener.visitor.make_playlist(name=f"{length} songs")
            for start in range(first, first + length, 100):
                await self.listener.put_in(made["id"], *range(start, min(start + 100, first + length)))
            first += length

    async def ended(self) -> ContentsOut:
        if job := self.listener.jobs.find(job_name(USER)):
            await job.wait()
        return await self.service.get_view(USER)

    async def kept(self) -> set[str]:
        """Return every song that is known to be in a playlist."""
        listing = await self.contents.find_listing(USER)
        assert listing
        found = await self.contents.list_contents(USER, [one.id for one in listing.playlists])
        return set().union(*(one.keys for one in found.values()))


@pytest.fixture
async def reader(listener: Listener, wire: Wire) -> Reader:
    reader = Reader(listener, wire)
    await reader.make_playlists()
    return reader


ALL = {uri(number).rpartition(":")[2] for number in range(sum(LENGTHS))}


async def test_every_song_of_every_playlist_is_known_after_as_many_calls_as_were_said(
    reader: Reader, wire: Wire
) -> None:
    offered = await reader.service.get_view(USER)
    before = len(wire.calls)
    assert offered.calls_needed == 1 + 2 + 1 + 1 + 1  # and a list that everybody has from the start
    assert (await reader.service.start(USER)).status == "running"
    done = await reader.ended()
    assert (done.status, done.missing, done.problem) == ("idle", 0, None)
    assert await reader.kept() >= ALL
    assert len(wire.calls) - before == offered.calls_needed
    assert await reader.contents.list_open() == ()


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("call", [1, 3, 4])
async def test_it_gets_through_with_each_playlist_read_once(
    reader: Reader, wire: Wire, *, trouble: Trouble, call: int
) -> None:
    await reader.service.get_view(USER)
    before = len(wire.calls)
    wire.bad, wire.trouble = before + call, trouble
    await reader.service.start(USER)
    if trouble.startswith("crash"):
        await wire.crashed.wait()
        assert await reader.contents.list_open() == (USER,)
        await reader.listener.jobs.close()
        reader.restart()
        await reader.service.resume_all()
    done = await reader.ended()
    assert (done.status, done.missing, done.problem) == ("idle", 0, None)
    assert await reader.kept() >= ALL


async def test_while_spotify_wants_no_calls_it_waits_and_says_what_is_missing(
    reader: Reader, wire: Wire, clock: FakeClock
) -> None:
    offered = await reader.service.get_view(USER)
    wire.bad, wire.trouble = len(wire.calls) + 2, "quota"
    await reader.service.start(USER)
    while (view := await reader.service.get_view(USER)).status == "running":
        await asyncio.sleep(0)
    assert (view.status, view.missing) == ("waiting", offered.missing - 1)
    assert view.resumes_at
    assert (view.resumes_at - clock.now()).total_seconds() > 3600
    assert [one.state for one in view.playlists if one.songs == 3] == ["read"]
    await reader.ended()


async def test_a_playlist_that_spotify_refuses_is_named_and_the_others_are_read(
    reader: Reader, wire: Wire
) -> None:
    offered = await reader.service.get_view(USER)
    wire.bad, wire.trouble = len(wire.calls) + 1, "refused"
    await reader.service.start(USER)
    done = await reader.ended()
    assert (done.missing, done.problem) == (0, None)
    assert [one.state for one in done.playlists].count("refused") == 1
    assert [one.state for one in done.playlists].count("read") == len(offered.playlists) - 2


async def test_only_what_has_changed_is_read_again_and_what_is_gone_is_forgotten(
    reader: Reader, wire: Wire, shelf: Shelf
) -> None:
    await reader.service.start(USER)
    done = await reader.ended()
    by_length = {one.songs: one.id for one in done.playlists if one.songs is not None}
    await reader.listener.put_in(by_length[40], 300)
    await reader.listener.visitor.api(
        "DELETE", "/me/library", params={"uris": f"spotify:playlist:{by_length[70]}"}
    )
    await reader.listener.advance(minutes=11)
    changed = await reader.service.get_view(USER)
    assert [one.songs for one in changed.playlists if one.state == "changed"] == [41]
    assert changed.calls_needed == 1
    await reader.service.start(USER)
    await reader.ended()
    kept = await reader.kept()
    assert uri(300).rpartition(":")[2] in kept
    assert await reader.contents.list_contents(USER, [by_length[70]]) == {}


def test_contents_know_songs_and_local_files_and_nothing_else() -> None:
    local = "spotify:local:Anna:Demo:Song:120"
    entries = [Entry(uri(1)), Entry(""), Entry("spotify:episode:" + "e" * 22), Entry(local), Entry(uri(2))]
    kept = Contents.model_validate_json(Contents.of(entries).model_dump_json())
    assert kept.keys == {uri(1).rpartition(":")[2], uri(2).rpartition(":")[2], local}


async def test_what_was_read_long_ago_is_read_again(clock: FakeClock) -> None:
    playlist = ListedPlaylist(id="a" * 22, name="", songs=3, snapshot_id="1")
    read = playlist.model_copy(update={"read": "1", "read_at": clock.now()})
    before = Listing(as_of=clock.now(), playlists=(read,))
    now = Listing(as_of=clock.now(), playlists=(playlist,))
    assert now.renewed(before).missing(()) == ()
    await clock.advance(31 * 86_400)
    later = Listing(as_of=clock.now(), playlists=(playlist,))
    assert later.renewed(before).missing(()) == (playlist,)

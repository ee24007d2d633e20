"""A scan goes on from where it was cut off, whatever cut it off, and no song is missing or double."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta

import httpx
import pytest
import respx

from app.genres.scanning.errors import ScanRunningError
from app.genres.scans import job_name
from app.kv.store import Delete, Outcome, Write
from app.kv.stores.memory import MemoryStore
from tests.fakes import FakeClock
from tests.unit.genres.conftest import Boot
from tests.unit.genres.process import Process
from tests.unit.genres.wire import LikedSongs, MusicBrainzWire, artist_id, track, tracks

pytestmark = pytest.mark.anyio

PAGES = 13


@pytest.fixture(autouse=True)
def musicbrainz(wire: respx.MockRouter) -> MusicBrainzWire:
    return MusicBrainzWire(wire, {artist_id(n): {"jazz": 3} for n in range(0, 700, 3)})


@pytest.fixture
def liked(wire: respx.MockRouter) -> LikedSongs:
    return LikedSongs(wire, tracks(PAGES * 50 - 7))


class Snapshots(MemoryStore):
    """Keeps what is in the store after every single write of a scan."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.taken: list[dict[str, object]] = []

    def _apply(self, write: Write) -> Outcome:
        outcome = super()._apply(write)
        if write.key.startswith(("scan", "library", "open-scan")):
            self.taken.append(dict(self._rows))
        return outcome

    def restored(self, number: int) -> MemoryStore:
        store = MemoryStore(self._clock)
        store._rows = dict(self.taken[number])
        return store


async def test_a_crash_after_any_write_to_the_store_loses_no_song(
    boot: Boot, clock: FakeClock, liked: LikedSongs
) -> None:
    store = Snapshots(clock)
    await (await boot(store)).scan()
    assert len(store.taken) > 10
    for number in range(len(store.taken)):
        after = await boot(store.restored(number))
        await after.scans.resume_all()
        await after.finish()
        assert (await after.scans.get_progress("me")).status == "completed", number
        assert await after.keys() == liked.keys, number


class SlowEnd(MemoryStore):
    """Takes a second to note that a scan is over."""

    async def apply(self, writes: Sequence[Write]) -> Mapping[str, Outcome]:
        if any(write.key.startswith("open-scan") and isinstance(write, Delete) for write in writes):
            await self._clock.sleep(1)
        return await super().apply(writes)


async def test_whoever_is_told_that_a_scan_is_over_can_start_the_next(
    boot: Boot, clock: FakeClock, liked: LikedSongs
) -> None:
    process = await boot(SlowEnd(clock))
    await process.scans.start("me")
    while (await process.scans.get_progress("me")).status != "completed":
        await clock.advance(0.25)
    job = process.jobs.find(job_name("me"))
    assert job
    assert job.running

    await asyncio.gather(process.scans.start("me"), clock.advance(2))
    await process.finish()
    assert await process.keys() == liked.keys


@pytest.mark.parametrize("page", range(1, PAGES + 2))
async def test_a_scan_stopped_at_any_page_goes_on_when_it_is_started_again(
    process: Process, liked: LikedSongs, page: int
) -> None:
    await process.scans.start("me")
    while len(liked.offsets) < page:
        await process.clock.advance(0.25)
    await process.scans.stop("me")
    stopped = await process.scans.get_progress("me")
    assert stopped.status == "cancelled"
    await process.clock.advance(600)
    assert len(liked.offsets) == page
    await process.scan()
    assert await process.keys() == liked.keys
    assert len(liked.offsets) <= PAGES + 2


async def test_the_list_may_change_while_the_scan_is_stopped(process: Process, liked: LikedSongs) -> None:
    await process.scans.start("me")
    await process.clock.advance(4)
    await process.scans.stop("me")
    del liked.rows[100:130]
    liked.rows[:0] = [track(90_000 + n) for n in reversed(range(10))]
    await process.scan()
    keys = await process.keys()
    assert len(set(keys)) == len(keys)
    assert [key for key in keys if key in set(liked.keys)] == liked.keys


async def test_a_scan_started_over_begins_at_the_start(process: Process, liked: LikedSongs) -> None:
    await process.scans.start("me")
    await process.clock.advance(4)
    await process.scans.stop("me")
    before = len(liked.offsets)
    await process.scans.start("me", refresh=True)
    await process.finish()
    assert liked.offsets[before] == 0
    assert await process.keys() == liked.keys


async def test_a_restart_goes_on_by_itself(boot: Boot, store: MemoryStore, liked: LikedSongs) -> None:
    first = await boot(store)
    await first.scans.start("me")
    await first.clock.advance(4)
    await first.jobs.close()
    await first.kv.flush()
    read = len(liked.offsets)
    second = await boot(store)
    await second.scans.resume_all()
    assert (await second.scans.get_progress("me")).status == "running"
    await second.finish()
    assert await second.keys() == liked.keys
    assert len(liked.offsets) <= PAGES + 2
    assert liked.offsets[read] == 50 * read
    third = await boot(store)
    await third.scans.resume_all()
    assert third.scans.find_run("me") is None


async def test_a_used_up_quota_is_waited_for_through_a_restart(
    boot: Boot, store: MemoryStore, liked: LikedSongs
) -> None:
    def exceed(call: int) -> httpx.Response | None:
        body = {"error": {"status": 429, "message": "Too many requests", "reason": "QUOTA_EXCEEDED"}}
        return httpx.Response(429, headers={"Retry-After": "21600"}, json=body) if call == 5 else None

    liked.edit = exceed
    first = await boot(store)
    started = first.clock.now()
    await first.scans.start("me")
    await first.clock.advance(10)
    waiting = await first.scans.get_progress("me")
    assert (waiting.status, waiting.scanned) == ("waiting", 200)
    assert waiting.resumes_at
    assert waiting.resumes_at > started + timedelta(hours=6)
    assert "200 of 643 songs are read and kept" in waiting.problems[0]
    with pytest.raises(ScanRunningError):
        await first.scans.start("me")
    await first.jobs.close()
    await first.kv.flush()
    second = await boot(store)
    await second.scans.resume_all()
    await second.clock.advance(5 * 3600)
    assert len(liked.offsets) == 5
    assert (await second.scans.get_progress("me")).resumes_at == waiting.resumes_at
    await second.clock.advance(2 * 3600)
    await second.finish()
    assert await second.keys() == liked.keys
    assert (await second.scans.get_progress("me")).problems == ()


async def test_spotify_may_be_away_for_some_minutes(process: Process, liked: LikedSongs) -> None:
    liked.edit = lambda call: httpx.Response(502, text="<html>") if 3 <= call <= 10 else None
    await process.scans.start("me")
    await process.clock.advance(20)
    assert (await process.scans.get_progress("me")).status == "waiting"
    await process.finish()
    assert await process.keys() == liked.keys


async def test_when_spotify_stays_away_the_scan_says_what_was_kept(
    process: Process, liked: LikedSongs
) -> None:
    liked.edit = lambda call: httpx.Response(502) if call > 2 else None
    await process.scan()
    failed = await process.scans.get_progress("me")
    assert failed.status == "failed"
    assert "100 songs are read and kept." in failed.problems[0]
    assert len(await process.keys()) == 100
    liked.edit = lambda call: None
    await process.scan()
    assert await process.keys() == liked.keys


async def test_a_consent_that_has_ended_fails_the_scan_with_a_way_on(
    process: Process, liked: LikedSongs, wire: respx.MockRouter
) -> None:
    liked.edit = lambda call: httpx.Response(401, json={"error": {"status": 401}}) if call > 2 else None
    wire.post("https://accounts.spotify.com/api/token").respond(400, json={"error": "invalid_grant"})
    await process.scan()
    failed = await process.scans.get_progress("me")
    assert failed.status == "failed"
    assert "Connect again" in failed.problems[0]


async def test_the_old_library_stays_until_the_new_one_is_whole(process: Process, liked: LikedSongs) -> None:
    await process.scan()
    old = liked.keys
    liked.rows[:0] = [track(90_000 + n) for n in reversed(range(300))]
    await process.scans.start("me", refresh=True)
    await process.clock.advance(8)
    assert await process.keys() == old
    await process.finish()
    assert await process.keys() == liked.keys
    await process.kv.flush()
    chunks = await process.kv._store.scan("library-songs:")
    index = await process.tools.library.find_index("me")
    assert index
    assert len(chunks.keys) == len(index.chunks)


async def test_a_first_scan_shows_what_is_there_so_far(process: Process, liked: LikedSongs) -> None:
    await process.scans.start("me")
    await process.clock.advance(1)
    library = await process.genres.get_library("me")
    assert 0 < len(library.songs) < len(liked.rows)
    assert not library.complete


async def test_a_double_click_starts_one_scan(process: Process, liked: LikedSongs) -> None:
    await process.scans.start("me")
    with pytest.raises(ScanRunningError):
        await process.scans.start("me")
    await process.finish()
    assert len(liked.offsets) == PAGES + 1


class Refusing(MemoryStore):
    """A store that takes no writes for a while."""

    refusing = False

    async def apply(self, writes: Sequence[Write]) -> Mapping[str, Outcome]:
        if self.refusing:
            raise OSError("disk full")
        return await super().apply(writes)


async def test_a_store_that_refuses_for_a_while_loses_no_song(
    boot: Boot, clock: FakeClock, liked: LikedSongs
) -> None:
    store = Refusing(clock)
    process = await boot(store)

    def refuse(call: int) -> None:
        store.refusing = 4 <= call <= 12

    liked.edit = refuse
    await process.scan()
    assert (await process.scans.get_progress("me")).status == "completed"
    await process.kv.flush()
    after = await boot(store)
    assert await after.keys() == liked.keys


async def test_a_store_that_refuses_to_the_end_fails_the_scan_and_the_next_one_goes_on(
    boot: Boot, clock: FakeClock, liked: LikedSongs
) -> None:
    store = Refusing(clock)
    process = await boot(store)

    def refuse(call: int) -> None:
        store.refusing = call >= 10

    liked.edit = refuse
    await process.scan()
    assert process.scans.find_run("me") is None
    store.refusing = False
    liked.edit = lambda call: None
    await process.clock.advance(60)
    # That it failed could not be saved either; what counts is that it does not run and can go on.
    assert (await process.scans.get_progress("me")).status == "cancelled"
    await process.scan()
    assert await process.keys() == liked.keys


async def test_a_scan_cut_off_while_the_store_refuses_still_goes_on_after_the_restart(
    boot: Boot, clock: FakeClock, liked: LikedSongs
) -> None:
    store = Refusing(clock)
    first = await boot(store)
    await first.scans.start("me")
    await first.clock.advance(3)
    store.refusing = True
    await first.jobs.close()
    left = MemoryStore(clock)
    left._rows = dict(store._rows)
    store.refusing = False
    second = await boot(left)
    await second.scans.resume_all()
    await second.finish()
    assert await second.keys() == liked.keys

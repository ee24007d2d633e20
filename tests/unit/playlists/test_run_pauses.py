"""Runs that Spotify or the store holds up: they wait, say so, and go on by themselves."""

import asyncio
from datetime import timedelta

import pytest

from app.events import PlaylistCreated, PlaylistForgotten
from app.kv.cached import CachedKV
from app.kv.options import KVOptions
from app.kv.stores.memory import MemoryStore
from app.playlists.models import Run
from app.playlists.service import job_name
from app.spotify.client import SpotifyClient
from tests.fakes import FakeClock
from tests.unit.kv.stand_ins import ScriptedStore
from tests.unit.playlists.bench import USER, Bench
from tests.unit.playlists.spotify_wire import QUOTA_S, PlaylistsAtSpotify, track_uris

pytestmark = pytest.mark.anyio


async def waiting(bench: Bench) -> Run:
    while (run := await bench.service.get_run(USER, "plan-1")).status != "waiting":
        assert not run.finished
        await asyncio.sleep(0)
    return run


async def failed(bench: Bench, at_spotify: PlaylistsAtSpotify) -> None:
    """Let a run of one playlist be refused."""
    await bench.plan(1)
    at_spotify.faults = ["refused"]
    await bench.service.apply(USER, "plan-1")
    await bench.finished()


async def test_a_run_waits_while_the_quota_is_used_up_and_goes_on_by_itself(
    bench: Bench, at_spotify: PlaylistsAtSpotify
) -> None:
    await bench.plan(250, 1)
    at_spotify.faults = [None, None, "quota"]
    began = bench.clock.now()
    await bench.service.apply(USER, "plan-1")
    run = await waiting(bench)
    assert run.resumes_at
    assert timedelta(0) <= run.resumes_at - began - timedelta(seconds=QUOTA_S) < timedelta(minutes=1)
    assert "Spotify takes no more calls" in (run.steps[0].problem or "")
    run = await bench.finished()
    assert (run.status, run.resumes_at, run.steps[0].problem) == ("completed", None, None)
    assert [tuple(at_spotify.uris(made)) for made in at_spotify.playlists] == [track_uris(250), track_uris(1)]


@pytest.mark.parametrize("fault", ["down", "lost"])
async def test_a_run_outlasts_a_spotify_that_does_not_answer(
    bench: Bench, at_spotify: PlaylistsAtSpotify, fault: str
) -> None:
    await bench.plan(250)
    at_spotify.faults = [fault, None, fault]  # type: ignore[list-item]
    await bench.service.apply(USER, "plan-1")
    assert (await bench.finished()).status == "completed"
    assert [tuple(at_spotify.uris(made)) for made in at_spotify.playlists] == [track_uris(250)]


async def test_a_spotify_that_stays_away_is_told_and_the_run_can_be_resumed(
    bench: Bench, at_spotify: PlaylistsAtSpotify
) -> None:
    await bench.plan(1)
    at_spotify.faults = ["down"] * 5
    await bench.service.apply(USER, "plan-1")
    run = await bench.finished()
    assert run.status == "failed"
    assert run.steps[0].problem
    await bench.service.resume(USER, "plan-1")
    assert (await bench.finished()).status == "completed"


async def test_a_resumed_run_that_a_crash_cut_off_goes_on_at_the_next_start(
    bench: Bench, at_spotify: PlaylistsAtSpotify
) -> None:
    await failed(bench, at_spotify)
    await bench.service.resume(USER, "plan-1")
    await bench.jobs.close()
    bench.restart()
    await bench.service.resume_all()
    assert (await bench.finished()).status == "completed"


async def test_a_run_may_wait_longer_than_a_preview_is_kept(
    bench: Bench, at_spotify: PlaylistsAtSpotify
) -> None:
    await failed(bench, at_spotify)
    await bench.clock.advance(timedelta(days=3).total_seconds())
    await bench.service.resume(USER, "plan-1")
    assert (await bench.finished()).status == "completed"


async def test_resuming_twice_at_once_makes_one_playlist(
    bench: Bench, at_spotify: PlaylistsAtSpotify
) -> None:
    await failed(bench, at_spotify)
    await asyncio.gather(*(bench.service.resume(USER, "plan-1") for _ in range(5)))
    assert (await bench.finished()).status == "completed"
    assert len(at_spotify.playlists) == 1


class Unsteady:
    """A bench on a store that fails at will."""

    def __init__(self, clock: FakeClock, spotify: SpotifyClient) -> None:
        self.store = ScriptedStore(MemoryStore(clock))
        self.kv = CachedKV(self.store, clock=clock, options=KVOptions(ledger=False))
        self.bench = Bench(self.kv, clock, spotify)


@pytest.mark.parametrize("writes", range(1, 8))
async def test_a_store_that_fails_for_a_minute_costs_no_playlist_and_makes_none_twice(
    clock: FakeClock, spotify: SpotifyClient, at_spotify: PlaylistsAtSpotify, writes: int
) -> None:
    unsteady = Unsteady(clock, spotify)
    bench, store = unsteady.bench, unsteady.store
    await unsteady.kv.start()
    await bench.plan(250)
    await bench.service.apply(USER, "plan-1")
    before = len(store.batches)
    while len(store.batches) < before + writes:
        await asyncio.sleep(0)
    store.down = True
    began = clock.now()
    while bench.under_way and clock.now() - began < timedelta(minutes=1):
        await asyncio.sleep(0)
    store.heal()
    assert (await bench.finished()).status == "completed"
    assert [tuple(at_spotify.uris(made)) for made in at_spotify.playlists] == [track_uris(250)]
    assert [made.songs for made in await bench.service.list_made(USER)] == [250]
    assert bench.events == [PlaylistCreated(USER, 250, *at_spotify.playlists)]
    await unsteady.kv.close()


@pytest.mark.parametrize("writes", range(1, 7))
async def test_a_store_that_fails_for_a_minute_has_a_playlist_forgotten_once(
    clock: FakeClock, spotify: SpotifyClient, at_spotify: PlaylistsAtSpotify, writes: int
) -> None:
    unsteady = Unsteady(clock, spotify)
    bench, store = unsteady.bench, unsteady.store
    await unsteady.kv.start()
    made = await bench.plan(1)
    await bench.service.apply(USER, "plan-1")
    await bench.finished()
    (playlist_id,) = at_spotify.playlists
    going = made.playlists[0].model_copy(update={"task": "unfollow", "playlist_id": playlist_id})
    await bench.repository.put_plan(made.model_copy(update={"id": "plan-2", "playlists": (going,)}))
    bench.events.clear()
    await bench.service.apply(USER, "plan-2")
    before = len(store.batches)
    while len(store.batches) < before + writes:
        await asyncio.sleep(0)
    store.down = True
    await clock.advance(60)
    store.heal()
    assert (await bench.finished("plan-2")).status == "completed"
    assert (at_spotify.unfollowed, await bench.service.list_made(USER)) == ({playlist_id}, ())
    assert bench.events == [PlaylistForgotten(USER)]
    await unsteady.kv.close()


async def test_a_run_that_nobody_works_on_shows_as_failed_and_can_be_resumed(
    bench: Bench, at_spotify: PlaylistsAtSpotify
) -> None:
    await bench.plan(1)
    await bench.service.apply(USER, "plan-1")
    await bench.jobs.close()
    bench.restart()
    assert (await bench.service.get_run(USER, "plan-1")).status == "failed"
    assert [event.event async for event in bench.service.watch(USER, "plan-1")] == ["done"]
    await bench.service.resume(USER, "plan-1")
    assert (await bench.finished()).status == "completed"


class Defect:
    """Tokens that break the program."""

    async def access_token(self, *, rejected: str | None = None) -> str:
        raise RuntimeError("inner message")


async def test_a_defect_of_the_app_ends_the_run_and_its_listeners(
    bench: Bench, at_spotify: PlaylistsAtSpotify
) -> None:
    await bench.plan(1)
    bench.connections.given = Defect()
    await bench.service.apply(USER, "plan-1")
    assert [event.event async for event in bench.service.watch(USER, "plan-1")][-1] == "done"
    run = await bench.finished()
    assert run.status == "failed"
    assert run.steps[0].problem == "Something went wrong on our side."
    assert bench.channels.find(job_name(USER, "plan-1")) is None


@pytest.mark.parametrize("songs", [30, 250])
@pytest.mark.parametrize("late", [1, 2])
async def test_what_shows_late_is_neither_added_again_nor_taken_for_removed(
    bench: Bench, at_spotify: PlaylistsAtSpotify, late: int, songs: int
) -> None:
    await bench.plan(songs)
    at_spotify.late = late
    await bench.service.apply(USER, "plan-1")
    run = await bench.finished()
    assert (run.status, run.steps[0].problem, run.steps[0].verified) == ("completed", None, songs)
    ((playlist_id, playlist),) = at_spotify.playlists.items()
    assert tuple(playlist["uris"]) == track_uris(songs)
    known = await bench.repository.get_songs(USER, playlist_id)
    assert known.out == ()
    assert all(one.mine for one in known.items)

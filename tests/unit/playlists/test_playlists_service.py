"""Runs: one a preview, resumed after a crash, remembered with what was put in."""

import asyncio
from collections.abc import Callable

import pytest

from app.errors import NotFoundError
from app.events import PlaylistCreated
from app.playlists.models import OpenRun, Run, Selection, Step
from app.playlists.repository import OPEN_RUN, RUN
from app.playlists.service import PlaylistsService, job_name
from tests.unit.playlists.bench import USER, Bench
from tests.unit.playlists.spotify_wire import PlaylistsAtSpotify, track_uris

pytestmark = pytest.mark.anyio


async def test_every_playlist_of_a_plan_is_made_and_remembered(
    bench: Bench, at_spotify: PlaylistsAtSpotify
) -> None:
    await bench.plan(120, 3)
    await bench.service.apply(USER, "plan-1")
    run = await bench.finished()
    assert run.status == "completed"
    assert [step.verified for step in run.steps] == [120, 3]
    made = await bench.service.list_made(USER)
    assert {(playlist.name, playlist.songs) for playlist in made} == {("list 0", 120), ("list 1", 3)}
    assert all(playlist.id in at_spotify.playlists for playlist in made)
    one, two = at_spotify.playlists
    assert bench.events == [PlaylistCreated(USER, 120, one), PlaylistCreated(USER, 3, two)]


async def test_a_plan_just_made_is_not_read_again(bench: Bench, at_spotify: PlaylistsAtSpotify) -> None:
    await bench.plan(120, 3)
    await bench.service.apply(USER, "plan-1")
    await bench.finished()
    kinds = bench.kv.snapshot().kinds
    assert (kinds["plan"].reads, kinds["run"].reads) == (0, 1)


async def test_a_plan_tells_whether_there_is_a_run_of_it(
    bench: Bench, at_spotify: PlaylistsAtSpotify
) -> None:
    await bench.plan(3)
    assert not (await bench.service.get_plan(USER, "plan-1")).applied
    await bench.service.apply(USER, "plan-1")
    assert (await bench.service.get_plan(USER, "plan-1")).applied
    await bench.finished()


async def test_that_nothing_was_made_is_read_once(bench: Bench) -> None:
    for _ in range(5):
        assert await bench.service.list_made(USER) == ()
        await bench.clock.advance(60)
    assert bench.kv.snapshot().kinds["playlists"].reads == 1


async def test_of_those_who_are_gone_nothing_is_kept(bench: Bench) -> None:
    await bench.kv.retire_user(USER)
    assert await bench.service.list_made(USER) == ()
    await bench.kv.flush()
    assert "playlists" not in {kind for kind, counts in bench.kv.snapshot().kinds.items() if counts.writes}


async def test_a_double_click_makes_one_playlist(bench: Bench, at_spotify: PlaylistsAtSpotify) -> None:
    await bench.plan(3)
    runs = await asyncio.gather(*(bench.service.apply(USER, "plan-1") for _ in range(10)))
    await bench.finished()
    await bench.service.apply(USER, "plan-1")  # a reload when all is done
    assert {run.id for run in runs} == {"plan-1"}
    assert len(at_spotify.playlists) == 1


async def test_what_is_chosen_for_a_run_that_is_there_changes_nothing(
    bench: Bench, at_spotify: PlaylistsAtSpotify
) -> None:
    plan = await bench.plan(1)
    for name in ("first", "second"):
        (one,) = plan.playlists
        chosen = plan.model_copy(update={"playlists": (one.model_copy(update={"name": name}),)})
        await bench.service.carry_out(chosen)
        await bench.finished()
    assert [playlist["name"] for playlist in at_spotify.playlists.values()] == ["first"]


async def test_a_playlist_that_fails_does_not_stop_the_others_and_can_be_made_later(
    bench: Bench, at_spotify: PlaylistsAtSpotify
) -> None:
    await bench.plan(1, 1)
    at_spotify.faults = ["refused"]
    await bench.service.apply(USER, "plan-1")
    run = await bench.finished()
    assert run.status == "partial"
    assert run.steps[0].problem
    assert run.steps[1].status == "done"
    await bench.service.resume(USER, "plan-1")
    run = await bench.finished()
    assert (run.status, run.steps[0].problem) == ("completed", None)
    assert len(at_spotify.playlists) == 2


async def test_a_run_that_a_crash_cut_off_goes_on_at_the_next_start(
    bench: Bench, at_spotify: PlaylistsAtSpotify
) -> None:
    await bench.plan(250)
    await bench.service.apply(USER, "plan-1")
    while not at_spotify.playlists:
        await asyncio.sleep(0)
    await bench.jobs.close()
    bench.restart()
    await bench.service.resume_all()
    run = await bench.finished()
    (playlist_id,) = at_spotify.playlists
    assert run.status == "completed"
    assert tuple(at_spotify.uris(playlist_id)) == track_uris(250)


@pytest.mark.parametrize("kept", range(1, 12))
async def test_a_crash_after_any_write_makes_and_remembers_one_playlist(
    bench: Bench, at_spotify: PlaylistsAtSpotify, kept: int
) -> None:
    await bench.plan(150)
    await bench.service.apply(USER, "plan-1")
    before = bench.kv.snapshot().totals.writes
    while bench.kv.snapshot().totals.writes < before + kept and bench.under_way:
        await asyncio.sleep(0)
    await bench.jobs.close()
    bench.restart()
    await bench.service.resume_all()
    await bench.ended()
    (playlist_id,) = at_spotify.playlists
    assert tuple(at_spotify.uris(playlist_id)) == track_uris(150)
    (made,) = await bench.service.list_made(USER)
    assert (made.id, made.songs) == (playlist_id, 150)
    assert (await bench.service.get_run(USER, "plan-1")).status == "completed"


async def test_nothing_is_resumed_that_has_ended(bench: Bench, at_spotify: PlaylistsAtSpotify) -> None:
    await bench.plan(1)
    await bench.service.apply(USER, "plan-1")
    await bench.finished()
    bench.restart()
    await bench.service.resume_all()
    assert bench.jobs.find(job_name(USER, "plan-1")) is None
    assert len(at_spotify.playlists) == 1


@pytest.mark.parametrize("ended", [True, False], ids=["ended", "never written"])
async def test_a_mark_that_outlived_its_run_is_forgotten_at_the_start(bench: Bench, *, ended: bool) -> None:
    if ended:
        run = Run(id="plan-1", user_id=USER, started_at=bench.clock.now(), status="completed", steps=())
        await bench.kv.put(RUN(USER, "plan-1"), run)
    await bench.kv.put(OPEN_RUN(USER, "plan-1"), OpenRun(since=bench.clock.now()))
    await bench.service.resume_all()
    assert bench.jobs.find(job_name(USER, "plan-1")) is None
    assert await bench.kv.keys(OPEN_RUN) == []


async def test_an_open_run_is_remembered_for_a_week(bench: Bench, at_spotify: PlaylistsAtSpotify) -> None:
    await bench.plan(150)
    await bench.service.apply(USER, "plan-1")
    await bench.jobs.close()
    assert await bench.kv.keys(OPEN_RUN, USER) == [OPEN_RUN(USER, "plan-1")]
    await bench.clock.advance(7 * 86_400)
    assert await bench.kv.keys(OPEN_RUN) == []


Reach = Callable[[PlaylistsService], object]


@pytest.mark.parametrize(
    "reach",
    [
        lambda service: service.get_plan("user-2", "plan-1"),
        lambda service: service.apply("user-2", "plan-1"),
        lambda service: service.get_run("user-2", "plan-1"),
        lambda service: service.resume("user-2", "plan-1"),
        lambda service: anext(service.watch("user-2", "plan-1")),
    ],
)
async def test_somebody_elses_plan_and_run_are_not_found(
    bench: Bench, at_spotify: PlaylistsAtSpotify, reach: Reach
) -> None:
    await bench.plan(1)
    await bench.service.apply(USER, "plan-1")
    await bench.finished()
    with pytest.raises(NotFoundError):
        await reach(bench.service)  # type: ignore[misc]


async def test_watching_tells_the_end_to_those_who_come_early_and_late(
    bench: Bench, at_spotify: PlaylistsAtSpotify
) -> None:
    await bench.plan(1)
    await bench.service.apply(USER, "plan-1")
    early = [event.event async for event in bench.service.watch(USER, "plan-1")]
    late = [event.event async for event in bench.service.watch(USER, "plan-1")]
    assert early[-1] == "done"
    assert late == ["done"]


async def test_a_process_that_ends_does_not_call_its_runs_ended(
    bench: Bench, at_spotify: PlaylistsAtSpotify
) -> None:
    await bench.plan(1)
    await bench.service.apply(USER, "plan-1")
    bench.channels.close_all()
    assert [event async for event in bench.service.watch(USER, "plan-1")] == []


async def test_an_undo_whose_plan_is_gone_tells_no_songs_that_it_took_out(bench: Bench) -> None:
    step = Step(name="rock", selection=Selection(include=("family:rock",)), total=0, task="undo")
    run = Run(id="r", user_id=USER, started_at=bench.clock.now(), status="completed", steps=(step,))
    assert await bench.service.list_taken_back(run) == {}

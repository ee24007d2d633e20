"""What came from Spotify stays gone, whatever ran when its person disconnected; the session goes on."""

import asyncio

import pytest

from app.accounts.errors import BeingDeletedError, DisconnectUnfinishedError
from app.accounts.repository import CONNECTION, SESSION
from app.errors import AppError
from app.services import Services
from tests.fakes import settle
from tests.integration.accounts.activities import (
    MOST_CALLS,
    Activity,
    filling_in_genres,
    joining_the_boards,
    making_playlists,
    prepared,
    scanning,
)
from tests.integration.accounts.household import USER, Cookies, LastingStore, World, traces

pytestmark = pytest.mark.anyio

OWN = tuple(
    f"{place}: {kind}:"
    for place in ("store", "queue")
    for kind in ("session", "user-sessions", "user", "preferences")
)


def left(services: Services, store: LastingStore) -> list[str]:
    """Return the traces that are not the person's own."""
    return [trace for trace in traces(services, store) if not trace.startswith(OWN)]


async def is_apart(world: World, services: Services, store: LastingStore, cookies: Cookies) -> None:
    """Hold that nothing of Spotify's is left, now and after everything has ended, and that the session is."""
    await world.calm(services)
    assert left(services, store) == []
    user = await services.sessions.find_user(cookies)
    assert user
    assert not user.name
    assert (await services.connections.get_view(USER)).state == "none"
    assert services.kv.is_retired(USER, CONNECTION)
    assert not services.kv.is_retired(USER, SESSION)


async def stays_apart(world: World, store: LastingStore, cookies: Cookies) -> None:
    """Start again: nothing goes on or is there, and connecting anew begins at nothing."""
    async with world.process(store) as services:
        await is_apart(world, services, store, cookies)
        await world.sign_in(services)
        assert (await services.connections.get_view(USER)).state == "live"
        assert await services.genres.find_library(USER) is None
        assert await services.on_playlists.playlists.list_made(USER) == ()


@pytest.mark.parametrize("activity", [scanning, making_playlists, filling_in_genres, joining_the_boards])
async def test_a_disconnection_at_any_call_of_a_job_to_the_store_leaves_nothing(
    world: World, activity: Activity
) -> None:
    rows, cookies = await prepared(world, activity)
    for calls in range(MOST_CALLS):
        store = LastingStore(world.clock, rows)
        world.playlists.playlists.clear()
        async with world.process(store) as services:
            store.stop_after(calls)
            running = asyncio.ensure_future(activity(world, services))
            while not store.reached.is_set() and services.jobs._tasks | {"": running.done()} != {"": True}:
                await settle()
            met = store.reached.is_set()
            leaving = asyncio.ensure_future(services.deletion.disconnect(USER))
            await settle()
            store.go.set()
            await leaving
            await asyncio.gather(running, return_exceptions=True)
            await is_apart(world, services, store, cookies)
        await stays_apart(world, store, cookies)
        if not met:
            break
    assert 5 < calls < MOST_CALLS


async def test_what_is_asked_for_at_any_call_of_a_disconnection_leaves_nothing(world: World) -> None:
    rows, cookies = await prepared(world, filling_in_genres)
    world.musicbrainz.down = False
    for calls in range(MOST_CALLS):
        store = LastingStore(world.clock, rows)
        async with world.process(store) as services:
            store.stop_after(calls)
            leaving = asyncio.ensure_future(services.deletion.disconnect(USER))
            while not store.reached.is_set() and not leaving.done():
                await settle()
            if leaving.done() and not store.reached.is_set():  # else what goes on behind was stopped
                break
            asked = [
                asyncio.ensure_future(call)
                for call in (
                    services.genres.find_library(USER),
                    services.scans.start(USER),
                    services.scans.planner.get_size(USER),
                    services.connections.access_token(USER),
                )
            ]
            await settle()
            store.go.set()
            await leaving
            for answer in await asyncio.gather(*asked, return_exceptions=True):
                assert not isinstance(answer, Exception) or isinstance(answer, AppError), calls
            await is_apart(world, services, store, cookies)
        await stays_apart(world, store, cookies)
    assert 5 < calls < MOST_CALLS


async def test_a_disconnection_at_any_call_of_a_sign_in_ends_it_or_comes_before_it(world: World) -> None:
    rows, _ = await prepared(world, scanning)
    outcomes = set()
    for calls in range(MOST_CALLS):
        store = LastingStore(world.clock, rows)
        async with world.process(store) as services:
            finish = await world.begin_sign_in(services)
            store.stop_after(calls)
            signing_in = asyncio.ensure_future(finish())
            while not store.reached.is_set() and not signing_in.done():
                await settle()
            met = store.reached.is_set()
            leaving = asyncio.ensure_future(services.deletion.disconnect(USER))
            await settle()
            store.go.set()
            await leaving
            (answer,) = await asyncio.gather(signing_in, return_exceptions=True)
            await world.calm(services)
            view = await services.connections.get_view(USER)
            assert (left(services, store) == []) == (view.state == "none")
            assert not isinstance(answer, Exception) or isinstance(answer, BeingDeletedError)
            outcomes.add((isinstance(answer, Exception), view.state))
        if not met:
            break
    assert 3 < calls < MOST_CALLS
    assert outcomes == {(True, "none"), (False, "none"), (False, "live")}


@pytest.mark.parametrize("fault", ["refuse", "lose"])
@pytest.mark.parametrize("down", [1, 1000], ids=["one call", "every call from then on"])
async def test_a_store_that_fails_at_any_call_is_told_and_asking_again_finishes_it(
    world: World, fault: str, down: int
) -> None:
    rows, cookies = await prepared(world, making_playlists)
    told = 0
    for calls in range(MOST_CALLS):
        store = LastingStore(world.clock, rows)
        async with world.process(store) as services:
            begun = store.calls
            setattr(store, fault, lambda call, first=begun + calls + 1: first <= call < first + down)
            unfinished = not await disconnected(services)
            done = store.calls - begun <= calls
            setattr(store, fault, lambda _: False)
            told += unfinished
            if unfinished:
                assert await disconnected(services)
            await is_apart(world, services, store, cookies)
            assert await services.deletion.is_disconnected(USER)
        await stays_apart(world, store, cookies)
        if done:
            break
    assert told > 1
    assert 5 < calls < MOST_CALLS


async def disconnected(services: Services) -> bool:
    """Ask to disconnect; whether that was confirmed."""
    try:
        await services.deletion.disconnect(USER)
    except DisconnectUnfinishedError:
        return False
    return True


async def test_a_disconnection_that_the_process_did_not_survive_is_finished_by_connecting_again(
    world: World,
) -> None:
    rows, _ = await prepared(world, making_playlists)
    store = LastingStore(world.clock, rows)
    async with world.process(store) as services:
        begun = store.calls
        store.refuse = lambda call: call > begun + 2
        assert not await disconnected(services)
        assert not store.refuse(begun)
        store.refuse = lambda _: False
        half_gone = store.rows
    again = LastingStore(world.clock, half_gone)
    async with world.process(again) as services:
        assert not await services.deletion.is_disconnected(USER)
        assert (await services.connections.get_view(USER)).state == "none"
        await world.sign_in(services)
        assert await services.genres.find_library(USER) is None


async def test_an_answer_of_spotifys_that_comes_too_late_is_not_remembered(world: World) -> None:
    rows, _ = await prepared(world, scanning)
    store = LastingStore(world.clock, rows)
    async with world.process(store) as services:
        world.liked.go.clear()
        asking = asyncio.ensure_future(services.scans.planner.get_size(USER))
        await world.liked.asked()
        await services.deletion.disconnect(USER)
        world.liked.go.set()
        await asyncio.gather(asking, return_exceptions=True)
        assert left(services, store) == []


async def test_a_scan_of_somebody_half_disconnected_does_not_go_on_after_a_restart(world: World) -> None:
    rows, cookies = await prepared(world, scanning)
    store = LastingStore(world.clock, rows)
    async with world.process(store) as services:
        world.liked.go.clear()
        await services.scans.start(USER)
        await world.liked.asked()
        begun = store.calls
        store.refuse = lambda call: call > begun + 1  # the mark is kept, and then nothing more
        assert not await disconnected(services)
        store.refuse = lambda _: False
        half_gone = store.rows
    assert {"open-scan", "retired-user"} <= {key.partition(":")[0] for key in half_gone}
    world.liked.go.set()
    asked = len(world.liked.offsets)
    again = LastingStore(world.clock, half_gone)
    async with world.process(again) as services:
        await world.calm(services)
        assert len(world.liked.offsets) == asked
        assert await services.genres.find_library(USER) is None
        assert await disconnected(services)
        await is_apart(world, services, again, cookies)


async def test_a_deleted_account_stays_deleted_when_a_disconnection_comes_late(world: World) -> None:
    rows, cookies = await prepared(world, making_playlists)
    store = LastingStore(world.clock, rows)
    async with world.process(store) as services:
        await services.deletion.delete(USER)
        await services.deletion.disconnect(USER)
        assert services.kv.is_retired(USER, SESSION)
        assert await services.sessions.find_user(cookies) is None
        assert traces(services, store) == []

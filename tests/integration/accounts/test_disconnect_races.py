"""What came from Spotify stays gone, whatever ran when its person disconnected; the session goes on."""

import asyncio

import pytest

from app.accounts.errors import BeingDeletedError
from app.accounts.repository import SESSION
from tests.fakes import settle
from tests.integration.accounts.activities import (
    MOST_CALLS,
    making_playlists,
    prepared,
    scanning,
)
from tests.integration.accounts.household import USER, LastingStore, World, traces
from tests.integration.accounts.leaving import disconnect, is_apart, left

pytestmark = pytest.mark.anyio


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


async def test_a_disconnection_that_the_process_did_not_survive_is_finished_by_connecting_again(
    world: World,
) -> None:
    rows, _ = await prepared(world, making_playlists)
    store = LastingStore(world.clock, rows)
    async with world.process(store) as services:
        begun = store.calls
        store.refuse = lambda call: call > begun + 2
        assert not await disconnect(services)
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
        assert not await disconnect(services)
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
        assert await disconnect(services)
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

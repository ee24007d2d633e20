"""Who deletes their account or disconnects has left for good, whatever ran meanwhile and whatever failed."""

import asyncio

import pytest

from app.errors import AppError
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
from tests.integration.accounts.household import USER, LastingStore, World
from tests.integration.accounts.leaving import DELETION, DISCONNECTION, Leaving

pytestmark = pytest.mark.anyio

BOTH = pytest.mark.parametrize("leaving", [DELETION, DISCONNECTION], ids=["deletion", "disconnection"])


@BOTH
@pytest.mark.parametrize("activity", [scanning, making_playlists, filling_in_genres, joining_the_boards])
async def test_leaving_at_any_call_of_a_job_to_the_store_leaves_nothing(
    world: World, activity: Activity, leaving: Leaving
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
            left = asyncio.ensure_future(leaving.leave(services))
            await settle()
            store.go.set()
            assert await left
            await asyncio.gather(running, return_exceptions=True)
            await leaving.holds(world, services, store, cookies)
        await leaving.lasts(world, store, cookies)
        if not met:
            break
    assert 5 < calls < MOST_CALLS


@pytest.mark.parametrize(
    ("leaving", "days"),
    [(DELETION, 0), (DELETION, 1), (DISCONNECTION, 0)],
    ids=["deletion", "deletion when visits are noted again", "disconnection"],
)
async def test_what_is_asked_for_at_any_call_of_it_leaves_nothing(
    world: World, leaving: Leaving, days: int
) -> None:
    rows, cookies = await prepared(world, filling_in_genres)
    world.musicbrainz.down = False
    await world.clock.advance(days * 86_400)
    for calls in range(MOST_CALLS):
        store = LastingStore(world.clock, rows)
        async with world.process(store) as services:
            store.stop_after(calls)
            left = asyncio.ensure_future(leaving.leave(services))
            while not store.reached.is_set() and not left.done():
                await settle()
            if left.done() and not store.reached.is_set():  # else what goes on behind was stopped
                break
            asked = [
                asyncio.ensure_future(call)
                for call in (
                    services.sessions.find_user(cookies),
                    services.genres.find_library(USER),
                    services.scans.start(USER),
                    services.scans.planner.get_size(USER),
                    services.connections.access_token(USER),
                    *([services.sessions.end(cookies)] if leaving.ends_sessions else ()),
                )
            ]
            await settle()
            store.go.set()
            assert await left
            for answer in await asyncio.gather(*asked, return_exceptions=True):
                assert not isinstance(answer, Exception) or isinstance(answer, AppError), calls
            await leaving.holds(world, services, store, cookies)
        await leaving.lasts(world, store, cookies)
    assert 5 < calls < MOST_CALLS


@BOTH
@pytest.mark.parametrize("fault", ["refuse", "lose"])
@pytest.mark.parametrize("down", [1, 1000], ids=["one call", "every call from then on"])
async def test_a_store_that_fails_at_any_call_is_told_and_asking_again_finishes_it(
    world: World, fault: str, down: int, leaving: Leaving
) -> None:
    rows, cookies = await prepared(world, making_playlists)
    told = 0
    for calls in range(MOST_CALLS):
        store = LastingStore(world.clock, rows)
        async with world.process(store) as services:
            begun = store.calls
            setattr(store, fault, lambda call, first=begun + calls + 1: first <= call < first + down)
            unfinished = not await leaving.leave(services)
            done = store.calls - begun <= calls
            setattr(store, fault, lambda _: False)
            told += unfinished
            if unfinished and await services.sessions.find_user(cookies):
                assert await leaving.leave(services)
            await leaving.holds(world, services, store, cookies)
        await leaving.lasts(world, store, cookies)
        if done:
            break
    assert told >= leaving.told
    assert 5 < calls < MOST_CALLS

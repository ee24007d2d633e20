"""A deleted account stays gone, whatever ran for it when it was deleted, and after a restart too."""

import asyncio

import httpx
import pytest

from app.accounts.errors import BeingDeletedError
from app.errors import AppError
from app.events import ScanFinished, SignedIn
from app.kv.errors import LeaseHeldError
from app.services import Services
from tests.fakes import settle
from tests.integration.accounts.activities import (
    MOST_CALLS,
    joining_the_boards,
    making_playlists,
    prepared,
    scanning,
)
from tests.integration.accounts.household import USER, Cookies, LastingStore, World, traces
from tests.integration.accounts.leaving import stays_gone

pytestmark = pytest.mark.anyio


async def test_another_process_on_the_same_store_does_not_bring_it_back(world: World) -> None:
    rows, _ = await prepared(world, joining_the_boards)
    store = LastingStore(world.clock, rows)
    store.single_writer = False
    async with world.process(store) as one, world.process(store) as other:
        await joining_the_boards(world, other)
        world.liked.go.clear()
        await other.scans.start(USER)
        await other.listening.feed._repository.note_call(USER, world.clock.now())
        deleting = asyncio.ensure_future(one.deletion.delete(USER))
        await settle()
        world.liked.go.set()
        await deleting
        for event in (SignedIn(USER, "Anna"), ScanFinished(USER, 120)):
            await other.deletion._events.publish(event)
        await world.calm(other)
    assert [key for key, put in store.live_rows.items() if USER in key or USER.encode() in put.data] == []


async def test_a_deletion_at_any_call_of_a_sign_in_ends_it_or_comes_before_it(world: World) -> None:
    rows, cookies = await prepared(world, scanning)
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
            deleting = asyncio.ensure_future(services.deletion.delete(USER))
            await settle()
            store.go.set()
            await deleting
            outcomes.add(await ended(world, services, signing_in))
            assert await services.sessions.find_user(cookies) is None
        if not met:
            break
    assert 3 < calls < MOST_CALLS
    assert outcomes == {"refused", "signed in and deleted", "came back"}


async def ended(world: World, services: Services, signing_in: "asyncio.Future[Cookies]") -> str:
    store = services.kv._store._store
    assert isinstance(store, LastingStore)
    try:
        cookies = await signing_in
    except BeingDeletedError:
        await world.calm(services)
        assert traces(services, store) == []
        return "refused"
    await world.calm(services)
    if await services.sessions.find_user(cookies):
        kinds = {trace.split()[1].partition(":")[0] for trace in traces(services, store)}
        assert kinds == {"connection", "user", "user-sessions", "session", "preferences"}
        return "came back"
    assert traces(services, store) == []
    return "signed in and deleted"


async def test_a_sign_in_at_any_call_of_a_deletion_is_refused(world: World) -> None:
    rows, cookies = await prepared(world, making_playlists)
    for calls in range(MOST_CALLS):
        store = LastingStore(world.clock, rows)
        async with world.process(store) as services:
            finish = await world.begin_sign_in(services)
            store.stop_after(calls)
            deleting = asyncio.ensure_future(services.deletion.delete(USER))
            while not store.reached.is_set() and not deleting.done():
                await settle()
            if deleting.done():
                break
            signing_in = asyncio.ensure_future(finish())
            await settle()
            store.go.set()
            with pytest.raises(BeingDeletedError):
                await signing_in
            await deleting
            await world.calm(services)
            assert traces(services, store) == [], calls
        await stays_gone(world, store, cookies)
    assert 5 < calls < MOST_CALLS


async def test_a_deletion_is_done_by_one_caller_at_a_time(world: World) -> None:
    rows, _ = await prepared(world, scanning)
    store = LastingStore(world.clock, rows)
    async with world.process(store) as services:
        store.stop_after(0)
        deleting = asyncio.ensure_future(services.deletion.delete(USER))
        await store.reached.wait()
        with pytest.raises(LeaseHeldError):
            await services.deletion.delete(USER)
        store.go.set()
        await deleting
        await services.deletion.delete(USER)


async def test_others_keep_everything(world: World) -> None:
    rows, cookies = await prepared(world, making_playlists)
    store = LastingStore(world.clock, rows)
    async with world.process(store) as services:
        await services.deletion.delete("acc")
        assert await services.sessions.find_user(cookies)
        await services.kv.flush()
    kept = {key: put.data for key, put in store.rows.items() if USER in key}
    assert kept == {key: put.data for key, put in rows.items() if USER in key}
    assert len(kept) > 5


async def test_jobs_that_wait_for_hours_are_stopped_at_once(world: World) -> None:
    rows, _ = await prepared(world, making_playlists)
    world.liked.edit = lambda _: httpx.Response(
        429,
        headers={"Retry-After": "21600"},
        json={"error": {"status": 429, "message": "Too many requests", "reason": "QUOTA_EXCEEDED"}},
    )
    store = LastingStore(world.clock, rows)
    async with world.process(store) as services:
        await scanning(world, services)
        await world.clock.advance(60)
        assert (await services.scans.get_progress(USER)).status == "waiting"
        await services.deletion.delete(USER)
        assert traces(services, store) == []


async def test_a_deletion_during_a_token_refresh_leaves_nothing(world: World) -> None:
    rows, _ = await prepared(world, scanning)
    asked, go = asyncio.Event(), asyncio.Event()

    async def slow(request: object) -> object:
        asked.set()
        await go.wait()
        return world.spotify.grant(request)  # type: ignore[arg-type]

    store = LastingStore(world.clock, rows)
    await world.clock.advance(7200)
    async with world.process(store) as services:
        world.spotify.token.side_effect = slow
        refreshing = asyncio.ensure_future(services.connections.access_token(USER))
        await asked.wait()
        await services.deletion.delete(USER)
        go.set()
        with pytest.raises(AppError):
            await refreshing
        await world.calm(services)
        assert traces(services, store) == []

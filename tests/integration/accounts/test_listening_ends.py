"""What somebody listens to goes with them, also when Spotify was just telling it, and needs no library."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx
import pytest

from app.accounts.models import User
from app.listening.repository import LISTENING, PLAYER_CALLS
from app.services import Services
from app.spotify.errors import PLAYER_SCOPE
from tests.fakes import settle
from tests.integration.accounts.household import USER, LastingStore, World, traces
from tests.integration.accounts.journey import ACCESS, REFRESH
from tests.integration.listening.player import playing
from tests.unit.genres.wire import SPOTIFY, track

pytestmark = pytest.mark.anyio

ANNA = User(id=USER, name="Anna", avatar=None)
Leave = Callable[[Services], Awaitable[None]]


def own(services: Services, store: LastingStore) -> list[str]:
    return [one for one in traces(services, store) if LISTENING.prefix in one or PLAYER_CALLS.prefix in one]


async def begin(world: World, services: Services) -> None:
    """Sign in with the permission, and switch it on."""
    tokens = {"access_token": ACCESS, "refresh_token": REFRESH, "expires_in": 3600, "scope": PLAYER_SCOPE}
    world.spotify.token.side_effect = lambda _: httpx.Response(200, json=tokens)
    await world.sign_in(services)
    await services.preferences.change(USER, {"now_playing": True})


class WithoutLibraries(LastingStore):
    async def get(self, key: str) -> bytes | None:
        if key.startswith("library:"):
            raise ConnectionError("refused")
        return await super().get(key)


async def test_a_library_that_cannot_be_read_takes_the_genre_and_no_more_calls(world: World) -> None:
    player = world.wire.get(f"{SPOTIFY}/me/player")
    player.mock(return_value=playing(track(1, duration_ms=200_000)["track"]))
    async with world.process(WithoutLibraries(world.clock)) as services:
        await begin(world, services)
        for _ in range(3):
            found = (await services.listening.now_playing.get(ANNA)).listening
            assert found
            assert found.item
            assert (found.item.name, found.item.genres) == ("Song 1", ())
    assert player.call_count == 1


@pytest.mark.parametrize(
    "leave", [lambda services: services.deletion.delete(USER), lambda one: one.deletion.disconnect(USER)]
)
@pytest.mark.parametrize("heard", [True, False])
async def test_whoever_leaves_takes_it_along(world: World, leave: Leave, *, heard: bool) -> None:
    asked, go = asyncio.Event(), asyncio.Event()

    async def answer(_: httpx.Request) -> httpx.Response:
        asked.set()
        await go.wait()
        return playing(track(1, duration_ms=200_000)["track"])

    world.wire.get(f"{SPOTIFY}/me/player").mock(side_effect=answer)
    store = LastingStore(world.clock)
    async with world.process(store) as services:
        await begin(world, services)
        looking = asyncio.ensure_future(services.listening.now_playing.get(ANNA))
        await asked.wait()
        if heard:
            go.set()
            await looking
            await services.kv.flush()
            await services.listening.feed.get()
            assert own(services, store)
        leaving = asyncio.ensure_future(leave(services))
        await settle()
        go.set()
        await leaving
        await looking
        assert own(services, store) == []
        await world.calm(services)
        assert own(services, store) == []


async def test_whoever_switches_it_off_is_not_asked_about_by_a_page_that_looked_before(world: World) -> None:
    player = world.wire.get(f"{SPOTIFY}/me/player").mock(return_value=playing(None))
    store = LastingStore(world.clock)
    async with world.process(store) as services:
        await begin(world, services)
        store.stop_after(0)
        looking = asyncio.ensure_future(services.listening.now_playing.get(ANNA))
        await store.reached.wait()
        await services.preferences.change(USER, {"now_playing": False})
        await services.listening.now_playing.forget(USER)
        store.go.set()
        await looking
    assert not player.called


async def test_many_who_look_at_the_feed_at_once_have_the_store_asked_once(world: World) -> None:
    song = playing(track(1, duration_ms=200_000)["track"])
    world.wire.get(f"{SPOTIFY}/me/player").mock(return_value=song)
    store = LastingStore(world.clock)
    async with world.process(store) as services:
        await begin(world, services)
        await services.preferences.change(USER, {"listening_feed": True})
        await services.listening.now_playing.get(ANNA)
        before, feed = services.kv.snapshot().totals.lists, services.listening.feed
        store.stop_after(0)
        looking = [asyncio.ensure_future(feed.get()) for _ in range(20)]
        await store.reached.wait()
        await settle()
        store.go.set()
        assert {len(one.listeners) for one in await asyncio.gather(*looking)} == {1}
        assert services.kv.snapshot().totals.lists - before == 1

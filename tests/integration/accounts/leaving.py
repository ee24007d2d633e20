"""The two ways to leave, deletion and disconnection, and what each has to leave behind."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from app.accounts.errors import DeletionUnfinishedError, DisconnectUnfinishedError
from app.accounts.repository import CONNECTION, SESSION
from app.services import Services
from tests.integration.accounts.household import USER, Cookies, LastingStore, World, traces

OWN = tuple(
    f"{place}: {kind}:"
    for place in ("store", "queue")
    for kind in ("session", "user-sessions", "user", "preferences")
)


async def delete(services: Services) -> bool:
    """Ask to delete the account; whether that was confirmed."""
    try:
        await services.deletion.delete(USER)
    except DeletionUnfinishedError:
        return False
    return True


async def is_gone(world: World, services: Services, store: LastingStore, cookies: Cookies) -> None:
    """Hold that nothing is left, now and after everything has ended, and that nobody is signed in."""
    await world.calm(services)
    assert traces(services, store) == []
    assert await services.sessions.find_user(cookies) is None
    assert services.kv.is_retired(USER)


async def stays_gone(world: World, store: LastingStore, cookies: Cookies) -> None:
    """Start again: nothing goes on, and coming back begins at nothing."""
    async with world.process(store) as services:
        await is_gone(world, services, store, cookies)
        user = await services.sessions.find_user(await world.sign_in(services))
        assert user
        assert user.id == USER
        await begins_at_nothing(services)


async def disconnect(services: Services) -> bool:
    """Ask to disconnect; whether that was confirmed."""
    try:
        await services.deletion.disconnect(USER)
    except DisconnectUnfinishedError:
        return False
    return True


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
    assert await services.deletion.is_disconnected(USER)
    assert services.kv.is_retired(USER, CONNECTION)
    assert not services.kv.is_retired(USER, SESSION)


async def stays_apart(world: World, store: LastingStore, cookies: Cookies) -> None:
    """Start again: nothing goes on or is there, and connecting anew begins at nothing."""
    async with world.process(store) as services:
        await is_apart(world, services, store, cookies)
        await world.sign_in(services)
        assert (await services.connections.get_view(USER)).state == "live"
        await begins_at_nothing(services)


async def begins_at_nothing(services: Services) -> None:
    assert await services.genres.find_library(USER) is None
    assert await services.on_playlists.playlists.list_made(USER) == ()


@dataclass(frozen=True)
class Leaving:
    """One way to leave; `told` is at how many of its calls at least a store that fails is told of."""

    leave: Callable[[Services], Awaitable[bool]]
    holds: Callable[[World, Services, LastingStore, Cookies], Awaitable[None]]
    lasts: Callable[[World, LastingStore, Cookies], Awaitable[None]]
    told: int
    ends_sessions: bool


DELETION = Leaving(delete, is_gone, stays_gone, told=3, ends_sessions=True)
DISCONNECTION = Leaving(disconnect, is_apart, stays_apart, told=2, ends_sessions=False)

"""The board follows what happens, in whatever order it is told, and none who have left."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

import pytest
import respx

from app.accounts.models import User
from app.community.models import MOST_PLAYLISTS, Board, Counts
from app.community.repository import BOARD
from app.events import PlaylistCreated, RebuildAsked, ScanFinished, SignedIn
from app.genres.families import Families
from app.playlists.records import PlaylistSongs
from app.services import Services
from tests.fakes import FakeClock
from tests.integration.accounts.activities import making_playlists, prepared
from tests.integration.accounts.household import USER, LastingStore, World

pytestmark = pytest.mark.anyio

ANNA = User(id=USER, name="Anna", avatar=None)


@pytest.fixture
def world(clock: FakeClock) -> Iterator[World]:
    with respx.mock(assert_all_called=False) as wire:
        yield World(wire, clock, Families.load())


@pytest.fixture
async def services(world: World) -> AsyncIterator[Services]:
    """Anna is on the board, and two playlists of hers were made since."""
    rows, _ = await prepared(world, making_playlists)
    async with world.process(LastingStore(world.clock, rows)) as services:
        await services.community.set_preferences(ANNA, {"community": True})
        await making_playlists(world, services)
        await world.calm(services)
        yield services


async def board_of(services: Services) -> Board:
    return await services.kv.get(BOARD("all")) or Board()


async def test_hundreds_of_events_at_once_leave_what_is_there_counted_exactly(services: Services) -> None:
    repository = services.on_playlists.playlists.repository
    (example, *_) = await repository.list_made(USER)

    async def make(number: int) -> None:
        playlist = example.model_copy(update={"id": f"new-{number}"})
        await repository.remember(USER, playlist, PlaylistSongs())
        for event in (PlaylistCreated(USER, 1, playlist.id), ScanFinished(USER, 120)):
            await services.community.handle(event)

    await asyncio.gather(*(make(number) for number in range(200)))
    board, made = await board_of(services), await repository.list_made(USER)
    assert len(made) == 202
    library = json.loads(await services.genres.get_summary(USER))
    assert board.get(USER).counts == Counts(
        songs=library["totalTracks"],
        artists=library["totalArtists"],
        genres=library["totalGenres"],
        playlists=len(made),
        playlist_songs=sum(one.songs for one in made),
    )
    assert len(board.playlists) == MOST_PLAYLISTS


async def test_a_playlist_that_is_gone_from_spotify_is_shown_no_more(services: Services) -> None:
    kept, gone = (one.id for one in (await board_of(services)).playlists)
    await services.on_playlists.playlists.repository.change_made(
        USER, lambda one: one.model_copy(update={"gone": one.id == gone})
    )
    await services.community.handle(ScanFinished(USER, 120))
    board = await board_of(services)
    assert [one.id for one in board.playlists] == [kept]
    assert board.get(USER).counts.playlists == 1


async def test_what_is_told_of_somebody_after_they_left_changes_nothing(services: Services) -> None:
    (playlist, *_) = (await board_of(services)).playlists
    for leave in (services.deletion.disconnect, services.deletion.delete):
        await leave(USER)
        for event in (SignedIn(USER, "Anna"), ScanFinished(USER, 1), PlaylistCreated(USER, 1, playlist.id)):
            await services.deletion._events.publish(event)
        assert await board_of(services) == Board()


async def test_a_rebuild_counts_everybody_anew_and_shows_it_at_once(services: Services) -> None:
    services.community.scoreboard.show(await board_of(services))
    drifted = (await board_of(services)).get(USER).model_copy(update={"counts": Counts(songs=1)})
    await services.kv.update(BOARD("all"), lambda board: board.changed(drifted))
    await services.privacy.stored.rebuild_caches()
    assert (await board_of(services)).get(USER).counts.songs == 120
    shown = await services.community.show(services.community.scoreboard)
    assert shown.board.get(USER).counts.songs == 120
    assert not shown.age


async def test_the_board_is_there_after_a_restart(world: World) -> None:
    store = LastingStore(world.clock)
    for _ in range(2):
        async with world.process(store) as services:
            await world.sign_in(services)
            await services.community.set_preferences(ANNA, {"community": True})
    async with world.process(store) as services:
        assert [one.name for one in (await board_of(services)).members] == ["Anna"]


async def test_opting_out_while_somebody_signs_in_leaves_nobody_on_the_board(world: World) -> None:
    rows, _ = await prepared(world, making_playlists)
    store = LastingStore(world.clock, rows)
    async with world.process(store) as services:
        await services.community.set_preferences(ANNA, {"community": True})
    async with world.process(store) as services:
        await services.preferences.get(USER)
        await services.community.is_shown()
        store.stop_after(0)
        greeting = asyncio.ensure_future(services.community.handle(SignedIn(USER, "Anna")))
        await store.reached.wait()  # what she has is being counted
        await services.community.set_preferences(ANNA, {"community": False})
        store.go.set()
        await greeting
        assert await board_of(services) == Board()


async def test_whoever_stands_there_against_their_wish_is_gone_with_the_next_event(
    services: Services,
) -> None:
    for event in (ScanFinished(USER, 120), RebuildAsked()):
        await services.community.set_preferences(ANNA, {"community": True})
        await services.preferences.change(USER, {"community": False})  # and then the store failed
        await services.community.handle(event)
        assert await board_of(services) == Board()


async def test_what_others_prefer_besides_leaves_what_is_shown_as_it_is(
    world: World, services: Services
) -> None:
    await services.community.show(services.community.scoreboard)
    await world.clock.advance(60)
    await services.community.set_preferences(User(id="bo", name="Bo", avatar=None), {"theme": "dark"})
    shown = await services.community.show(services.community.scoreboard)
    assert shown.age.total_seconds() >= 60


async def test_saying_yes_again_does_not_bring_an_old_name_back(services: Services) -> None:
    await services.community.handle(SignedIn(USER, "Anna B."))
    await services.community.set_preferences(ANNA, {"community": True})
    assert (await board_of(services)).get(USER).name == "Anna B."

"""What a listener has said of a playlist holds over one refresh after another."""

import pytest

from app.playlists.keeping import NewTerms
from app.playlists.models import Mode
from tests.integration.keeping.listener import USER, Listener, Shelf, Wire, uris

pytestmark = pytest.mark.anyio

REFRESHES = 5


@pytest.mark.parametrize("mode", ["add", "mirror"])
async def test_what_was_taken_out_or_put_in_by_hand_is_so_after_every_refresh(
    listener: Listener, shelf: Shelf, mode: Mode
) -> None:
    shelf.like(range(20), "bebop")
    made = await listener.make("bebop", mode=mode)
    await listener.take_out(made.id, 5, 7)
    await listener.put_in(made.id, 25, 399)
    left = [n for n in reversed(range(20)) if n not in {5, 7}]
    for turn in range(REFRESHES):
        shelf.like([40 + turn], "bebop")
        await listener.refresh()
        fresh = reversed(range(40, 41 + turn))
        assert await listener.held(made.id) == uris([25, 399, *fresh, *left])
    (kept,) = await listener.service.list_made(USER)
    assert (kept.taken_out, kept.songs) == (2, 25)


async def test_an_undone_update_stays_undone_while_new_likes_come(listener: Listener, shelf: Shelf) -> None:
    shelf.like(range(6), "bebop")
    made = await listener.make("bebop")
    shelf.like(range(10, 15), "bebop")
    await listener.refresh()
    await listener.undo(made.id)
    for turn in range(REFRESHES):
        shelf.like([20 + turn], "bebop")
        await listener.refresh()
        held = await listener.held(made.id)
        assert held == uris([*reversed(range(20, 21 + turn)), *reversed(range(6))])


async def test_a_creation_that_was_undone_stays_undone(listener: Listener, shelf: Shelf) -> None:
    shelf.like(range(6), "bebop")
    shelf.like(range(6, 9), "techno")
    kept, undone = await listener.make("techno"), await listener.make("bebop")
    await listener.undo(undone.id, sure=True)
    for turn in range(REFRESHES):
        shelf.like([20 + turn], "bebop", "techno")
        await listener.refresh()
    assert set(await listener.all_held()) == {kept.id}
    assert len(await listener.held(kept.id)) == 3 + REFRESHES


async def test_what_one_playlist_lost_by_hand_the_others_keep_and_get(
    listener: Listener, shelf: Shelf
) -> None:
    shelf.like(range(4), "bebop", "techno")
    await listener.make("bebop", "techno")
    techno, bebop = await listener.service.list_made(USER)
    await listener.take_out(bebop.id, 2)
    shelf.like([9], "bebop", "techno")
    await listener.refresh()
    assert await listener.held(bebop.id) == uris([9, 3, 1, 0])
    assert await listener.held(techno.id) == uris([9, 3, 2, 1, 0])


async def test_a_frozen_playlist_gets_what_came_meanwhile_when_it_is_thawed(
    listener: Listener, shelf: Shelf
) -> None:
    shelf.like(range(3), "bebop")
    made = await listener.make("bebop", mode="frozen")
    other = await listener.make("bebop", name="other")
    for number in range(3, 3 + REFRESHES):
        shelf.like([number], "bebop")
        await listener.refresh()
    assert await listener.held(made.id) == uris([2, 1, 0])
    await listener.keeper.change(USER, made.id, NewTerms(mode="add"))
    await listener.refresh()
    assert await listener.held(made.id) == await listener.held(other.id) == uris(reversed(range(8)))


async def test_a_call_tells_of_fifty_playlists_whether_they_changed(
    listener: Listener, shelf: Shelf, wire: Wire
) -> None:
    shelf.like(range(3), "bebop")
    made = await listener.make("bebop")
    for number in range(60):
        await listener.visitor.make_playlist(name=f"Mine {number}")
    before = len(wire.calls)
    await listener.refresh()
    assert wire.calls[before:] == ["GET /me/playlists"] * 2
    await listener.take_out(made.id, 1)
    await listener.refresh()
    assert wire.calls[before + 2 :] == ["GET /me/playlists"] * 2 + ["GET /playlists/*"]

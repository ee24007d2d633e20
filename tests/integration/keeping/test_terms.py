"""How kept playlists are kept from now on."""

import pytest

from app.playlists.keeping import NewTerms
from app.playlists.models import Selection
from tests.integration.keeping.listener import USER, Listener, Shelf, uris

pytestmark = pytest.mark.anyio

TECHNO = Selection(include=("genre:techno",))


async def test_the_parts_of_a_split_playlist_are_kept_alike_and_named_apart(
    listener: Listener, shelf: Shelf
) -> None:
    shelf.like(range(4), "bebop")
    first, second = await listener.make("bebop"), await listener.make("bebop", name="bebop (2)")
    other = await listener.make("bebop", name="other")
    await listener.repository.change_made(
        USER, lambda one: one.model_copy(update={"series": "one"}) if one.id != other.id else one
    )
    shelf.like([10], "techno")
    await listener.keeper.change(USER, first.id, NewTerms(mode="mirror", selection=TECHNO, name="Late"))
    kept = {one.id: (one.name, one.mode, one.selection) for one in await listener.service.list_made(USER)}
    assert kept[first.id] == ("Late", "mirror", TECHNO)
    assert kept[second.id] == ("bebop (2)", "mirror", TECHNO)
    assert kept[other.id] == ("other", "add", other.selection)


async def test_a_playlist_renamed_at_spotify_is_found_by_its_id_and_called_so_here(
    listener: Listener, shelf: Shelf
) -> None:
    shelf.like(range(3), "bebop")
    made = await listener.make("bebop")
    await listener.visitor.api("PUT", f"/playlists/{made.id}", json={"name": "Renamed by hand"})
    shelf.like([5], "bebop")
    run = await listener.refresh()
    assert [(step.playlist_id, step.name) for step in run.steps] == [(made.id, "Renamed by hand")]
    assert await listener.held(made.id) == uris([5, 2, 1, 0])
    (kept,) = await listener.service.list_made(USER)
    assert kept.name == "Renamed by hand"


async def test_a_preview_of_before_does_not_take_new_terms_back(listener: Listener, shelf: Shelf) -> None:
    shelf.like(range(3), "bebop")
    made, other = await listener.make("bebop"), await listener.make("bebop", name="other")
    await listener.take_out(other.id, 2)
    shelf.like([5], "bebop")
    await listener.refresh(other.id)
    old = await listener.keeper.preview(USER)
    assert [one.changes for one in old.playlists] == [False, True]
    for one in (made, other):
        await listener.keeper.change(USER, one.id, NewTerms(mode="mirror", order="oldest", selection=TECHNO))
    await listener.ended(await listener.service.carry_out(old))
    await listener.undo(made.id)
    for one in await listener.service.list_made(USER):
        assert (one.mode, one.order, one.selection) == ("mirror", "oldest", TECHNO)


async def test_a_preview_of_before_writes_nothing_into_a_playlist_that_is_managed_no_longer(
    listener: Listener, shelf: Shelf
) -> None:
    shelf.like(range(3), "bebop")
    made = await listener.make("bebop")
    shelf.like([5], "bebop")
    old = await listener.keeper.preview(USER)
    await listener.keeper.forget(USER, made.id)
    run = await listener.ended(await listener.service.carry_out(old))
    assert (run.status, run.steps[0].problem) == ("failed", "It was not made here, or was forgotten.")
    assert await listener.held(made.id) == uris([2, 1, 0])
    assert await listener.service.list_made(USER) == ()

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

"""New playlists get covers where that is wished, and are made whatever becomes of these."""

import asyncio

import pytest

from app.playlists.models import Plan, Selection
from app.playlists.preview import Wanted
from tests.integration.keeping.listener import TROUBLES, USER, Listener, Shelf, Trouble, Wire, uris

pytestmark = pytest.mark.anyio

UPLOAD = "PUT /playlists/*/images"


async def planned(listener: Listener, shelf: Shelf, *genres: str) -> Plan:
    await listener.preferences.change(USER, {"covers": True})
    for number, genre in enumerate(genres):
        shelf.like(range(number * 3, number * 3 + 3), genre)
    wanted = [Wanted(selection=Selection(include=(f"genre:{genre}",))) for genre in genres]
    return await listener.previews.make(USER, wanted)


async def has_cover(listener: Listener, playlist_id: str) -> bool:
    pictures = (await listener.visitor.api("GET", f"/playlists/{playlist_id}/images")).json()
    return any(playlist_id in picture["url"] for picture in pictures)


async def test_every_new_playlist_gets_one_with_a_call_that_was_counted(
    listener: Listener, shelf: Shelf, wire: Wire
) -> None:
    plan = await planned(listener, shelf, "bebop", "techno")
    assert [len(one.cover) for one in plan.playlists] == [1, 1]
    before = len(wire.calls)
    run = await listener.ended(await listener.service.carry_out(plan))
    assert (run.status, wire.calls.count(UPLOAD)) == ("completed", 2)
    assert len(wire.calls) - before == plan.calls_needed
    assert [await has_cover(listener, step.playlist_id or "") for step in run.steps] == [True, True]


async def test_nobody_gets_one_unasked_and_no_change_makes_another(
    listener: Listener, shelf: Shelf, wire: Wire
) -> None:
    shelf.like(range(3), "bebop")
    made = await listener.make("bebop")
    await listener.preferences.change(USER, {"covers": True})
    shelf.like(range(3, 6), "bebop")
    await listener.refresh(made.id)
    assert UPLOAD not in wire.calls
    assert not await has_cover(listener, made.id)


@pytest.mark.parametrize("trouble", [*TROUBLES, "refused"])
async def test_whatever_happens_to_the_cover_the_playlist_is_made(
    listener: Listener, shelf: Shelf, wire: Wire, *, trouble: Trouble
) -> None:
    plan = await planned(listener, shelf, "bebop")
    wire.trouble, wire.bad = trouble, len(wire.calls) + plan.calls_needed
    run = await listener.service.carry_out(plan)
    if trouble.startswith("crash"):
        await asyncio.wait_for(wire.crashed.wait(), 10)
        await listener.jobs.close()
        listener.restart()
        await listener.service.resume_all()
    (step,) = (await listener.ended(run)).steps
    assert wire.calls[wire.bad - 1] == UPLOAD
    assert step.status == "done"
    assert await listener.held(step.playlist_id or "") == uris([2, 1, 0])
    told = "It may have no cover" in (step.problem or "")
    assert told is not trouble.startswith("crash")
    assert await has_cover(listener, step.playlist_id or "") is (
        trouble.startswith("crash") or trouble == "answer lost"
    )

"""Playlists that are kept in step with a library, whatever their listener does to them by hand."""

import asyncio

import pytest

from app.playlists.keeping import NewTerms, NothingToUndoError, UnfollowsError
from app.playlists.models import Selection
from app.playlists.observing import PlaylistGoneError
from app.playlists.preview import NotOwnError, TargetRepeatedError, Wanted
from tests.integration.keeping.listener import USER, Listener, Shelf, Wire, uri, uris

pytestmark = pytest.mark.anyio

BEBOP = Selection(include=("genre:bebop",))


async def test_a_new_playlist_takes_the_calls_that_the_preview_says(
    listener: Listener, shelf: Shelf, wire: Wire
) -> None:
    shelf.like(range(370), "bebop")
    plan = await listener.previews.make(USER, [Wanted(selection=BEBOP)])
    before = len(wire.calls)
    run = await listener.ended(await listener.service.carry_out(plan))
    assert (run.status, run.steps[0].verified) == ("completed", 370)
    assert wire.calls[before:] == [
        "POST /me/playlists",
        *["POST /playlists/*/items"] * 4,
        "GET /playlists/*",
        *["GET /playlists/*/items"] * 6,
    ]
    assert plan.calls_needed == len(wire.calls) - before == 12
    assert await listener.held(run.steps[0].playlist_id or "") == uris(reversed(range(370)))


async def test_nothing_new_costs_one_call_for_all_playlists(
    listener: Listener, shelf: Shelf, wire: Wire
) -> None:
    shelf.like(range(120), "bebop")
    shelf.like(range(120, 160), "techno")
    await listener.make("bebop", "techno")
    before = len(wire.calls)
    for _ in range(3):
        await listener.refresh()
    assert wire.calls[before:] == ["GET /me/playlists"] * 3


async def test_new_likes_are_added_on_top_with_few_calls(
    listener: Listener, shelf: Shelf, wire: Wire
) -> None:
    shelf.like(range(300), "bebop")
    made = await listener.make("bebop")
    shelf.like(range(300, 340), "bebop")
    before = len(wire.calls)
    plan = await listener.keeper.preview(USER)
    assert [(one.task, len(one.additions), one.already) for one in plan.playlists] == [("update", 40, 300)]
    run = await listener.ended(await listener.service.carry_out(plan))
    assert (run.steps[0].added, run.steps[0].verified) == (40, 340)
    assert await listener.held(made.id) == uris(reversed(range(340)))
    assert wire.calls[before + 1 :] == [
        "GET /playlists/*",
        "POST /playlists/*/items",
        "GET /playlists/*",
    ]
    assert plan.calls_needed == 3


async def test_a_mirror_takes_out_what_no_longer_belongs_and_add_only_keeps_it(
    listener: Listener, shelf: Shelf
) -> None:
    shelf.like(range(20), "bebop")
    mirror = await listener.make("bebop", mode="mirror", name="mirror")
    kept = await listener.make("bebop", name="kept")
    frozen = await listener.make("bebop", mode="frozen", name="frozen")
    await listener.put_in(mirror.id, 30)
    shelf.songs |= {3: ("techno",), 30: ("techno",)}
    shelf.like([50], "bebop")
    run = await listener.refresh()
    assert {(step.name, step.added, step.removed) for step in run.steps} == {("mirror", 1, 1), ("kept", 1, 0)}
    left = [n for n in reversed(range(20)) if n != 3]
    assert await listener.held(mirror.id) == uris([30, 50, *left])
    assert await listener.held(kept.id) == uris([50, *reversed(range(20))])
    assert await listener.held(frozen.id) == uris(reversed(range(20)))
    shelf.songs[3] = ("bebop",)  # the app took it out itself, so it may come back
    await listener.refresh()
    assert uri(3) in await listener.held(mirror.id)


async def test_a_mirror_takes_nothing_out_while_the_library_is_not_read_to_its_end(
    listener: Listener, shelf: Shelf
) -> None:
    shelf.like(range(20), "bebop")
    made = await listener.make("bebop", mode="mirror")
    shelf.songs = {3: ("bebop",)}
    shelf.whole = False
    await listener.refresh()
    assert len(await listener.held(made.id)) == 20
    (kept,) = await listener.service.list_made(USER)
    assert kept.mode == "mirror"


async def test_an_undone_update_leaves_items_and_order_as_they_were_and_nothing_comes_back(
    listener: Listener, shelf: Shelf
) -> None:
    shelf.like(range(20), "bebop")
    made = await listener.make("bebop", mode="mirror")
    await listener.put_in(made.id, 100, 101, position=4)
    before = await listener.held(made.id)
    shelf.songs = {n: genres for n, genres in shelf.songs.items() if n not in {2, 3, 9, 19}}
    shelf.like(range(30, 33), "bebop")
    run = await listener.refresh()
    assert (run.steps[0].added, run.steps[0].removed) == (3, 4)
    await listener.undo(made.id)
    assert await listener.held(made.id) == before
    for _ in range(5):
        await listener.refresh()
        assert await listener.held(made.id) == before
    with pytest.raises(NothingToUndoError):
        await listener.keeper.undo(USER, made.id)
    kept = await listener.keeper.allow_again(USER, made.id, [uri(31)])
    assert kept.taken_out == 2
    await listener.refresh()
    assert set(await listener.held(made.id)) == {*before, uri(31)}
    assert (await listener.keeper.allow_again(USER, made.id)).taken_out == 0
    await listener.refresh()
    assert set(await listener.held(made.id)) == {*before, *uris(range(30, 33))}


async def test_an_undo_leaves_alone_what_was_done_by_hand_after_the_update(
    listener: Listener, shelf: Shelf
) -> None:
    shelf.like(range(6), "bebop")
    made = await listener.make("bebop")
    shelf.like([10, 11], "bebop")
    await listener.refresh()
    await listener.take_out(made.id, 3, 11)
    await listener.put_in(made.id, 200, position=2)
    await listener.undo(made.id)
    assert await listener.held(made.id) == uris([5, 200, 4, 2, 1, 0])
    await listener.refresh()
    assert await listener.held(made.id) == uris([5, 200, 4, 2, 1, 0])


async def test_undoing_that_a_playlist_was_made_removes_it_if_that_is_meant(
    listener: Listener, shelf: Shelf
) -> None:
    shelf.like(range(6), "bebop")
    made = await listener.make("bebop")
    with pytest.raises(UnfollowsError):
        await listener.keeper.undo(USER, made.id)
    assert made.id in await listener.all_held()
    await listener.undo(made.id, sure=True)
    assert made.id not in await listener.all_held()
    assert await listener.service.list_made(USER) == ()


async def test_a_change_can_be_undone_for_thirty_days(listener: Listener, shelf: Shelf) -> None:
    shelf.like(range(6), "bebop")
    made = await listener.make("bebop")
    await listener.advance(days=31)
    with pytest.raises(NothingToUndoError):
        await listener.keeper.undo(USER, made.id, sure=True)


async def test_an_own_playlist_is_added_to_and_managed_from_then_on(listener: Listener, shelf: Shelf) -> None:
    mine = (await listener.visitor.make_playlist(name="Morning"))["id"]
    await listener.put_in(mine, 300, 4, 301)
    shelf.like(range(6), "bebop")
    plan = await listener.previews.make(USER, [Wanted(selection=BEBOP, target=mine)])
    (planned,) = plan.playlists
    assert (planned.task, len(planned.additions), planned.already, planned.size) == ("update", 5, 1, 3)
    assert (await listener.ended(await listener.service.carry_out(plan))).status == "completed"
    assert await listener.held(mine) == uris([300, 5, 4, 3, 2, 1, 0, 301])
    (kept,) = await listener.service.list_made(USER)
    assert (kept.id, kept.name, kept.mode, kept.selection) == (mine, "Morning", "add", BEBOP)
    shelf.songs = {7: ("bebop",)}
    await listener.keeper.change(USER, mine, NewTerms(mode="mirror"))
    await listener.refresh()
    assert await listener.held(mine) == uris([7, 300, 4, 301])


async def test_a_playlist_that_holds_all_of_it_already_is_managed_without_a_write(
    listener: Listener, shelf: Shelf, wire: Wire
) -> None:
    mine = (await listener.visitor.make_playlist(name="Morning"))["id"]
    await listener.put_in(mine, 1, 0)
    shelf.like(range(2), "bebop")
    made = await listener.make("bebop", target=mine)
    assert (made.id, made.songs) == (mine, 2)
    assert not [call for call in wire.calls if not call.startswith("GET")]
    shelf.like([2], "bebop")
    await listener.refresh()
    assert await listener.held(mine) == uris([2, 1, 0])


async def test_a_second_selection_joins_the_first_and_both_are_kept(listener: Listener, shelf: Shelf) -> None:
    shelf.like(range(3), "bebop")
    made = await listener.make("bebop")
    shelf.like(range(3, 5), "techno")
    await listener.make("techno", target=made.id)
    shelf.like([5], "techno")
    shelf.like([6], "bebop")
    await listener.refresh()
    assert await listener.held(made.id) == uris(reversed(range(7)))
    (kept,) = await listener.service.list_made(USER)
    assert kept.selection == Selection(include=("genre:bebop", "genre:techno"))


async def test_exclusions_are_kept_and_obeyed(listener: Listener, shelf: Shelf) -> None:
    shelf.like(range(3), "bebop", "techno")
    shelf.like(range(3, 6), "bebop")
    selection = Selection(include=("genre:bebop",), exclude=("genre:techno",))
    plan = await listener.previews.make(USER, [Wanted(selection=selection)])
    run = await listener.ended(await listener.service.carry_out(plan))
    shelf.like([7], "bebop", "techno")
    shelf.like([8], "bebop")
    await listener.refresh()
    assert await listener.held(run.steps[0].playlist_id or "") == uris([8, 5, 4, 3])


async def test_the_preview_says_which_playlists_have_the_name(listener: Listener, shelf: Shelf) -> None:
    mine = (await listener.visitor.make_playlist(name="Bebop"))["id"]
    await listener.put_in(mine, 1)
    shelf.like(range(2), "bebop")
    (planned,) = (await listener.previews.make(USER, [Wanted(selection=BEBOP)])).playlists
    assert [(one.id, one.name, one.songs) for one in planned.namesakes] == [(mine, "Bebop", 1)]


async def test_only_own_playlists_are_targets_and_each_once(listener: Listener, shelf: Shelf) -> None:
    shelf.like(range(2), "bebop")
    with pytest.raises(NotOwnError):
        await listener.previews.make(USER, [Wanted(selection=BEBOP, target="f" * 22)])
    with pytest.raises(TargetRepeatedError):
        await listener.previews.make(USER, [Wanted(selection=BEBOP, target="f" * 22)] * 2)


async def test_a_playlist_that_was_deleted_is_gone_and_can_be_made_again_or_forgotten(
    listener: Listener, shelf: Shelf
) -> None:
    shelf.like(range(4), "bebop")
    made, other = await listener.make("bebop"), await listener.make("bebop", name="other")
    await listener.take_out(made.id, 2)
    await listener.refresh()
    for one in (made.id, other.id):
        await listener.spotify.unfollow(listener.connections.given, one)
    plan = await listener.keeper.preview(USER)
    assert {one.id for one in plan.gone} == {made.id, other.id}
    assert plan.playlists == ()
    assert all(one.gone for one in await listener.service.list_made(USER))
    with pytest.raises(PlaylistGoneError):
        await listener.keeper.refresh(USER, made.id)
    await listener.keeper.change(USER, made.id, NewTerms(schedule="weekly"))
    again = await listener.make("bebop", target=made.id)
    assert (again.id != made.id, again.schedule) == (True, "weekly")
    assert await listener.held(again.id) == uris([3, 1, 0])
    await listener.refresh()
    assert await listener.held(again.id) == uris([3, 1, 0])
    await listener.keeper.forget(USER, other.id)
    assert [one.id for one in await listener.service.list_made(USER)] == [again.id]


async def test_duplicates_are_told_and_left_out_also_later(listener: Listener, shelf: Shelf) -> None:
    shelf.like(range(6), "bebop")
    shelf.isrcs = {1: "SAME", 4: "SAME"}
    plan = await listener.previews.make(USER, [Wanted(selection=BEBOP, drop=(uri(3),))])
    (planned,) = plan.playlists
    assert [(one.kept, one.other, one.kind) for one in planned.duplicates] == [(uri(1), uri(4), "recording")]
    run = await listener.ended(await listener.service.carry_out(plan))
    made = run.steps[0].playlist_id or ""
    assert await listener.held(made) == uris([5, 2, 1, 0])
    await listener.refresh()
    assert await listener.held(made) == uris([5, 2, 1, 0])


async def test_a_name_and_an_order_can_be_changed(listener: Listener, shelf: Shelf) -> None:
    shelf.like(range(3), "bebop")
    made = await listener.make("bebop", order="oldest")
    assert await listener.held(made.id) == uris([0, 1, 2])
    shelf.like([3], "bebop")
    kept = await listener.keeper.change(USER, made.id, NewTerms(name="Late  night"))
    await listener.refresh()
    assert await listener.held(made.id) == uris([0, 1, 2, 3])
    assert kept.name == "Late night"
    assert (await listener.all_held())[made.id]["name"] == "Late night"


async def test_two_previews_of_one_playlist_do_not_double_a_song(listener: Listener, shelf: Shelf) -> None:
    shelf.like(range(3), "bebop")
    made = await listener.make("bebop")
    shelf.like([5, 6], "bebop")
    plans = [await listener.keeper.preview(USER) for _ in range(2)]
    runs = [await listener.service.carry_out(plan) for plan in plans]
    assert [(await listener.ended(run)).status for run in runs] == ["completed"] * 2
    assert await listener.held(made.id) == uris([6, 5, 2, 1, 0])


async def test_an_old_preview_does_not_bring_back_what_was_undone_since(
    listener: Listener, shelf: Shelf
) -> None:
    shelf.like(range(3), "bebop")
    made = await listener.make("bebop")
    shelf.like([5], "bebop")
    old = await listener.keeper.preview(USER)
    await listener.refresh()
    await listener.undo(made.id)
    await listener.ended(await listener.service.carry_out(old))
    assert await listener.held(made.id) == uris([2, 1, 0])


async def test_an_update_that_was_given_up_is_not_part_of_the_next_ones_undo(
    listener: Listener, shelf: Shelf, wire: Wire
) -> None:
    shelf.like(range(3), "bebop")
    made = await listener.make("bebop")
    shelf.like([4], "bebop")
    plan = await listener.keeper.preview(USER)
    wire.bad, wire.trouble = len(wire.calls) + 2, "refused"
    run = await listener.ended(await listener.service.carry_out(plan))
    assert (run.status, await listener.held(made.id)) == ("failed", uris([2, 1, 0]))
    del shelf.songs[4]
    shelf.like([5], "bebop")
    await listener.refresh()
    assert await listener.held(made.id) == uris([5, 2, 1, 0])
    await listener.undo(made.id)
    shelf.like([4], "bebop")
    await listener.refresh()
    assert await listener.held(made.id) == uris([4, 2, 1, 0])


async def test_a_preview_in_the_middle_of_an_update_takes_nothing_of_it_for_the_listeners_doing(
    listener: Listener, shelf: Shelf, wire: Wire
) -> None:
    shelf.like(range(6), "bebop")
    made = await listener.make("bebop", mode="mirror")
    shelf.songs = {n: genres for n, genres in shelf.songs.items() if n != 2}
    shelf.like([8, 9], "bebop")
    plan = await listener.keeper.preview(USER)
    wire.bad, wire.trouble = len(wire.calls) + 3, "fails"
    run = await listener.service.carry_out(plan)
    while (now := await listener.service.get_run(USER, run.id)).status != "waiting":
        assert not now.finished
        await asyncio.sleep(0)
    assert uri(2) not in await listener.held(made.id)
    again = await listener.keeper.preview(USER)
    assert [(one.add, one.remove) for one in again.playlists] == [((uri(9), uri(8)), ())]
    assert (await listener.ended(run)).status == "completed"
    await listener.ended(await listener.service.carry_out(again))
    assert await listener.held(made.id) == uris([9, 8, 5, 4, 3, 1, 0])
    (kept,) = await listener.service.list_made(USER)
    assert kept.taken_out == 0
    shelf.songs = {0: ("bebop",)}
    await listener.refresh()
    assert await listener.held(made.id) == uris([0])

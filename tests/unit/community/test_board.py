"""What stands on the board, and what is read off it."""

from datetime import timedelta

import pytest

from app.community.models import MOST_PLAYLISTS, Board, BoardPlaylist, Counts, Member
from app.community.standings import Showcase, first, newest, ranked
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)


def member(name: str, clock: FakeClock, **counts: int) -> Member:
    return Member(
        user_id=name, name=name.title(), avatar=None, joined_at=clock.now(), counts=Counts(**counts)
    )


def board_of(*members: Member) -> Board:
    board = Board()
    for one in members:
        board = board.joined_by(one)
    return board


def playlist(user: str, number: int, clock: FakeClock) -> BoardPlaylist:
    return BoardPlaylist(
        user_id=user,
        id=f"{user}-{number}",
        name="Rock",
        url="https://open.test",
        items=("family:rock",),
        songs=number,
        created_at=clock.now() + timedelta(seconds=number),
    )


def test_the_most_come_first_and_equals_share_their_place(clock: FakeClock) -> None:
    board = board_of(
        member("anna", clock, songs=7),
        member("bo", clock, songs=9),
        member("cleo", clock),
        member("dan", clock, songs=7),
        member("eve", clock, songs=1),
    )
    standings = [(one.rank, one.member.user_id, one.count) for one in ranked(board, "songs")]
    assert standings == [(1, "bo", 9), (2, "anna", 7), (2, "dan", 7), (4, "eve", 1)]
    assert ranked(board, "genres") == ()


def test_a_list_names_twenty_and_the_hall_of_fame_ten(clock: FakeClock) -> None:
    board = board_of(*(member(f"m{number:02}", clock, songs=number) for number in range(1, 26)))
    assert [one.count for one in ranked(board, "songs")] == list(range(25, 5, -1))
    own = ranked(board, "songs", most=10, viewer="m03")
    assert [one.count for one in own] == [*range(25, 15, -1), 3]
    assert own[-1].rank == 23
    assert [one.user_id for one in first(board)] == [f"m{number:02}" for number in range(1, 11)]
    assert [one.user_id for one in newest(board)] == [f"m{number:02}" for number in range(25, 15, -1)]


async def test_who_joins_again_keeps_their_place_and_has_their_new_name(clock: FakeClock) -> None:
    board = board_of(member("anna", clock), member("bo", clock))
    since = clock.now()
    await clock.advance(60)
    board = board.joined_by(member("anna", clock, songs=3).model_copy(update={"name": "Anna B."}))
    assert [one.user_id for one in board.members] == ["anna", "bo"]
    assert (board.get("anna").name, board.get("anna").counts.songs) == ("Anna B.", 3)
    assert board.get("anna").joined_at == since


def test_what_changes_nothing_is_the_same_board(clock: FakeClock) -> None:
    board = board_of(member("anna", clock))
    assert board.changed(board.get("anna")) is board
    assert board.changed(member("bo", clock)) is board
    assert board.without("bo") is board


def test_who_leaves_takes_what_they_made_along(clock: FakeClock) -> None:
    board = board_of(member("anna", clock), member("bo", clock))
    board = board.with_playlists_of("anna", (playlist("anna", 1, clock),))
    board = board.with_playlists_of("bo", (playlist("bo", 2, clock),))
    assert "anna" not in board.without("anna").model_dump_json()
    assert [one.id for one in board.without("anna").playlists] == ["bo-2"]


def test_only_the_newest_playlists_of_everybody_stand_there(clock: FakeClock) -> None:
    board = board_of(member("anna", clock), member("bo", clock))
    board = board.with_playlists_of("anna", tuple(playlist("anna", n, clock) for n in range(1, 19)))
    board = board.with_playlists_of("bo", tuple(playlist("bo", n, clock) for n in range(15, 19)))
    assert len(board.playlists) == MOST_PLAYLISTS
    made = [one.created_at for one in board.playlists]
    assert made == sorted(made, reverse=True)
    assert {one.id for one in board.playlists} >= {"bo-15", "bo-18", "anna-3"}


async def test_counts_stay_as_they_were_shown_for_a_while(clock: FakeClock) -> None:
    showcase, anna = Showcase(HOUR, clock), member("anna", clock, songs=1)
    assert showcase.show(board_of(anna)).age == timedelta()
    more = board_of(anna.model_copy(update={"counts": Counts(songs=2)}))
    await clock.advance(3599)
    shown = showcase.show(more)
    assert shown.board.get("anna").counts.songs == 1
    assert (shown.age, shown.left) == (timedelta(seconds=3599), timedelta(seconds=1))
    await clock.advance(1)
    assert showcase.show(more).board.get("anna").counts.songs == 2


async def test_a_clock_that_was_set_back_does_not_keep_what_is_shown(clock: FakeClock) -> None:
    showcase, anna = Showcase(HOUR, clock), member("anna", clock, songs=1)
    await clock.advance(7200)
    showcase.show(board_of(anna))
    more = board_of(anna.model_copy(update={"counts": Counts(songs=2)}))
    clock.set_back(3600)
    shown = showcase.show(more)
    assert (shown.board.get("anna").counts.songs, shown.age, shown.left) == (2, timedelta(), HOUR)


@pytest.mark.parametrize("now", [("bo",), ("anna", "bo", "cleo"), ()])
def test_who_leaves_is_gone_at_once_and_who_joins_is_there(now: tuple[str, ...], clock: FakeClock) -> None:
    showcase = Showcase(HOUR, clock)
    showcase.show(board_of(member("anna", clock), member("bo", clock)))
    board = board_of(*(member(name, clock) for name in now))
    assert showcase.show(board).board == board

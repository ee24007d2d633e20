"""The difference between a playlist and what belongs there: whatever people did to it in between."""

from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from app.playlists.changes import (
    Change,
    change_of,
    inserted,
    insertions,
    missing_of,
    observed,
    put_in_by_hand,
    without,
)
from app.playlists.models import Entry, Mode, Order, uris_of
from app.playlists.records import PlaylistSongs

SONGS = [Entry(f"spotify:track:{letter * 22}", f"ISRC{letter}") for letter in "abcdefghij"]
A, B, C, D, E, *_ = SONGS
LOCAL = Entry("spotify:local:a:b:c:1")
LOST = Entry("")

wanted_songs = st.permutations(SONGS).flatmap(
    lambda songs: st.integers(0, len(songs)).map(lambda count: tuple(songs[:count]))
)
hands = st.lists(st.sampled_from([*SONGS, LOCAL, LOST]), max_size=14).map(tuple)
modes: st.SearchStrategy[Mode] = st.sampled_from(["add", "mirror", "frozen"])
orders: st.SearchStrategy[Order] = st.sampled_from(["newest", "oldest"])


def mine(*entries: Entry) -> tuple[Entry, ...]:
    return tuple(entry._replace(mine=True) for entry in entries)


def known(*entries: Entry, out: tuple[Entry, ...] = (), **more: tuple[Any, ...]) -> PlaylistSongs:
    return PlaylistSongs(items=entries, snapshot_id="1", out=out, **more)


def applied(
    songs: PlaylistSongs, wanted: tuple[Entry, ...], change: Change, order: Order = "newest"
) -> tuple[Entry, ...]:
    """Do what a change says, as the writer does."""
    items = without(songs.items, uris_of(change.remove))
    for one in insertions(items, wanted, change.add, order=order):
        items = inserted(items, one)
    return items


def after(songs: PlaylistSongs, items: tuple[Entry, ...], change: Change) -> PlaylistSongs:
    """Say what is known when that was read back."""
    intent = {"adding": change.add, "removing": uris_of(change.remove)}
    seen = tuple(entry._replace(mine=False) for entry in items)
    done = observed(songs.model_copy(update=intent), seen, "2")
    return done.model_copy(update={"adding": (), "removing": ()})


@given(hands, wanted_songs, modes, orders)
def test_what_belongs_is_there_once_and_what_was_there_stays_in_its_order(
    hand: tuple[Entry, ...], wanted: tuple[Entry, ...], mode: Mode, order: Order
) -> None:
    before = observed(PlaylistSongs(), hand, "1")
    change = change_of(before, wanted, mode)
    items = applied(before, wanted, change, order)
    if mode == "frozen":
        assert items == before.items
        return
    assert set(uris_of(wanted)) <= set(uris_of(items))
    copies = Counter(uris_of(items))
    assert all(copies[entry.uri] == max(1, hand.count(entry)) for entry in wanted)
    assert [one for one in uris_of(items) if one in uris_of(hand)] == list(uris_of(hand))


@given(hands, wanted_songs, wanted_songs, modes)
def test_twice_changes_nothing_more(
    hand: tuple[Entry, ...], first: tuple[Entry, ...], second: tuple[Entry, ...], mode: Mode
) -> None:
    songs = observed(PlaylistSongs(), hand, "1")
    for wanted in (first, second):
        change = change_of(songs, wanted, mode)
        songs = after(songs, applied(songs, wanted, change), change)
    again = change_of(songs, second, mode)
    assert (again.add, again.remove) == ((), ())


@given(hands, wanted_songs, wanted_songs)
def test_add_only_takes_nothing_out(
    hand: tuple[Entry, ...], first: tuple[Entry, ...], second: tuple[Entry, ...]
) -> None:
    songs = observed(PlaylistSongs(), hand, "1")
    change = change_of(songs, first, "add")
    songs = after(songs, applied(songs, first, change), change)
    assert change_of(songs, second, "add").remove == ()


@given(hands, wanted_songs, wanted_songs, st.sets(st.sampled_from(SONGS)), modes)
def test_what_was_taken_out_by_hand_never_comes_back_and_what_was_put_in_stays(
    hand: tuple[Entry, ...],
    first: tuple[Entry, ...],
    second: tuple[Entry, ...],
    removed: set[Entry],
    mode: Mode,
) -> None:
    songs = PlaylistSongs()
    change = change_of(songs, first, "add")
    songs = after(songs, applied(songs, first, change), change)
    gone = removed & set(first) - set(hand)  # one taken out and put back in between was moved, as it seems
    edited = (*(one for one in songs.items if one._replace(mine=False) not in gone), *hand)
    songs = observed(songs, tuple(one._replace(mine=False) for one in edited), "3")
    for wanted in (second, first, second):
        change = change_of(songs, wanted, mode)
        songs = after(songs, applied(songs, wanted, change), change)
        there = uris_of(songs.items)
        assert not set(uris_of(gone)) & set(there)
        counts, by_hand = Counter(there), Counter(uris_of(hand))
        assert all(counts[uri] >= by_hand[uri] for uri in by_hand)


@given(wanted_songs, wanted_songs)
def test_a_mirror_holds_what_belongs_and_nothing_else_of_the_apps(
    first: tuple[Entry, ...], second: tuple[Entry, ...]
) -> None:
    songs = PlaylistSongs()
    for wanted in (first, second):
        change = change_of(songs, wanted, "mirror")
        songs = after(songs, applied(songs, wanted, change), change)
    assert set(uris_of(songs.items)) == set(uris_of(second or first))


@given(wanted_songs, orders)
def test_a_new_playlist_has_its_songs_in_order(wanted: tuple[Entry, ...], order: Order) -> None:
    empty = PlaylistSongs()
    assert applied(empty, wanted, change_of(empty, wanted, "add"), order) == wanted


@given(wanted_songs, st.sets(st.integers(0, 9)), orders)
def test_songs_go_back_to_where_they_were(wanted: tuple[Entry, ...], taken: set[int], order: Order) -> None:
    """However many places that are, when all of them are worth their calls."""
    left = tuple(one for number, one in enumerate(wanted) if number not in taken)
    add = tuple(one for number, one in enumerate(wanted) if number in taken)
    items = left
    for one in insertions(items, wanted, add, order=order, most_places=None):
        items = inserted(items, one)
    assert items == wanted


def test_new_likes_go_to_the_top_and_with_the_oldest_first_to_the_end() -> None:
    assert applied(known(C, D), (A, B, C, D), Change(add=(A, B))) == (A, B, C, D)
    assert applied(known(D, C), (D, C, B, A), Change(add=(B, A)), "oldest") == (D, C, B, A)


def test_more_places_than_are_worth_their_calls_become_one() -> None:
    there, missing = SONGS[1:10:2], tuple(SONGS[0:10:2])
    (one,) = insertions(there, SONGS, missing, most_places=3)
    assert (one.position, one.entries) == (0, missing)
    assert len(insertions(there, SONGS, missing, most_places=5)) == 5


def test_songs_go_in_by_hundreds() -> None:
    many = [Entry(f"spotify:track:{number:022}") for number in range(250)]
    found = insertions((), many, many)
    assert [(one.position, len(one.entries)) for one in found] == [(0, 100), (100, 100), (200, 50)]


def test_a_recording_that_is_there_under_another_id_is_there() -> None:
    other = Entry("spotify:track:" + "z" * 22, A.isrc)
    change = change_of(known(other), (A,), "add")
    assert (change.add, change.already) == ((), 1)


def test_a_song_that_spotify_shows_under_another_id_was_not_taken_out_and_stays_the_apps() -> None:
    other = Entry("spotify:track:" + "z" * 22, A.isrc)
    songs = observed(known(*mine(A, B)), (other, B), "2")
    assert songs.out == ()
    assert songs.items == mine(other, B)


def test_a_second_copy_makes_a_song_the_listeners() -> None:
    songs = observed(known(*mine(A, B)), (A, B, A), "2")
    assert [one.mine for one in songs.items] == [False, True, False]
    assert change_of(songs, (C,), "mirror").remove == mine(B)


def test_a_song_that_is_put_back_by_hand_may_be_taken_out_again() -> None:
    songs = observed(known(*mine(A, B)), (B,), "2")
    assert uris_of(songs.out) == (A.uri,)
    songs = observed(songs, (A, B), "3")
    assert songs.out == ()
    songs = observed(songs, (B,), "4")
    assert change_of(songs, (A, B), "add").held_back == (A,)


def test_lost_songs_and_local_files_keep_their_places_and_are_nobodys_loss() -> None:
    songs = observed(known(A, LOST, LOCAL), (A, LOCAL), "2")
    assert (songs.items, songs.out) == ((A, LOCAL), ())


def test_what_a_run_was_doing_when_it_was_cut_off_is_nobodys_doing_by_hand() -> None:
    cut_off = known(*mine(A, B), adding=(C,), removing=(A.uri,))
    songs = observed(cut_off, (B, C, D), "2")
    assert songs.out == ()
    assert songs.items == (*mine(B, C), D)
    assert put_in_by_hand(cut_off, songs) == (D,)


def test_what_was_acknowledged_is_not_added_again() -> None:
    assert missing_of((A, B, C), known(B), acknowledged=1) == (C,)
    assert missing_of((A, B, C), known(out=(C,)), acknowledged=0) == (A, B)


def test_a_full_playlist_takes_no_more() -> None:
    change = change_of(known(A, B), (A, B, C, D, E), "add", limit=3)
    assert (change.add, change.no_room) == ((C,), (D, E))
    change = change_of(known(*mine(A, B)), (C, D, E), "mirror", limit=3)
    assert (change.add, change.no_room) == ((C, D, E), ())


def test_a_mirror_of_nothing_is_left_alone() -> None:
    assert change_of(known(*mine(A)), (), "mirror") == Change()

"""What is planned for playlists that are there: calls, and parts of one that was split."""

import pytest

from app.playlists.models import Entry, PlannedPlaylist, Selection
from app.playlists.planning import Part, as_update, as_updates
from app.playlists.records import PlaylistSongs
from tests.unit.playlists.spotify_wire import track_uris

URIS = track_uris(400)


def frame(*numbers: int) -> PlannedPlaylist:
    uris = tuple(URIS[number] for number in numbers)
    return PlannedPlaylist(name="x", description="", selection=Selection(include=("genre:x",)), uris=uris)


def known(*numbers: int) -> PlaylistSongs:
    return PlaylistSongs(items=tuple(Entry(URIS[number], "", mine=True) for number in numbers))


def test_no_part_gets_what_another_has_and_new_songs_go_where_there_is_room() -> None:
    wanted = frame(9, 8, 7, 5, 4, 3, 2, 1, 0)
    parts = [Part(wanted, known(5, 4, 3, 2), "add"), Part(wanted, known(1, 0), "add")]
    first, second = as_updates(parts, limit=4)
    assert (first.add, first.no_room) == ((), 0)
    assert (second.add, second.no_room) == ((URIS[9], URIS[8]), 1)
    (only,) = as_updates(parts[:1], limit=4)
    assert only.no_room == 5


def test_a_part_with_room_again_takes_what_the_next_one_then_does_not() -> None:
    wanted = frame(9, 5, 4, 2, 1)
    parts = [Part(wanted, known(5, 4, 3, 2), "mirror"), Part(wanted, known(1), "mirror")]
    first, second = as_updates(parts, limit=4)
    assert (first.add, first.remove) == ((URIS[9],), (URIS[3],))
    assert (second.add, second.remove) == ((), ())


@pytest.mark.parametrize(
    ("there", "wanted", "calls"),
    [
        (range(300), range(300), 0),
        (range(40, 300), range(300), 1 + 1 + 1),
        (range(299), range(300), 1 + 1 + 2),
        ((), range(300), 1 + 3 + 1 + 4),
    ],
    ids=["nothing", "on top", "at the end", "all"],
)
def test_an_update_takes_a_look_the_writes_and_another_look(there: range, wanted: range, calls: int) -> None:
    assert as_update(frame(*wanted), known(*there), mode="add", read=True).calls_needed == calls


def test_a_playlist_that_was_never_read_is_read_whole_before_it_is_changed() -> None:
    assert as_update(frame(399), known(*range(200)), mode="add", read=False).calls_needed == 1 + 2 + 1 + 1

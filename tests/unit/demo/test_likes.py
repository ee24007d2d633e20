from hypothesis import given
from hypothesis import strategies as st

from app.demo.catalogue import Catalogue
from app.demo.generated.numbers import Ref
from app.demo.likes import GeneratedRows, Likes, ListedRows, Rows, StackedRows
from app.demo.models import DemoLibrary, DemoTrack
from app.demo.records import Liked, LikeEdits
from tests.fakes import FakeClock

SEED, SIZE = 8, 12
CATALOGUE = Catalogue(DemoLibrary((), {}))
SOME = st.lists(st.integers(0, SIZE + 4), unique=True, max_size=6)


def uri(number: int) -> str:
    return f"spotify:track:{Ref('track', SEED, number).id}"


def uris(tracks: list[DemoTrack]) -> list[str]:
    return [CATALOGUE.uri(track) for track in tracks]


@given(changes=st.lists(st.tuples(st.booleans(), SOME), max_size=8))
def test_likes_are_a_plain_list_that_costs_nothing(changes: list[tuple[bool, list[int]]]) -> None:
    now = FakeClock().now()
    likes = Likes(GeneratedRows(SEED, SIZE), CATALOGUE, LikeEdits())
    expected = [uri(number) for number in reversed(range(SIZE))]
    for is_like, numbers in changes:
        named = [uri(number) for number in numbers]
        expected = [one for one in expected if one not in named]
        if is_like:
            likes.like(named, now)
            expected = named + expected
        else:
            likes.unlike(named)
    again = Likes(GeneratedRows(SEED, SIZE), CATALOGUE, likes.edits)
    for one in (likes, again):
        assert uris(one.slice(0, 100)) == expected
        assert uris(one.slice(2, 5)) == expected[2:5]
        assert len(one) == len(expected)
        assert [uri(number) in one for number in range(SIZE + 5)] == [
            uri(number) in expected for number in range(SIZE + 5)
        ]


def test_a_song_liked_again_has_a_new_date() -> None:
    likes = Likes(GeneratedRows(SEED, SIZE), CATALOGUE, LikeEdits())
    likes.like([uri(3)], FakeClock().now())
    (top,) = likes.slice(0, 1)
    assert (CATALOGUE.uri(top), top.added_at) == (uri(3), FakeClock().now())


def test_generated_songs_were_liked_over_the_years_in_whole_seconds() -> None:
    rows = GeneratedRows(SEED, 5000)
    times = [rows.at(row).added_at for row in range(5000)]
    assert times == sorted(times, reverse=True)
    assert not any(time.microsecond for time in times)
    assert (times[0].year, times[-1].year) == (2026, 2012)


def test_what_was_changed_in_another_library_does_no_harm() -> None:
    liked = Liked(uri="spotify:track:gone", added_at=FakeClock().now())
    likes = Likes(GeneratedRows(SEED, 2), CATALOGUE, LikeEdits(liked=(liked,), unliked=(1, 7)))
    assert [track.lost for track in likes.slice(0, 9)] == [True, False]
    assert len(likes) == 2


def test_lists_stand_on_top_of_each_other() -> None:
    odd = ListedRows(CATALOGUE.odd.tracks, CATALOGUE)
    rows: Rows = StackedRows(odd, GeneratedRows(SEED, SIZE))
    assert len(rows) == len(odd) + SIZE
    assert rows.at(len(odd)) == GeneratedRows(SEED, SIZE).at(0)
    assert rows.row_of(uri(SIZE - 1)) == len(odd)
    assert rows.row_of(CATALOGUE.uri(CATALOGUE.odd.tracks[1])) == 1
    assert rows.row_of("spotify:track:x") is None

"""What is inferred of artists without genres: from songs shared, never against a word, never in a chain."""

from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.genres.families import Families
from app.genres.folding import Placement
from app.genres.neighbours import LEAST_SHARE, LEAST_SONGS, Neighbour, find_neighbours, infer
from app.genres.personal.corrections import Corrections
from app.genres.placing import Placer, group_of
from app.genres.scoring import ScoredGenre
from app.genres.songs import ArtistRef, Song
from tests.unit.genres.test_library import known
from tests.unit.genres.test_own_genres import corrections

FAMILIES = Families.load()
NAMES = {one: f"Artist {one}" for one in "abcdefxyz"}
WORDS = ("jazz", "bebop", "indie rock", "hard rock", "deep house", "xyzzy")


def genre(name: str, score: float = 1.0) -> ScoredGenre:
    return ScoredGenre(name, score, FAMILIES.family_of(name), ("musicbrainz",))


def song(number: int, by: Sequence[str | None], name: str = "") -> Song:
    artists = tuple(ArtistRef(one, NAMES.get(one or "", "")) for one in by)
    return Song(f"{number:022d}", name or f"Song {number}", artists)


def songs(*credited: Sequence[str | None]) -> list[Song]:
    return [song(number, by) for number, by in enumerate(credited)]


def sorted_by(
    some: Sequence[Song], said: Mapping[str, dict[str, int]], own: Corrections | None = None
) -> Placer:
    placer = Placer(FAMILIES, own)
    placer.learn(known(dict(said)), NAMES)
    placer.infer(some, NAMES)
    return placer


def near(*neighbours: tuple[int, Sequence[ScoredGenre]]) -> list[Neighbour]:
    return [Neighbour("", "", songs, tuple(genres)) for songs, genres in neighbours]


def names(genres: Sequence[ScoredGenre]) -> list[str]:
    return [one.name for one in genres]


def test_neighbours_are_counted_by_the_different_songs_that_are_shared() -> None:
    some = [*songs("ab", "ba", "abc", "ac", "a", "bc"), song(9, "ab", "SONG 0"), song(10, ["a", None])]
    genres = {"b": (genre("jazz"),), "c": (genre("bebop"),)}
    found = find_neighbours(some, lambda one: genres.get(one or "", ()), NAMES)
    assert found == {
        "a": (Neighbour("b", "Artist b", 3, genres["b"]), Neighbour("c", "Artist c", 2, genres["c"]))
    }


def test_every_shared_song_weighs_the_same_however_many_votes_a_neighbour_has() -> None:
    loud, quiet = [genre("jazz", 40), genre("bebop", 10)], [genre("bebop", 0.5)]
    inferred = infer(near((1, loud), (2, quiet)))
    assert names(inferred) == ["bebop", "jazz"]
    assert [one.score for one in inferred] == pytest.approx([2.2, 0.8])
    assert {one.sources for one in inferred} == {("neighbours",)}


def test_of_equal_families_and_genres_the_name_decides() -> None:
    assert names(infer(near((1, [genre("jazz")]), (1, [genre("bebop")])))) == ["bebop", "jazz"]


def test_one_song_with_one_neighbour_is_not_enough() -> None:
    jazz = [genre("jazz")]
    assert LEAST_SONGS == 2
    assert infer(near((1, jazz))) == infer([]) == ()
    assert infer(near((2, jazz))) == infer(near((1, jazz), (1, jazz))) != ()


def test_neighbours_have_to_agree_on_a_family_and_only_that_is_inferred() -> None:
    assert LEAST_SHARE == 0.6
    assert infer(near((1, [genre("jazz")]), (1, [genre("deep house")]))) == ()
    assert infer(near((5, [genre("jazz")]), (4, [genre("deep house")]))) == ()
    assert names(infer(near((3, [genre("jazz")]), (2, [genre("deep house")])))) == ["jazz"]


def test_at_most_six_genres_are_inferred() -> None:
    many = ("jazz", "bebop", "hard bop", "cool jazz", "swing", "big band", "free jazz")
    assert len(infer(near((2, [genre(one) for one in many])))) == 6


def test_songs_of_an_inferred_artist_say_so() -> None:
    some = songs("ab", "ab", "a")
    placer = sorted_by(some, {"b": {"bebop": 5, "jazz": 2}})
    assert placer.place(("a",)) == Placement("jazz", "bebop", ("bebop", "jazz"), "inferred", ("neighbours",))
    assert placer.place(("a", "b")).certainty == placer.place(("b",)).certainty == "one"
    assert [one.name for one in placer.neighbours["a"]] == ["Artist b"]


def test_nothing_is_inferred_from_what_is_inferred() -> None:
    placer = sorted_by(songs("ab", "ab", "ca", "ca", "ca", "c"), {"b": {"jazz": 5}})
    assert placer.place(("a",)).lead == "jazz"
    assert placer.place(("c",)) == Placement()
    assert placer.neighbours.keys() == {"a"}


def test_tags_that_are_no_genre_say_nothing_and_a_correction_says_all() -> None:
    some = songs("ab", "ab", "ca", "ca", "c")
    said = {"a": {"seen live": 9}, "b": {"jazz": 5}}
    assert sorted_by(some, said).place(("a",)).certainty == "inferred"
    placer = sorted_by(some, said, corrections({"artist:a": ("hard rock",)}))
    assert (placer.place(("a",)).lead, placer.place(("a",)).certainty) == ("hard rock", "own")
    assert (placer.place(("c",)).lead, placer.place(("c",)).certainty) == ("hard rock", "inferred")


artists = st.sampled_from([*"abcdef", None])
credits_ = st.lists(st.lists(artists, min_size=1, max_size=4, unique=True), max_size=25)
words = st.dictionaries(st.sampled_from(WORDS), st.integers(1, 30), max_size=3)
said_ = st.dictionaries(st.sampled_from("abcdef"), words, max_size=4)
own_ = st.dictionaries(
    st.sampled_from("abcdef"), st.lists(st.sampled_from(WORDS), min_size=1, max_size=2, unique=True)
)


@given(credits_, said_, own_)
def test_inferred_is_what_nobody_speaks_for_and_a_neighbour_does(
    credited: list[list[str | None]], said: dict[str, dict[str, int]], own: dict[str, list[str]]
) -> None:
    some = songs(*credited)
    corrected = corrections({f"artist:{one}": tuple(genres) for one, genres in own.items()})
    placer = sorted_by(some, said, corrected)
    for one in some:
        spoken_for = any(placer.genres_of(artist.id) for artist in one.artists)
        has_neighbour = any(artist.id in placer.neighbours for artist in one.artists)
        place = placer.place(group_of(one))
        assert (place.certainty == "inferred") == (not spoken_for and has_neighbour)
        assert (place.sources == ("neighbours",)) == (place.certainty == "inferred")
    for one, neighbours in placer.neighbours.items():
        assert not placer.genres_of(one)
        assert all(placer.genres_of(neighbour.id) for neighbour in neighbours)


@given(credits_, said_)
def test_the_order_of_songs_and_artists_makes_no_difference(
    credited: list[list[str | None]], said: dict[str, dict[str, int]]
) -> None:
    there, back = songs(*credited), songs(*(by[::-1] for by in credited))[::-1]
    one, other = sorted_by(there, said), sorted_by(back, said)
    assert one.neighbours == other.neighbours
    assert [one.place((artist,)) for artist in NAMES] == [other.place((artist,)) for artist in NAMES]

"""A person's corrections win over everything that sources say, and lead the songs that they are about."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.genres.families import Families
from app.genres.folding import Placement
from app.genres.personal.corrections import Correction, Corrections
from app.genres.personal.typed import GenresTypedError, spelled, split
from app.genres.placing import Placer, group_of
from app.genres.songs import ArtistRef, Song
from tests.unit.genres.test_library import known

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FAMILIES = Families.load()
WORDS = ("jazz", "bebop", "indie rock", "folk metal", "deep house", "city pop", "xyzzy")
SAID = {"a": {"bebop": 30}, "b": {"indie rock": 30, "folk metal": 20}}

own_words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6, unique=True)
said = st.dictionaries(
    st.sampled_from("abcd"), st.dictionaries(st.sampled_from(WORDS), st.integers(1, 99), max_size=6)
)


def song(*by: str | None) -> Song:
    return Song(id=None, name="Song", artists=tuple(ArtistRef(one, f"Artist {one}") for one in by))


def corrections(genres: Mapping[str, tuple[str, ...]]) -> Corrections:
    return Corrections(
        entries={
            target: Correction(genres=words, label="Label", made_at=NOW) for target, words in genres.items()
        }
    )


def placed(
    one: Song,
    corrected: Mapping[str, tuple[str, ...]],
    said: Mapping[str, dict[str, int]] = SAID,
    families: Families = FAMILIES,
) -> Placement:
    placer = Placer(families, corrections(corrected))
    placer.learn(known(dict(said)), {})
    return placer.own_place(one) or placer.place(group_of(one))


@given(own_words, said, st.lists(st.sampled_from(["a", "b", "c", "d", None]), max_size=4))
def test_the_first_genre_of_a_corrected_artist_leads_every_song_it_comes_first_on(
    words: list[str], said: dict[str, dict[str, int]], others: list[str | None]
) -> None:
    place = placed(song("z", *others), {"artist:z": tuple(words)}, said)
    assert (place.lead, place.family) == (words[0], FAMILIES.family_of(words[0]))
    assert place.genres[: len(words)] == tuple(words)
    assert (place.certainty, place.sources) == ("own", ("you",))


@given(own_words, own_words, said)
def test_a_corrected_song_has_these_genres_and_no_others(
    words: list[str], artists: list[str], said: dict[str, dict[str, int]]
) -> None:
    one = song("a", "b")
    place = placed(one, {f"song:{one.key}": tuple(words), "artist:a": tuple(artists)}, said)
    assert place == Placement(FAMILIES.family_of(words[0]), words[0], tuple(words), "own", ("you",))


def test_what_sources_said_of_a_corrected_artist_is_gone_and_other_artists_are_tags() -> None:
    place = placed(song("a", "b"), {"artist:a": ("city pop",)})
    assert place.genres == ("city pop", "indie rock", "folk metal")


def test_a_correction_of_another_artist_does_not_outvote_the_first_one() -> None:
    place = placed(song("a", "z"), {"artist:z": ("city pop",)})
    assert (place.lead, place.certainty) == ("bebop", "one")
    assert "city pop" in place.genres


def test_a_correction_of_another_artist_leads_where_nothing_is_known_of_the_first() -> None:
    place = placed(song("c", "z"), {"artist:z": ("city pop", "bebop", "jazz", "indie rock")})
    assert (place.lead, place.certainty) == ("city pop", "own")
    assert place.genres == ("city pop", "bebop", "jazz", "indie rock")


def test_a_new_word_stands_in_other() -> None:
    assert placed(song("a"), {"artist:a": ("xyzzy",)}).family == "other"


def test_who_named_a_genre_is_the_person_where_sources_are_overruled() -> None:
    placer = Placer(FAMILIES, corrections({"artist:a": ("city pop",), "song:1": ("jazz",)}))
    placer.learn(known(SAID), {})
    assert placer.sources() == {
        "city pop": {"you"},
        "jazz": {"you"},
        "indie rock": {"musicbrainz"},
        "folk metal": {"musicbrainz"},
    }


def test_a_text_is_split_at_its_commas() -> None:
    assert split(" City Pop,, jazz , ") == (" City Pop", " jazz ")


def test_words_are_spelled_as_everywhere_each_once() -> None:
    assert spelled(("Hip-Hop", " CITY  pop ", "hiphop", "Xyzzy"), FAMILIES) == (
        "hip hop",
        "city pop",
        "xyzzy",
    )


@pytest.mark.parametrize(
    ("genres", "fault"),
    [
        ((), "none"),
        (tuple(f"genre {n}" for n in range(7)), "many"),
        (("x" * 61,), "long"),
        (("jazz\x00",), "odd"),
        (("ja\nzz",), "odd"),
        (("?!",), "odd"),
        (("",), "odd"),
    ],
)
def test_what_is_no_list_of_genres_is_refused(genres: tuple[str, ...], fault: str) -> None:
    with pytest.raises(GenresTypedError) as refused:
        spelled(genres, FAMILIES)
    assert refused.value.fault == fault

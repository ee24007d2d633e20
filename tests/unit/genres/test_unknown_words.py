from collections import Counter
from datetime import UTC, datetime

from app.genres.artist_models import ArtistGenres, Tag
from app.genres.families import Families
from app.genres.unknown_words import unknown_words

FAMILIES = Families.load()
NAMES = {"a": "Blorp", "b": "Somebody"}


def artist(artist_id: str, *tags: tuple[str, int]) -> ArtistGenres:
    found = tuple(Tag(name, votes, "musicbrainz") for name, votes in tags)
    return ArtistGenres(artist_id, found, datetime(2026, 11, 1, tzinfo=UTC))


def test_a_word_counts_once_for_each_artist_it_was_said_of() -> None:
    known = [
        artist("a", ("Zorble", 3), ("zorble", 1)),
        artist("b", ("zorble", 1), ("Quux-Flarn", 2)),
        artist("c", ("ZORBLE", 9)),
    ]
    assert unknown_words(known, NAMES, FAMILIES) == Counter({"zorble": 3, "quux flarn": 1})


def test_genres_and_noise_are_known() -> None:
    tags = ("jazz", "deep house", "karaoke", "swedish", "80s", "seen live", "vinyl", "my zorble", "?!")
    assert unknown_words([artist("b", *((tag, 1) for tag in tags))], NAMES, FAMILIES) == Counter()


def test_an_artists_own_name_and_words_voted_down_are_left_out() -> None:
    known = [artist("a", ("blorp", 4), ("The Blorp", 1), ("zorble", 0), ("flarn", -2))]
    assert unknown_words(known, NAMES, FAMILIES) == Counter()
    assert unknown_words([artist("b", ("blorp", 4))], NAMES, FAMILIES) == Counter({"blorp": 1})


def test_nobody_asked_nothing_unknown() -> None:
    assert unknown_words([], {}, FAMILIES) == unknown_words([artist("a")], {}, FAMILIES) == Counter()

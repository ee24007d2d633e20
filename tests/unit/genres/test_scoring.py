from math import log2
from random import Random

from app.genres.artist_models import Tag
from app.genres.families import Families
from app.genres.scoring import ScoredGenre, score_artist

FAMILIES = Families.load()


def score(*tags: tuple[str, int, str], artist: str = "Somebody") -> tuple[ScoredGenre, ...]:
    return score_artist([Tag(*tag) for tag in tags], artist, FAMILIES)


def names(genres: tuple[ScoredGenre, ...]) -> list[str]:
    return [genre.name for genre in genres]


def test_musicbrainz_votes_count_less_the_more_there_are() -> None:
    assert score(("jazz", 7, "musicbrainz"), ("bebop", 3, "musicbrainz")) == (
        ScoredGenre("jazz", 3.0, "jazz", ("musicbrainz",)),
        ScoredGenre("bebop", 2.0, "jazz", ("musicbrainz",)),
    )


def test_musicbrainz_tags_under_a_fifth_of_the_top_one_are_dropped() -> None:
    genres = score(("jazz", 10, "musicbrainz"), ("bebop", 2, "musicbrainz"), ("funk", 1, "musicbrainz"))
    assert names(genres) == ["jazz", "bebop"]


def test_noise_does_not_push_genres_out() -> None:
    assert names(score(("seen live", 50, "musicbrainz"), ("jazz", 2, "musicbrainz"))) == ["jazz"]


def test_tags_voted_down_are_dropped() -> None:
    assert score(("jazz", 0, "musicbrainz"), ("rock", -2, "musicbrainz")) == ()


def test_wikidata_and_spotify_count_one_each() -> None:
    genres = score(("jazz", 1, "wikidata"), ("Bebop", 1, "spotify"))
    assert [(genre.name, genre.score) for genre in genres] == [("bebop", 1.0), ("jazz", 1.0)]


def test_lastfm_counts_are_shares_and_under_ten_is_noise() -> None:
    genres = score(("shoegaze", 100, "lastfm"), ("dream pop", 10, "lastfm"), ("grunge", 9, "lastfm"))
    assert [(genre.name, genre.score) for genre in genres] == [("shoegaze", 1.0), ("dream pop", 0.1)]


def test_spellings_and_sources_are_summed() -> None:
    (genre,) = score(("Hip-Hop", 3, "musicbrainz"), ("hiphop", 3, "musicbrainz"), ("hip hop", 1, "wikidata"))
    assert genre == ScoredGenre("hip hop", 2 * log2(4) + 1, "hip-hop", ("musicbrainz", "wikidata"))


def test_what_is_no_genre_is_left_out() -> None:
    tags = [(name, 5, "musicbrainz") for name in ("swedish", "80s", "seen live", "The Ska Band", "ska")]
    assert names(score(*tags, artist="Ska Band")) == ["ska"]


def test_a_genre_without_a_family_is_kept_as_other() -> None:
    (genre,) = score(("children's music", 1, "musicbrainz"))
    assert genre.family == "other"


def test_at_most_six_are_kept_and_of_equals_those_of_the_weightier_family() -> None:
    tags = [("ambient", 1, "spotify"), ("blues", 1, "spotify")]
    tags += [(name, 1, "spotify") for name in ("rock", "hard rock", "soft rock", "yacht rock", "album rock")]
    assert names(score(*tags)) == ["album rock", "hard rock", "rock", "soft rock", "yacht rock", "ambient"]


def test_the_order_of_the_tags_makes_no_difference() -> None:
    tags = [
        ("rock", 9, "musicbrainz"),
        ("Hip-Hop", 5, "musicbrainz"),
        ("hip hop", 1, "wikidata"),
        ("jazz", 60, "lastfm"),
        ("rock", 33, "lastfm"),
        ("hiphop", 7, "musicbrainz"),
    ]
    expected = score(*tags)
    shuffler = Random(7)
    for _ in range(20):
        shuffler.shuffle(tags)
        assert score(*tags) == expected


def test_no_tags_no_genres() -> None:
    assert score() == ()

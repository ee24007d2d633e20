from hypothesis import given, settings
from hypothesis import strategies as st

from app.genres.families import Families
from app.genres.folding import Placement, place
from app.genres.scoring import ScoredGenre

FAMILIES = Families.load()
NAMES = ("jazz", "bebop", "rock", "hard rock", "pop", "house", "techno", "children's music")


def genre(name: str, score: float, *sources: str) -> ScoredGenre:
    return ScoredGenre(name, score, FAMILIES.family_of(name), sources or ("musicbrainz",))


def test_a_song_without_genres_has_no_place() -> None:
    assert place([], FAMILIES) == place([(), ()], FAMILIES) == Placement(None, None, (), None)


def test_the_family_with_the_highest_sum_wins_and_its_weightiest_genre_leads() -> None:
    artist = (genre("pop", 3), genre("bebop", 2), genre("hard bop", 1.5))
    assert place([artist], FAMILIES) == Placement(
        "jazz", "bebop", ("bebop", "pop", "hard bop"), "one", ("musicbrainz",)
    )


def test_the_first_artist_weighs_double() -> None:
    jazz, rock = (genre("jazz", 2),), (genre("rock", 3),)
    assert place([jazz, rock], FAMILIES).family == "jazz"
    assert place([rock, jazz], FAMILIES).family == "rock"
    assert place([jazz, rock, rock], FAMILIES).family == "rock"


def test_a_first_artist_without_genres_leaves_the_place_to_the_others() -> None:
    assert place([(), (genre("rock", 1),)], FAMILIES).lead == "rock"


def test_a_genre_of_several_artists_is_one_genre() -> None:
    placed = place([(genre("bebop", 1), genre("jazz", 1)), (genre("jazz", 1),)], FAMILIES)
    assert placed.genres == ("jazz", "bebop")


def test_of_equal_families_the_one_more_sources_speak_for_wins() -> None:
    artist = (genre("pop", 2, "musicbrainz"), genre("jazz", 2, "musicbrainz", "wikidata"))
    assert place([artist], FAMILIES) == Placement(
        "jazz", "jazz", ("jazz", "pop"), "several", ("musicbrainz", "wikidata")
    )


def test_then_the_fixed_order_decides() -> None:
    assert place([(genre("rock", 1), genre("jazz", 1), genre("house", 1))], FAMILIES).family == "rock"


def test_of_equal_genres_the_name_decides() -> None:
    assert place([(genre("techno", 1), genre("house", 1))], FAMILIES).genres == ("house", "techno")


def test_sources_agree_on_a_family_not_on_a_song() -> None:
    artist = (genre("jazz", 3, "musicbrainz"), genre("bebop", 1, "wikidata"), genre("pop", 1, "lastfm"))
    several = place([artist], FAMILIES)
    assert (several.certainty, several.sources) == ("several", ("musicbrainz", "wikidata"))
    one = place([(genre("jazz", 3, "musicbrainz"), genre("pop", 1, "wikidata"))], FAMILIES)
    assert (one.certainty, one.sources) == ("one", ("musicbrainz",))


scored = st.builds(
    genre, st.sampled_from(NAMES), st.floats(0.01, 20), st.sampled_from(["musicbrainz", "wikidata"])
)
artists = st.lists(st.lists(scored, max_size=4, unique_by=lambda one: one.name).map(tuple), max_size=4)


@settings(deadline=None)
@given(artists)
def test_every_song_has_exactly_one_family_and_a_lead_genre_in_it(
    genres: list[tuple[ScoredGenre, ...]],
) -> None:
    placed = place(genres, FAMILIES)
    names = {one.name for artist in genres for one in artist}
    assert set(placed.genres) == names
    assert len(placed.genres) == len(names)
    if names:
        assert placed.lead == placed.genres[0]
        assert placed.family == FAMILIES.family_of(placed.genres[0])


@settings(deadline=None)
@given(artists)
def test_the_order_of_an_artists_genres_and_of_later_artists_makes_no_difference(
    genres: list[tuple[ScoredGenre, ...]],
) -> None:
    turned = [tuple(reversed(artist)) for artist in genres[:1] + genres[:0:-1]]
    assert place(turned, FAMILIES) == place(genres, FAMILIES)

"""Looking at some songs alone: the parts add up to the library, and every number is of the part."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.genres.artist_models import ArtistGenres, Tag
from app.genres.families import Families
from app.genres.filters import SongFilter
from app.genres.folding import Placement
from app.genres.library import Library, Origin, PlacedSong
from app.genres.library_pages import LibraryPages
from app.genres.links import Links
from app.genres.page_models import GenreQuery, LibraryQuery
from app.genres.placing import Placer, group_of
from app.genres.songs import ArtistRef, Song

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FAMILIES = Families.load()
SURES = ("own", "several", "one", "inferred")
OWN = Placement("jazz", "bebop", ("bebop",), "own", ("you",))
INFERRED = Placement("pop", "city pop", ("city pop",), "inferred", ("neighbours",))

tags = st.builds(
    Tag,
    st.sampled_from(["jazz", "bebop", "indie rock", "deep house", "swedish"]),
    st.integers(1, 30),
    st.sampled_from(["musicbrainz", "wikidata", "lastfm"]),
)
artists = st.dictionaries(st.sampled_from("abcde"), st.lists(tags, max_size=4), max_size=5)
credited = st.lists(st.lists(st.sampled_from("abcdef"), max_size=3), max_size=20)


def library(credited: list[list[str]], said: dict[str, list[Tag]]) -> Library:
    """A library with one song that its person placed, and one that was inferred."""
    placer = Placer(FAMILIES)
    placer.learn([ArtistGenres(one, tuple(tags), NOW) for one, tags in said.items()], {})
    songs = [
        Song(str(number), "", tuple(ArtistRef(one, one) for one in by)) for number, by in enumerate(credited)
    ]
    placed = [PlacedSong(song, placer.place(group_of(song))) for song in songs]
    placed += [PlacedSong(Song(name, name, ()), place) for name, place in (("x", OWN), ("y", INFERRED))]
    return Library(placed, FAMILIES, Origin(scanned_at=NOW, whole=True, waiting=(), sources=placer.sources()))


def pages(one: Library, chosen: SongFilter) -> LibraryPages:
    return LibraryPages(one, Links("https://open.test"), chosen)


@given(credited, artists)
def test_songs_of_every_certainty_add_up_to_the_library(
    credited: list[list[str]], said: dict[str, list[Tag]]
) -> None:
    one = library(credited, said)
    whole = pages(one, SongFilter()).genres_page(LibraryQuery(), None)
    parts = [
        pages(one, query).genres_page(query, None) for query in (LibraryQuery(sure=sure) for sure in SURES)
    ]
    assert sum(part.total for part in parts) + whole.without_genre == whole.total
    for part in parts:
        assert sum(band.count for band in part.families) == part.total == part.filter.shown
        assert part.filter.total == whole.total
    for band in whole.families:
        assert sum(each.count for part in parts for each in part.families if each.id == band.id) == band.count
    counts = {choice.value: choice.count for choice in whole.filter.sures if choice.value}
    assert counts == {sure: part.total for sure, part in zip(SURES, parts, strict=True) if part.total}


@given(credited, artists, st.sampled_from(SURES), st.sampled_from(["musicbrainz", "wikidata", "lastfm"]))
def test_a_choice_says_how_many_songs_it_will_show(
    credited: list[list[str]], said: dict[str, list[Tag]], sure: str, source: str
) -> None:
    one = library(credited, said)
    query = LibraryQuery.model_validate({"sure": sure, "source": source})
    view = pages(one, query).genres_page(query, None).filter
    for choice in view.sures:
        other = LibraryQuery.model_validate({"sure": choice.value, "source": source})
        assert len(one.only(other).songs) == choice.count
    for choice in view.sources:
        other = LibraryQuery.model_validate({"sure": sure, "source": choice.value})
        assert len(one.only(other).songs) == choice.count


SMALL = library(
    [["a"], ["b"], ["a", "b"], ["c"]],
    {
        "a": [
            Tag("bebop", 9, "musicbrainz"),
            Tag("deep house", 9, "musicbrainz"),
            Tag("bebop", 1, "wikidata"),
        ],
        "b": [Tag("deep house", 5, "wikidata")],
    },
)


def test_a_genre_shows_and_counts_the_songs_that_are_left() -> None:
    query = GenreQuery(source="wikidata", sure="one")
    page = pages(SMALL, query).genre_page("deep house", query)
    assert [row.id for row in page.songs] == ["1"]
    assert (page.lead_count, page.second_count, page.total) == (1, 0, 1)
    assert (page.filter.shown, page.filter.total, page.filter.address) == (1, 3, "sure=one&source=wikidata")
    none_left = pages(SMALL, GenreQuery(sure="own")).genre_page("deep house", GenreQuery(sure="own"))
    assert (none_left.songs, none_left.filter.total) == ((), 3)


def test_a_family_counts_its_own_songs_alone() -> None:
    query = LibraryQuery(family="jazz", sure="own")
    page = pages(SMALL, query).genres_page(query, None)
    assert (page.filter.shown, page.filter.total) == (1, 3)
    assert page.family is not None
    assert page.family.count == 1


def test_what_is_there_is_offered_and_what_is_chosen() -> None:
    query = LibraryQuery(source="lastfm")
    view = pages(SMALL, query).genres_page(query, None).filter
    assert [choice.value for choice in view.sources] == [None, "musicbrainz", "wikidata", "lastfm"]
    assert [choice.value for choice in view.sures] == [None]

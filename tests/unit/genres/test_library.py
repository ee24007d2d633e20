"""Every song has one place, and families, lead genres and songs without a genre add up to the library."""

from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.errors import NotFoundError
from app.genres.artist_models import ArtistGenres, Tag
from app.genres.families import Families
from app.genres.library import Library, Match, Origin, PlacedSong
from app.genres.library_pages import LibraryPages
from app.genres.links import Links
from app.genres.page_models import GenreQuery, LibraryQuery, LibrarySort, SelectionForm
from app.genres.placing import Placer, group_of
from app.genres.songs import Album, ArtistRef, Song
from app.genres.tally import Tally

NOW = datetime(2026, 11, 22, tzinfo=UTC)
WORDS = (
    "jazz",
    "bebop",
    "indie rock",
    "folk metal",
    "deep house",
    "seen live",
    "swedish",
    "city pop",
    "xyzzy",
)
FAMILIES = Families.load()

words = st.dictionaries(st.sampled_from(WORDS), st.integers(1, 30), max_size=4)
artists = st.dictionaries(st.sampled_from("abcdef"), words, max_size=5)
credits_ = st.lists(st.sampled_from(["a", "b", "c", "d", "e", "f", None]), max_size=3)


def song(number: int, by: list[str | None]) -> Song:
    return Song(
        id=f"{number:022d}",
        name=f"Song {number:03d}",
        artists=tuple(ArtistRef(id=one, name=f"Artist {one}") for one in by),
        album=Album(name="Album", year=1999),
        added=int(NOW.timestamp()),
    )


def known(tags: dict[str, dict[str, int]]) -> list[ArtistGenres]:
    return [
        ArtistGenres(
            artist_id=one,
            tags=tuple(Tag(name=name, votes=votes, source="musicbrainz") for name, votes in words.items()),
            checked_at=NOW,
        )
        for one, words in tags.items()
    ]


def library(credited: list[list[str | None]], tags: dict[str, dict[str, int]]) -> Library:
    songs = [song(number, by) for number, by in enumerate(credited)]
    placer = Placer(FAMILIES)
    placer.learn(known(tags), {})
    placed = [PlacedSong(one, placer.place(group_of(one))) for one in songs]
    return Library(placed, FAMILIES, Origin(scanned_at=NOW, whole=True, waiting=(), sources=placer.sources()))


@given(st.lists(credits_, max_size=30), artists)
def test_counts_add_up(credited: list[list[str | None]], tags: dict[str, dict[str, int]]) -> None:
    one = library(credited, tags)
    without = len(one.without_genre)
    assert sum(family.count for family in one.families) + without == len(credited)
    for family in one.families:
        assert sum(genre.lead_count for genre in family.genres) == family.count
        assert len(one.select([f"family:{family.family.id}"])) == family.count
    for genre in one.genres.values():
        assert 0 <= genre.lead_count <= genre.count == len(one.of_genre(genre.name))
        assert len(one.of_genre(genre.name, "lead")) == genre.lead_count


@given(st.lists(credits_, max_size=30), artists, st.randoms())
def test_the_live_tally_ends_where_the_library_does(
    credited: list[list[str | None]], tags: dict[str, dict[str, int]], random: Random
) -> None:
    tally = Tally(FAMILIES)
    for number, by in enumerate(credited):
        tally.add([song(number, by)])
        answers = known({name: tags[name] for name in tally.unresolved() if name in tags})
        tally.learn(random.sample(answers, random.randint(0, len(answers))))
    tally.learn(known({name: tags[name] for name in tally.unresolved() if name in tags}))
    one = library(credited, tags)
    counts = {family.family.id: family.count for family in one.families}
    assert {family.id: tally.count(family.id) for family in FAMILIES.all if tally.count(family.id)} == counts
    assert tally.without_genre == len(one.without_genre)


def test_songs_of_one_isrc_are_linked_and_none_is_dropped() -> None:
    songs = [
        replace(song(number, ["a"]), isrc=isrc) for number, isrc in enumerate(["X", None, "X", "Y", "X"])
    ]
    placed = [PlacedSong(one, Placer(FAMILIES).place(("a",))) for one in songs]
    one = Library(placed, FAMILIES, Origin(scanned_at=NOW, whole=True, waiting=(), sources={}))
    assert len(one.songs) == 5
    assert [numbers(one.copies_of(song)) for song in songs] == [[2, 4], [], [0, 4], [], [0, 2]]
    row = LibraryPages(one, Links("https://open.test")).song_row(placed[0])
    assert row.copies == ("Album",)


SMALL = library(
    [["a"], ["b"], ["a", "b"], ["c"], [None], ["b"], ["a"]],
    {"a": {"bebop": 9, "deep house": 3}, "b": {"deep house": 5}, "c": {}},
)


def numbers(songs: tuple[PlacedSong, ...]) -> list[int]:
    return [int(one.song.id or "") for one in songs]


@pytest.mark.parametrize(
    ("include", "match", "expected"),
    [
        (["genre:deep house"], "any", [0, 1, 2, 5, 6]),
        (["deep house"], "lead", [1, 5]),
        (["family:jazz"], "any", [0, 2, 6]),
        (["family:jazz", "genre:deep house"], "lead", [0, 1, 2, 5, 6]),
        (["genre:nothing", "family:rock"], "any", []),
    ],
)
def test_a_selection_is_its_different_songs_newest_first(
    include: list[str], match: Match, expected: list[int]
) -> None:
    assert numbers(SMALL.select(include, match=match)) == expected


def test_what_is_excluded_goes_by_every_genre_of_a_song() -> None:
    assert numbers(SMALL.select(["family:electronic"], exclude=["genre:bebop"])) == [1, 5]
    assert numbers(SMALL.select(["family:jazz"], exclude=["genre:deep house"])) == []


def test_songs_in_several_playlists_are_counted_once_as_repeated() -> None:
    assert SMALL.repeated(["family:jazz", "genre:deep house", "genre:bebop"]) == 3
    assert SMALL.repeated(["family:jazz", "family:jazz"]) == 0
    assert SMALL.repeated(["family:jazz", "genre:deep house"], exclude=["genre:bebop"]) == 0


def test_what_is_excluded_has_an_effect_where_it_takes_songs_out() -> None:
    exclude = ("genre:bebop", "family:rock", "genre:nothing")
    assert SMALL.effective(["family:jazz"], exclude=exclude) == ("genre:bebop",)
    assert SMALL.effective(["family:electronic"], match="lead", exclude=exclude) == ()


def pages() -> LibraryPages:
    return LibraryPages(SMALL, Links("https://open.test"))


def test_the_library_page_shows_families_by_size_and_what_has_no_genre() -> None:
    page = pages().genres_page(LibraryQuery(), None)
    assert [(band.id, band.count, band.size) for band in page.families] == [
        ("jazz", 3, 4),
        ("electronic", 2, 4),
    ]
    assert (page.total, page.without_genre, page.unplaceable) == (7, 2, 1)
    assert page.groups == ()


def test_an_opened_family_shows_its_genres_under_their_parts() -> None:
    page = pages().genres_page(LibraryQuery(family="electronic"), None)
    (group,) = page.groups
    assert (group.name, group.count) == ("House", 2)
    assert [(line.name, line.lead_count, line.count, line.share) for line in group.genres] == [
        ("deep house", 2, 5, 1.0)
    ]


def test_a_search_finds_families_and_genres() -> None:
    page = pages().genres_page(LibraryQuery(q=" BOP"), None)
    assert page.families == ()
    assert [line.name for group in page.groups for line in group.genres] == ["bebop"]
    assert [band.id for band in pages().genres_page(LibraryQuery(q="jaz"), None).families] == ["jazz"]


@pytest.mark.parametrize(
    ("sort", "expected"), [("name", ["electronic", "jazz"]), ("newest", ["jazz", "electronic"])]
)
def test_families_are_sorted_as_asked(sort: LibrarySort, expected: list[str]) -> None:
    page = pages().genres_page(LibraryQuery(sort=sort), None)
    assert [band.id for band in page.families] == expected


def test_a_genre_page_has_its_songs_with_links() -> None:
    page = pages().genre_page("deep house", GenreQuery(match="lead", sort="name"))
    assert [row.name for row in page.songs] == ["Song 001", "Song 005"]
    assert (page.lead_count, page.second_count, page.next_offset) == (2, 3, None)
    assert page.songs[0].url == f"https://open.test/track/{1:022d}"
    assert page.songs[0].sources == ("MusicBrainz",)


def test_a_song_names_the_sources_that_speak_of_its_own_artists() -> None:
    one, other = song(0, ["a"]), song(1, ["b"])
    placer = Placer(FAMILIES)
    placer.learn(
        [
            ArtistGenres(name, (Tag("bebop", 1, by),), NOW)
            for name, by in (("a", "musicbrainz"), ("b", "wikidata"))
        ],
        {},
    )
    placed = [PlacedSong(each, placer.place(group_of(each))) for each in (one, other)]
    origin = Origin(scanned_at=NOW, whole=True, waiting=(), sources=placer.sources())
    rows = LibraryPages(Library(placed, FAMILIES, origin), Links("https://open.test"))
    assert [rows.song_row(each).sources for each in placed] == [("MusicBrainz",), ("Wikidata",)]


def test_a_long_genre_comes_in_pages() -> None:
    long = LibraryPages(library([["a"]] * 1001, {"a": {"jazz": 1}}), Links("https://open.test"))
    first = long.genre_page("jazz", GenreQuery())
    assert (len(first.songs), first.next_offset) == (200, 200)
    last = long.genre_page("jazz", GenreQuery(offset=1000))
    assert (len(last.songs), last.next_offset) == (1, None)


def test_a_selection_in_one_playlist_repeats_nothing() -> None:
    chosen = ("family:jazz", "genre:deep house", "family:jazz")
    each = pages().selection(SelectionForm(select=chosen))
    assert (each.chosen, each.songs, each.repeated) == (2, 5, 3)
    assert pages().selection(SelectionForm(select=chosen, together="one")).repeated == 0


def test_a_selection_is_counted_without_what_is_left_out() -> None:
    form = SelectionForm(select=("genre:deep house", "family:jazz"), exclude=("genre:bebop", "family:jazz"))
    counted = pages().selection(form)
    assert (counted.chosen, counted.songs, counted.repeated) == (1, 2, 0)
    assert [(value, label.name) for value, label in counted.without] == [
        ("genre:bebop", "bebop"),
        ("family:jazz", "Jazz"),
    ]
    assert counted.effective == form.exclude
    assert pages().selection(SelectionForm(select=("family:jazz",), exclude=("polka",))).effective == ()


def test_a_genre_that_no_song_has_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        pages().genre_page("fado", GenreQuery())


@pytest.mark.parametrize("odd", ["../x", "javascript:alert(1)", ""])
def test_links_are_made_of_ids_alone(odd: str) -> None:
    assert Links("https://open.test").artist(odd) is None

"""What a correction would settle, and in which order what has no genre is worked through."""

from app.genres.folding import Placement
from app.genres.library import Library, Origin, PlacedSong
from app.genres.links import Links
from app.genres.personal.correction_page_models import CorrectPage, CorrectQuery, NoneQuery
from app.genres.personal.correction_pages import CorrectionPages
from app.genres.personal.queue import unsettled
from app.genres.songs import ArtistRef, Song
from tests.unit.genres.test_library import FAMILIES, NOW, song
from tests.unit.genres.test_own_genres import corrections

CITY_POP = Placement("pop", "city pop", ("city pop",), "one", ("musicbrainz",))
OWN = Placement("reggae", "dub", ("dub",), "own", ("you",))
LOCAL = Song(
    id=None,
    name="Demo",
    artists=(ArtistRef(None, "Me"),),
    is_local=True,
    address="spotify:local:Me::Demo:180",
)


def library(placed: list[tuple[Song, Placement]], **said: tuple[str, ...]) -> Library:
    origin = Origin(
        scanned_at=NOW,
        whole=True,
        waiting=(),
        sources={},
        corrections=corrections({target.replace("_", ":", 1): genres for target, genres in said.items()}),
    )
    return Library([PlacedSong(*pair) for pair in placed], FAMILIES, origin)


def pages(placed: list[tuple[Song, Placement]], **said: tuple[str, ...]) -> CorrectionPages:
    return CorrectionPages(library(placed, **said), Links("https://open.test"))


NONE = Placement()
MIXED = [
    (song(1, ["b"]), NONE),
    (song(2, ["a", "b"]), NONE),
    (song(3, ["b", "a"]), NONE),
    (LOCAL, NONE),
    (song(4, ["c"]), CITY_POP),
    (song(5, ["c", "a"]), CITY_POP),
]


def test_artists_come_first_by_their_songs_then_songs_without_an_artist() -> None:
    queue = unsettled(library(MIXED))
    assert [(one.target.label, len(one.songs)) for one in queue] == [
        ("Artist b", 3),
        ("Artist a", 2),
        ("Demo", 1),
    ]


def test_the_first_is_open_with_its_songs_and_the_local_file_is_told() -> None:
    page = pages(MIXED).none_page(NoneQuery())
    assert page.open
    assert (page.open.label, [one.id[-1] for one in page.open.songs]) == ("Artist b", ["1", "2", "3"])
    assert (page.total, page.alone, page.first, page.first_settle) == (4, 1, 2, 3)
    local = pages(MIXED).none_page(NoneQuery(at=2)).open
    assert local
    assert (local.label, local.is_artist, local.url) == ("Demo", False, None)


def test_more_songs_than_fit_are_counted() -> None:
    many = [(song(n, ["a"]), NONE) for n in range(30)]
    page = pages(many).none_page(NoneQuery())
    assert page.open
    assert (len(page.open.songs), page.open.more) == (20, 10)


def correct(one: Song, **said: tuple[str, ...]) -> CorrectPage:
    return pages(MIXED, **said).correct_page(CorrectQuery(song=one.key), back="/genres")


def test_each_artist_of_a_song_is_offered_with_the_songs_it_would_settle() -> None:
    page = correct(MIXED[5][0])
    assert [(one.label, one.songs) for one in page.choices] == [
        ("Artist c", 2),
        ("Artist a", 2),  # the two that have no genre; the third stands where Artist c does
        ("Song 005", 1),
    ]
    assert page.chosen == "artist:c"
    assert [(one.tile.name, one.songs) for one in page.standings] == [("city pop", 1)]


def test_a_local_file_is_corrected_by_itself() -> None:
    page = correct(LOCAL)
    assert [(one.target, one.songs) for one in page.choices] == [(f"song:{LOCAL.key}", 1)]


def test_what_was_said_already_is_looked_at_again() -> None:
    one = MIXED[5][0]
    page = correct(one, artist_c=("dub",), **{f"song_{one.key}": ("jazz", "dub")})
    assert (page.chosen, page.field.typed) == (f"song:{one.key}", "jazz, dub")
    assert [said.target for said in page.said] == ["artist:c", f"song:{one.key}"]
    assert next(one.songs for one in page.choices if one.target == "artist:c") == 1


def test_a_song_is_settled_by_one_correction_its_own_before_its_artists() -> None:
    placed = [(song(1, ["a"]), OWN), (song(2, ["b", "a"]), OWN), (song(3, ["a"]), CITY_POP)]
    page = pages(placed, artist_a=("dub",), artist_b=("dub",), **{f"song_{placed[0][0].key}": ("dub",)})
    assert {one.target: one.songs for one in page.list_page().said} == {
        "artist:a": 0,
        "artist:b": 1,
        f"song:{placed[0][0].key}": 1,
    }


def test_genres_are_completed_from_those_on_most_songs() -> None:
    assert pages(MIXED).none_page(NoneQuery()).field.genres == ("city pop",)

"""Who knows how much of a library, counted while it is sorted."""

from datetime import UTC, datetime

from app.genres.artist_models import ArtistGenres, Tag
from app.genres.families import Families
from app.genres.library import Library, Origin, PlacedSong
from app.genres.personal.corrections import Correction, Corrections
from app.genres.placing import Placer, group_of
from app.genres.shares import count_shares
from app.genres.songs import ArtistRef, Song
from app.genres.sources_page import SourceRow, sources_page

FAMILIES = Families.load()
MONDAY, FRIDAY = datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
JAZZ, ROCK, NOISE = (
    Tag(*tag) for tag in (("jazz", 3, "musicbrainz"), ("rock", 1, "wikidata"), ("live", 9, "lastfm"))
)
KNOWN = [
    ArtistGenres("both", (JAZZ, ROCK), FRIDAY, (("musicbrainz", MONDAY), ("wikidata", FRIDAY))),
    ArtistGenres("one", (JAZZ,), FRIDAY, (("musicbrainz", FRIDAY),)),
    ArtistGenres("near", (), FRIDAY, (("wikidata", FRIDAY),)),
    ArtistGenres("noise", (NOISE,), FRIDAY, (("lastfm", FRIDAY),)),
    ArtistGenres("nobody", (), FRIDAY, ()),
]
ARTISTS = ("both", "one", "near", "noise", "nobody", "mine", "waiting")
CORRECTED = Corrections().plus("artist:mine", Correction(genres=("fado",), label="", made_at=MONDAY))


def library() -> Library:
    credited = [("one", "near"), ("one", "near"), *((one,) for one in ARTISTS)]
    songs = [Song(str(n), str(n), tuple(ArtistRef(one, one) for one in by)) for n, by in enumerate(credited)]
    placer = Placer(FAMILIES, CORRECTED)
    placer.learn(KNOWN, {})
    placer.infer(songs, {})
    origin = Origin(
        scanned_at=FRIDAY,
        whole=True,
        waiting=("mine", "waiting"),
        sources=placer.sources(),
        shares=count_shares(ARTISTS, KNOWN, placer),
    )
    return Library([PlacedSong(song, placer.place(group_of(song))) for song in songs], FAMILIES, origin)


def test_artists_and_songs_are_counted_by_who_speaks_for_them() -> None:
    page = sources_page(library())
    assert [(row.source, row.artists, row.songs) for row in page.rows] == [
        ("musicbrainz", 2, 4),
        ("wikidata", 1, 0),
        ("lastfm", 0, 0),
        ("several", 1, 0),
        ("neighbours", 1, 1),
        ("you", 1, 1),
    ]
    assert page.rows[0] == SourceRow("musicbrainz", "MusicBrainz", 2, 2 / 7, 4, 4 / 9, (MONDAY, FRIDAY))


def test_artists_of_whom_nothing_is_known_are_told_from_those_who_wait() -> None:
    page = sources_page(library())
    assert (page.artists, page.songs) == (7, 9)
    assert (page.unknown, page.waiting, page.without_genre) == (2, 2, 3)


def test_an_empty_library_has_no_shares() -> None:
    origin = Origin(scanned_at=FRIDAY, whole=True, waiting=(), sources={})
    assert sources_page(Library([], FAMILIES, origin)).rows == ()

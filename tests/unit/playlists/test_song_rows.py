"""Songs of playlists as pages show them."""

from datetime import UTC, datetime

from app.genres.families import Families
from app.genres.library import Library, Origin, PlacedSong
from app.genres.placing import Placer, group_of
from app.genres.songs import Album, ArtistRef, Song
from app.playlists.song_rows import SongRows

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_songs_that_are_not_in_the_library_have_a_link_and_no_name() -> None:
    song = Song(
        id="a" * 22,
        name="Here",
        artists=(ArtistRef(id="b" * 22, name="Somebody"),),
        album=Album(name="Album", year=1999),
        added=int(NOW.timestamp()),
    )
    families = Families.load()
    placer = Placer(families)
    origin = Origin(scanned_at=NOW, whole=True, waiting=(), sources={})
    library = Library([PlacedSong(song, placer.place(group_of(song)))], families, origin)
    uris = [f"spotify:track:{letter * 22}" for letter in "xa"] + ["spotify:local:a:b:c:1", ""]
    rows = SongRows(library, "https://open.test").of(uris)
    assert [(row.name, row.url) for row in rows] == [
        ("", f"https://open.test/track/{'x' * 22}"),
        ("Here", f"https://open.test/track/{'a' * 22}"),
        ("", None),
        ("", None),
    ]

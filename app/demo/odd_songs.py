"""Every oddity that a list of liked songs may have, one row each, seen at Spotify until 2026."""

import zlib
from datetime import UTC, datetime, timedelta
from functools import cache

from app.demo.models import DemoArtist, DemoEpisode, DemoLibrary, DemoTrack
from app.demo.people import seeded_id

NEWEST = datetime(2026, 11, 20, 19, 30, tzinfo=UTC)
ARTISTS = (
    DemoArtist(seeded_id("odd:band"), "Odd & Even", ("art rock", "chamber pop")),
    DemoArtist(seeded_id("odd:unheard"), "Nobody's Genre", ()),
    DemoArtist(seeded_id("odd:arabic"), "فرقة القمر", ("dabke",)),
    DemoArtist(seeded_id("odd:nameless"), "Various Artists", (), nameless=True),
    DemoArtist(seeded_id("odd:blank"), "", ()),
    DemoArtist(seeded_id("odd:tape"), "My Own Band", ()),
)
BAND, UNHEARD, ARABIC, NAMELESS, BLANK, TAPE = (artist.id for artist in ARTISTS)
EPISODES = (
    DemoEpisode(
        id=seeded_id("odd:episode"),
        name="Why there are podcasts in playlists",
        show="Neither Song nor Artist",
        show_id=seeded_id("odd:show"),
        release_date="2026-09-30",
        duration_ms=2_710_000,
    ),
)


@cache
def odd_library() -> DemoLibrary:
    """Return the rows, newest first; those that have no id cannot be liked again."""
    rows = (
        _row("A place where a song was", lost=True),
        _row("Local tape", id=None, artists=(TAPE,), album="Rehearsal: take 1", album_id="", release_date="",
             isrc=None, is_local=True),
        _row("Local without an artist", id=None, artists=(), album="", album_id="", release_date="",
             isrc=None, is_local=True),
        _row("By nobody with an id", artists=(NAMELESS,)),
        _row("By somebody and nobody", artists=(BAND, NAMELESS)),
        _row("By an artist without a name", artists=(BLANK,)),
        _row("By nobody at all", artists=()),
        _row("Not to be played here", playable=False),
        _row("Without a recording code", isrc=None),
        _row("Twice on records", isrc="GBODD2600001"),
        _row("Twice on records", "again", album="Odd Singles", album_id=seeded_id("odd:singles"),
             isrc="GBODD2600001"),
        _row("Saved under an id that is gone", "relinked"),
        _row("From a year without a day", release_date="1971"),
        _row("From a month without a day", release_date="1971-05"),
        _row("From no year at all", release_date="0000"),
        _row("<b>Bold</b> & \"quoted\" 'titles' / \N{RIGHT-TO-LEFT MARK}\N{COLLISION SYMBOL}"),
        _row("ليلة على الميناء", artists=(ARABIC,)),
        _row(" "),
        _row("Seven seconds", duration_ms=0),
        _row(f"The title that {'never ' * 60}ends"),
        _row("Of no known genre", artists=(UNHEARD,)),
    )  # fmt: skip
    songs = (_liked(row, NEWEST - timedelta(days=place // 2)) for place, row in enumerate(rows))
    return DemoLibrary(tuple(songs), {artist.id: artist for artist in ARTISTS})


def _row(name: str, variant: str = "", **fields: object) -> dict[str, object]:
    known = {
        "id": seeded_id(f"odd:{name}:{variant}"),
        "name": name,
        "artists": (BAND,),
        "album": "Odds",
        "album_id": seeded_id("odd:album"),
        "release_date": "2026-02-06",
        "duration_ms": 187_000,
        "isrc": f"GBODD26{zlib.crc32(name.encode()) % 100_000:05}",
    }
    return known | fields


def _liked(row: dict[str, object], added_at: datetime) -> DemoTrack:
    return DemoTrack(added_at=added_at, **row)  # type: ignore[arg-type]

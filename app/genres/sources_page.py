"""What the page says of where a library's genres come from. Shares go from 0 to 1."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from app.genres.library import Library
from app.genres.sources.names import SOURCE_NAMES


@dataclass(frozen=True, slots=True)
class SourceRow:
    """What one source knows of a library; `asked` is when the first and the last answer was given.

    `name` is empty for `several`, `neighbours` and `you`.
    """

    source: str
    name: str
    artists: int
    artists_share: float
    songs: int
    songs_share: float
    asked: tuple[datetime, datetime] | None


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """Where the genres of a library come from.

    Attributes:
        unknown: artists of whom nobody knows a genre.
        waiting: artists of whom the sources have not answered yet.
        without_genre: songs by such artists alone.
    """

    artists: int
    songs: int
    rows: tuple[SourceRow, ...]
    unknown: int
    waiting: int
    without_genre: int


def sources_page(library: Library) -> SourcesPage:
    """Count a library by source."""
    shares, total = library.origin.shares, len(library.songs)
    places = [placed.placement for placed in library.songs]
    songs = Counter(source for place in places for source in place.sources)
    songs["several"] = sum(place.certainty == "several" for place in places)
    artists = Counter({**shares.by_source, "several": shares.several})
    rows = (
        SourceRow(
            source=source,
            name=SOURCE_NAMES.get(source, ""),
            artists=artists[source],
            artists_share=_share(artists[source], shares.artists),
            songs=songs[source],
            songs_share=_share(songs[source], total),
            asked=shares.asked.get(source),
        )
        for source in (*SOURCE_NAMES, "several", "neighbours", "you")
    )
    return SourcesPage(
        artists=shares.artists,
        songs=total,
        rows=tuple(row for row in rows if row.artists or row.songs or row.asked),
        unknown=shares.unknown,
        waiting=len(library.origin.waiting),
        without_genre=len(library.without_genre),
    )


def _share(count: int, of: int) -> float:
    return count / of if of else 0.0

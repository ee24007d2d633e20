"""What one person likes: rows that were there from the start, and what was liked and unliked since."""

from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

from app.demo.catalogue import TRACK, Catalogue
from app.demo.generated import music
from app.demo.generated.numbers import ref_of_id
from app.demo.models import DemoTrack
from app.demo.records import Liked, LikeEdits

FIRST_LIKE, LAST_LIKE = datetime(2012, 3, 1, tzinfo=UTC), datetime(2026, 11, 18, 21, tzinfo=UTC)
# Whoever likes an album likes its songs within one second.
LIKED_AT_ONCE = 2


class Rows(Protocol):
    """Liked songs, newest first, that never change."""

    def __len__(self) -> int: ...

    def at(self, row: int) -> DemoTrack:
        """Return the song in a row."""

    def row_of(self, uri: str) -> int | None:
        """Return the row that a song is in, or None."""


class ListedRows:
    """The songs of a library that was loaded."""

    def __init__(self, tracks: Sequence[DemoTrack], catalogue: Catalogue) -> None:
        self._tracks = tracks
        self._rows = {catalogue.uri(track): row for row, track in enumerate(tracks) if not track.lost}

    def __len__(self) -> int:
        return len(self._tracks)

    def at(self, row: int) -> DemoTrack:
        """Return the song in a row."""
        return self._tracks[row]

    def row_of(self, uri: str) -> int | None:
        """Return the row that a song is in, or None."""
        return self._rows.get(uri)


class GeneratedRows:
    """The first `size` songs of a generated library, the last of them on top."""

    def __init__(self, seed: int, size: int) -> None:
        self._seed, self._size = seed, size
        self._pause = (LAST_LIKE - FIRST_LIKE) / max(1, size)

    def __len__(self) -> int:
        return self._size

    def at(self, row: int) -> DemoTrack:
        """Return the song in a row."""
        at = LAST_LIKE - self._pause * (row // LIKED_AT_ONCE * LIKED_AT_ONCE)
        return music.song(self._seed, self._size - 1 - row, at - timedelta(microseconds=at.microsecond))

    def row_of(self, uri: str) -> int | None:
        """Return the row that a song is in, or None."""
        ref = ref_of_id(uri.removeprefix(TRACK))
        is_here = ref and ref.kind == "track" and ref.seed == self._seed and ref.number < self._size
        return self._size - 1 - ref.number if ref and is_here else None


class StackedRows:
    """One list on top of another."""

    def __init__(self, upper: Rows, lower: Rows) -> None:
        self._upper, self._lower = upper, lower

    def __len__(self) -> int:
        return len(self._upper) + len(self._lower)

    def at(self, row: int) -> DemoTrack:
        """Return the song in a row."""
        above = len(self._upper)
        return self._upper.at(row) if row < above else self._lower.at(row - above)

    def row_of(self, uri: str) -> int | None:
        """Return the row that a song is in, or None."""
        if (row := self._upper.row_of(uri)) is not None:
            return row
        row = self._lower.row_of(uri)
        return None if row is None else row + len(self._upper)


class Likes:
    """A person's liked songs, newest first.

    Attributes:
        fresh: so many of them were in nobody's list before.
    """

    def __init__(self, rows: Rows, catalogue: Catalogue, edits: LikeEdits) -> None:
        self._rows, self._catalogue = rows, catalogue
        self._top = list(edits.liked)
        self._gone = [row for row in edits.unliked if row < len(rows)]
        self.fresh = edits.fresh

    def __len__(self) -> int:
        return len(self._top) + len(self._rows) - len(self._gone)

    def __contains__(self, uri: str) -> bool:
        row = self._rows.row_of(uri)
        return (row is not None and row not in self._gone) or any(one.uri == uri for one in self._top)

    @property
    def edits(self) -> LikeEdits:
        """What has changed since the start."""
        return LikeEdits(liked=tuple(self._top), unliked=tuple(self._gone), fresh=self.fresh)

    def slice(self, start: int, stop: int) -> list[DemoTrack]:
        """Return the songs in places `start` to `stop` - 1, as far as there are any."""
        return list(self._places(start, min(stop, len(self))))

    def like(self, uris: Sequence[str], now: datetime) -> None:
        """Put songs on top, the first of them topmost."""
        self.unlike(uris)
        self._top[:0] = [Liked(uri=uri, added_at=now.replace(microsecond=0)) for uri in uris]

    def unlike(self, uris: Sequence[str]) -> None:
        """Take songs out."""
        gone = frozenset(uris)
        self._top = [one for one in self._top if one.uri not in gone]
        for uri in gone:
            row = self._rows.row_of(uri)
            if row is not None and row not in self._gone:
                insort(self._gone, row)

    def _places(self, start: int, stop: int) -> Iterator[DemoTrack]:
        for one in self._top[start:stop]:
            # A song of a library that is no longer loaded is lost.
            track = self._catalogue.find_track(one.uri) or self._catalogue.lost
            yield replace(track, added_at=one.added_at)
        above = len(self._top)
        for place in range(max(0, start - above), stop - above):
            yield self._rows.at(self._row_at(place))

    def _row_at(self, place: int) -> int:
        """The row of the start that is now at `place` below what was liked since."""
        row = place
        while (lower := place + bisect_right(self._gone, row)) != row:
            row = lower
        return row

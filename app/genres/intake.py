"""Taking songs in: each once, in order, with a count of what was left out and why."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from app.genres.models import ArtistRef, Skip, SkippedRows, Song, SongChunk
from app.spotify.models import Image, SavedTrack, Track
from app.spotify.paging import Page

CHUNK_SONGS = 500
SMALLEST_COVER = 64


class Intake:
    """Gathers the songs of one library into chunks.

    Attributes:
        chunks: numbers of the chunks so far, in reading order.
    """

    def __init__(self) -> None:
        self.chunks: list[int] = []
        self._keys: set[str] = set()
        self._skipped: Counter[Skip] = Counter()
        self._gone: set[datetime] = set()
        self._open: list[Song] = []
        self._changed: dict[int, list[Song]] = {}

    def __len__(self) -> int:
        """How many different songs there are."""
        return len(self._keys)

    def restore(self, chunks: Iterable[int], skipped: Iterable[SkippedRows]) -> None:
        """Go on behind chunks that are kept already; what comes next starts a new one."""
        self.chunks = list(chunks)
        self._skipped = Counter({rows.reason: rows.count for rows in skipped})

    def know(self, songs: Iterable[Song]) -> None:
        """Remember songs that are in the chunks already."""
        self._keys.update(song.key for song in songs)

    @property
    def skipped(self) -> tuple[SkippedRows, ...]:
        """What was left out."""
        return tuple(SkippedRows(reason=reason, count=n) for reason, n in self._skipped.items() if n)

    def take(self, page: Page[SavedTrack]) -> tuple[Song, ...]:
        """Take the songs of a page that are not there yet, and return them."""
        self._count_skipped(page)
        songs = self._new_songs(page)
        for song in songs:
            self._append(song)
        return songs

    def take_in_front(self, pages: Sequence[Page[SavedTrack]]) -> tuple[Song, ...]:
        """Take songs that were liked while the others were read: they come first."""
        songs = tuple(song for page in pages for song in self._new_songs(page))
        if songs:
            number = self._next_number()
            self.chunks.insert(0, number)
            self._changed[number] = list(songs)
        return songs

    def knows_any(self, page: Page[SavedTrack]) -> bool:
        """Whether a page of the list reaches down to songs that are there."""
        return any(row.track and to_song(row, row.track).key in self._keys for row in page.items)

    def unsaved(self) -> dict[int, SongChunk]:
        """Return the chunks that have changed since they were last `saved`, by number."""
        return {number: SongChunk(songs=tuple(songs)) for number, songs in self._changed.items()}

    def saved(self) -> None:
        """Take note that what was `unsaved` is durable; nothing may have been taken in between."""
        self._changed.clear()

    def _new_songs(self, page: Page[SavedTrack]) -> tuple[Song, ...]:
        new: dict[str, Song] = {}
        for row in page.items:
            if row.track and row.track.type == "track":
                song = to_song(row, row.track)
                if song.key not in self._keys:
                    new.setdefault(song.key, song)
        self._keys.update(new)
        return tuple(new.values())

    def _count_skipped(self, page: Page[SavedTrack]) -> None:
        """Count rows of no use; all that one without a track is known again by is the time of its like."""
        self._skipped["gone"] += page.skipped
        for row in page.items:
            if row.track is None and (row.added_at is None or row.added_at not in self._gone):
                self._skipped["gone"] += 1
                self._gone.update([row.added_at] if row.added_at else [])
            elif row.track and row.track.type != "track":
                self._skipped["not a song"] += 1

    def _append(self, song: Song) -> None:
        if not self._open or len(self._open) >= CHUNK_SONGS:
            self._open = []
            self.chunks.append(self._next_number())
        self._open.append(song)
        self._changed[self.chunks[-1]] = self._open

    def _next_number(self) -> int:
        return max(self.chunks, default=-1) + 1


def to_song(row: SavedTrack, track: Track) -> Song:
    """Keep of a liked song what this app shows and needs."""
    return Song(
        id=track.id,
        uri=track.uri,
        name=track.name,
        artists=tuple(ArtistRef(id=artist.id, name=artist.name) for artist in track.artists),
        album=track.album.name,
        album_id=track.album.id,
        image=smallest_cover(track.album.images),
        added_at=row.added_at,
        release_year=track.album.release_year,
        duration_ms=track.duration_ms,
        isrc=track.isrc,
        is_local=track.is_local,
        playable=track.playable,
    )


def smallest_cover(images: Sequence[Image]) -> str | None:
    """Return the smallest cover that fills its place; Spotify lists the widest first, some unmeasured."""
    wide_enough = [
        image for image in images if image.url and (image.width or SMALLEST_COVER) >= SMALLEST_COVER
    ]
    return wide_enough[-1].url if wide_enough else None

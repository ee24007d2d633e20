"""Taking entries of one list in: each once, in order, with a count of what is to be said about them."""

from collections import Counter
from collections.abc import Iterable, Sequence

from app.genres.models import Count, SourceIndex
from app.genres.songs import CHUNK_ROWS, Album, ArtistRef, Entry, RowId, Song, SongChunk
from app.spotify.models import Image, PlaylistItem, SavedTrack, Track
from app.spotify.paging import Page

SMALLEST_COVER = 64
GONE = "gone"
"""Key of an entry without a track: all that it is known again by is when it was added."""

Row = SavedTrack | PlaylistItem
Rows = Page[SavedTrack] | Page[PlaylistItem]


class Intake:
    """Gathers the entries of one list into chunks, going on behind those of `part`.

    Attributes:
        part: where they are; right as soon as what is `unsaved` is saved.
    """

    def __init__(self, part: SourceIndex) -> None:
        self.part = part
        self._added: dict[str, int | None] = {}
        self._odd: set[RowId] = set()
        self._open: list[Entry] = []
        self._changed: dict[int, list[Entry]] = {}

    def know(self, entries: Iterable[Entry]) -> None:
        """Remember entries that are in chunks already."""
        for entry in entries:
            if entry.song:
                self._added[entry.key] = entry.added
            else:
                self._odd.add(entry.id)

    def knows(self, entry: Entry) -> bool:
        """Whether this very entry is there."""
        if entry.id in self._odd:
            return True
        return entry.key in self._added and self._added[entry.key] == entry.added

    def know_rows(self, rows: Iterable[RowId]) -> None:
        """The same for entries of which no more is at hand."""
        self._odd.update(rows)

    def take(self, page: Rows) -> tuple[Song, ...]:
        """Take the entries of a page that are not there yet, and return their songs."""
        taken = self.take_entries(self._repeated(entry) for entry in entries_of(page))
        nowhere = [Entry("", None, None, "gone")] * page.skipped
        for entry in nowhere:
            self._append(entry)
        self._note(nowhere)
        return taken

    def take_entries(self, entries: Iterable[Entry]) -> tuple[Song, ...]:
        """Take those of some entries that are not there yet, and return their songs."""
        taken = []
        for entry in entries:
            if not self.knows(entry):
                self.know([entry])
                self._append(entry)
                taken.append(entry)
        self._note(taken)
        return _songs(taken)

    def take_in_front(self, entries: Iterable[Entry]) -> tuple[Song, ...]:
        """Take entries that were added while others were read: they come first, and return their songs."""
        taken = [entry for entry in entries if not self.knows(entry)]
        self.know(taken)
        for start in reversed(range(0, len(taken), CHUNK_ROWS)):
            self._changed[self._new_chunk(first=True)] = taken[start : start + CHUNK_ROWS]
        self._note(taken)
        return _songs(taken)

    def account_for(self, total: int) -> None:
        """Note that Spotify counts `total` entries where this is all that it shows."""
        self.part = self.part.model_copy(update={"unaccounted": total - self.part.rows})

    def unsaved(self) -> dict[int, SongChunk]:
        """Return the chunks that have changed since they were last `saved`, by number."""
        return {number: SongChunk.of(entries) for number, entries in self._changed.items()}

    def saved(self) -> None:
        """Take note that what was `unsaved` is durable; nothing may have been taken in between."""
        self._changed.clear()
        if len(self._open) >= CHUNK_ROWS:
            self._open = []

    def _repeated(self, entry: Entry) -> Entry:
        """Return an entry as one that is no song of its own when its song stands further up."""
        if entry.song is None or self._added.get(entry.key, entry.added) == entry.added:
            return entry
        return Entry(entry.key, entry.added, None, "repeated")

    def _append(self, entry: Entry) -> None:
        if not self._open or len(self._open) >= CHUNK_ROWS:
            self._open = []
            self._new_chunk()
        self._open.append(entry)
        self._changed[self.part.chunks[-1]] = self._open

    def _new_chunk(self, *, first: bool = False) -> int:
        number = self.part.next_chunk
        chunks = (number, *self.part.chunks) if first else (*self.part.chunks, number)
        self.part = self.part.model_copy(update={"chunks": chunks, "next_chunk": number + 1})
        return number

    def _note(self, taken: Sequence[Entry]) -> None:
        counts = remarks_in(self.part)
        counts.update(remarks_of(taken))
        nowhere = any(entry.skip == "repeated" or (entry.skip and entry.added is None) for entry in taken)
        self.part = self.part.model_copy(
            update={
                "rows": self.part.rows + len(taken),
                "counts": counts_of(counts),
                "exact": self.part.exact and not nowhere,
            }
        )


def joined(new: SourceIndex, base: SourceIndex) -> SourceIndex:
    """Return a source whose `new` entries come before those of `base`, both of one generation."""
    counts = remarks_in(base) + remarks_in(new)
    return base.model_copy(
        update={
            "chunks": new.chunks + base.chunks,
            "next_chunk": new.next_chunk,
            "rows": new.rows + base.rows,
            "counts": counts_of(counts),
            "exact": new.exact and base.exact,
        }
    )


def _songs(entries: Iterable[Entry]) -> tuple[Song, ...]:
    return tuple(entry.song for entry in entries if entry.song)


def remarks_of(entries: Iterable[Entry]) -> Counter[str]:
    """Count what is to be said about entries."""
    remarks: Counter[str] = Counter()
    for entry in entries:
        if entry.skip:
            remarks[entry.skip] += 1
        elif entry.song:
            remarks["local"] += entry.song.is_local
            remarks["unplayable"] += not entry.song.playable
    return remarks


def remarks_in(part: SourceIndex) -> Counter[str]:
    """Return what is to be said about the entries of a source."""
    return Counter({str(one.remark): one.count for one in part.counts})


def counts_of(remarks: Counter[str]) -> tuple[Count, ...]:
    """Return counts as they are kept."""
    return tuple(Count.model_validate({"remark": name, "count": n}) for name, n in remarks.items() if n > 0)


def entries_of(page: Rows) -> list[Entry]:
    """Return the readable entries of a page."""
    return [_entry(row) for row in page.items]


def _entry(row: Row) -> Entry:
    added = int(row.added_at.timestamp()) if row.added_at else None
    track = row.track
    if track is None:
        return Entry(GONE, added, None, "gone")
    if track.type != "track":
        return Entry(track.uri or track.id or track.name, added, None, "not a song")
    song = _song(track, added)
    return Entry(song.key, added, song)


def _song(track: Track, added: int | None) -> Song:
    """Keep of a song what this app shows and needs."""
    album = Album(track.album.name, smallest_cover(track.album.images), track.album.release_year)
    return Song(
        id=track.id,
        name=track.name,
        artists=tuple(ArtistRef(artist.id, artist.name) for artist in track.artists),
        album=album,
        added=added,
        isrc=track.isrc,
        is_local=track.is_local,
        playable=track.playable,
        address="" if track.id and track.uri == f"spotify:track:{track.id}" else track.uri,
    )


def smallest_cover(images: Sequence[Image]) -> str | None:
    """Return the smallest cover that fills its place; Spotify lists the widest first, some unmeasured."""
    wide_enough = [
        image for image in images if image.url and (image.width or SMALLEST_COVER) >= SMALLEST_COVER
    ]
    return wide_enough[-1].url if wide_enough else None

"""What is kept of libraries: where their songs are, and how far a scan has come."""

from datetime import datetime
from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict

from app.genres.songs import Skip

SKIPS = frozenset(get_args(Skip))


class Stored(BaseModel):
    """A value of the KV service, handed out from its memory cache and therefore frozen."""

    model_config = ConfigDict(frozen=True)


ScanStatus = Literal["idle", "running", "waiting", "completed", "failed", "cancelled"]
Phase = Literal["songs", "artists", "done"]
Loss = Literal["deleted", "unreadable"]

LIKED = "liked"
PLAYLIST = "playlist:"


class Count(Stored):
    """How many entries of a source a remark is true of.

    Attributes:
        remark: a `Skip`, or `local` and `unplayable`, which songs of the library may be.
    """

    remark: Skip | Literal["local", "unplayable"]
    count: int


class SourceIndex(Stored):
    """Where the songs of one source are: chunks of one generation, in the order of the list.

    Attributes:
        source: `liked` or `playlist:<id>`.
        next_chunk: number of the next chunk of this generation; a number is never used twice.
        rows: entries in the chunks, those that are no songs of the library included.
        unaccounted: entries that Spotify counted and never showed.
        exact: whether each entry's place in the chunks is that in the list.
        snapshot_id: version of the playlist, as seen before it was read.
        counts: what is to be said about its entries.
        read_at: when it was last found to be like this.
    """

    source: str
    name: str
    generation: str
    chunks: tuple[int, ...] = ()
    next_chunk: int = 0
    rows: int = 0
    unaccounted: int = 0
    exact: bool = True
    snapshot_id: str = ""
    counts: tuple[Count, ...] = ()
    read_at: datetime

    @property
    def songs(self) -> int:
        """How many different songs there are."""
        return self.rows - sum(one.count for one in self.counts if one.remark in SKIPS)

    @property
    def total(self) -> int:
        """How many entries Spotify counts when nothing has changed."""
        return self.rows + self.unaccounted


class LostSource(Stored):
    """A source that was asked for and could not be read."""

    source: str
    name: str
    loss: Loss


class LibraryIndex(Stored):
    """Where a person's library is: its sources in their order.

    Attributes:
        generation: names the content; changes whenever a song comes, goes or moves.
        revision: goes up whenever the genres of its artists became known later.
        order: goes up whenever the person's own order of genres has changed.
        stored_at: when all its chunks were in the store for their whole life.
        waiting: artists that no source has answered for yet.
    """

    generation: str
    sources: tuple[SourceIndex, ...] = ()
    scanned_at: datetime
    stored_at: datetime
    revision: int = 0
    order: int = 0
    waiting: int = 0

    def find(self, source: str) -> SourceIndex | None:
        """Return one source's part."""
        return next((one for one in self.sources if one.source == source), None)

    @property
    def chunks(self) -> frozenset[tuple[str, int]]:
        """Every chunk, as generation and number."""
        return frozenset((one.generation, number) for one in self.sources for number in one.chunks)


class LibraryUse(Stored):
    """When a library was last looked at; it is dropped a month later."""

    used_at: datetime


class WantedSource(Stored):
    """A source to read; `expected` entries, as far as is known before."""

    source: str
    name: str
    expected: int = 0


class Reading(Stored):
    """How far the reading of one source is; everything up to `offset` is in the chunks before this is saved.

    Attributes:
        part: what was read so far.
        offset: row of the list that is read next.
        total: length of the list as last seen; None before the first page.
        quiet: whether the list had the same length all the time.
        joins: whether the entries are new ones, to come before those that the library has already.
    """

    part: SourceIndex
    offset: int = 0
    total: int | None = None
    quiet: bool = True
    joins: bool = False


class ScanCursor(Stored):
    """How far a scan has come: enough to go on after a crash, a wait or a stop.

    Attributes:
        scan: names the scan.
        wanted: the sources to read, in the library's order.
        refresh: whether what the library has already is read again.
        background: whether nobody waits for it, so that everybody else goes first.
        done: sources that are read.
        lost: sources that could not be read.
        reading: the source that is being read.
        since: when the library was last read before, None for a first scan.
        started_at: when the scan was asked for.
        resumes_at: when a waiting scan goes on by itself.
        problem: one sentence for a person about why it waits or ended.
        new: songs that the library did not have, and `gone` those that left it.
    """

    scan: str = ""
    status: ScanStatus
    phase: Phase = "songs"
    wanted: tuple[WantedSource, ...] = ()
    refresh: bool = False
    background: bool = False
    done: tuple[SourceIndex, ...] = ()
    lost: tuple[LostSource, ...] = ()
    reading: Reading | None = None
    since: datetime | None = None
    started_at: datetime
    saved_at: datetime
    resumes_at: datetime | None = None
    problem: str | None = None
    new: int = 0
    gone: int = 0
    new_without_genre: int = 0
    artists_resolved: int = 0
    artists_total: int = 0
    genres_found: int = 0

    @property
    def parts(self) -> tuple[SourceIndex, ...]:
        """What is readable so far, for a library that is not whole yet."""
        return (*self.done, self.reading.part) if self.reading else self.done

    @property
    def settled(self) -> frozenset[str]:
        """The sources that need no reading any more."""
        return frozenset([one.source for one in self.done] + [one.source for one in self.lost])


class OpenScan(Stored):
    """Says that a person's scan runs or waits, or what goes on behind it, so that a restart goes on with it.

    Attributes:
        since: when it was asked for.
    """

    since: datetime


def playlist_of(source: str) -> str | None:
    """Return the id of the playlist that a source is."""
    return source.removeprefix(PLAYLIST) if source.startswith(PLAYLIST) else None

"""What is kept: what sources say about artists, where a library is, and how far a scan has come."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Literal, NamedTuple, get_args

from pydantic import BaseModel, ConfigDict, Field

from app.genres.songs import Skip
from app.kv.keyspace import FrozenMapping

SKIPS = frozenset(get_args(Skip))

MUSICBRAINZ = "musicbrainz"
STALE_TTL = timedelta(days=30)
"""For so long after its end an answer is still served while it is asked for again."""


class Tag(NamedTuple):
    """One word a source gives an artist, raw: folding happens on read."""

    name: str
    votes: int
    source: str


class ArtistGenres(NamedTuple):
    """Everything the sources said about one artist; no tags means that they were asked and know none.

    Attributes:
        checked_at: when the latest of them said it.
        asked: when each of them did.
    """

    artist_id: str
    tags: tuple[Tag, ...]
    checked_at: datetime
    asked: tuple[tuple[str, datetime], ...] = ()


class Stored(BaseModel):
    """A value of the KV service, handed out from its memory cache and therefore frozen."""

    model_config = ConfigDict(frozen=True)


class Said(NamedTuple):
    """What one source said of an artist, and until when that need not be asked again.

    Written as a list of four. No tags means that the source was asked and knows none, or that it is one that
    tells no genres.

    Attributes:
        tags: each as its votes and the word, with a space between.
        checked_at: when the source said so, in seconds since 1970, as is `until`.
    """

    source: str
    checked_at: int
    until: int
    tags: tuple[str, ...] = ()


class ArtistRecord(NamedTuple):
    """What is kept of one artist, each part for as long as it is good, and for a while after that.

    Written as a list, and read in a third of the time that an object with names takes: a field may be added
    at the end, with a default. The first five were all there was when MusicBrainz was the only source, and
    are about it still. Times are in seconds since 1970.

    Attributes:
        mbid: the MusicBrainz artist, None where MusicBrainz has no link to it; known until `mbid_until`.
        tags: each as its source, its votes and the word, with a space between; known until `tags_until`.
        others: what the other sources said, one entry a source.
    """

    mbid: str | None = None
    mbid_until: int = 0
    tags: tuple[str, ...] = ()
    checked_at: int = 0
    tags_until: int = 0
    others: tuple[Said, ...] = ()

    @property
    def said(self) -> tuple[Said, ...]:
        """What every source said, MusicBrainz first."""
        if not self.tags_until:
            return self.others
        tags = tuple(tag.partition(" ")[2] for tag in self.tags)
        return (Said(MUSICBRAINZ, self.checked_at, self.tags_until, tags), *self.others)

    @property
    def ends_at(self) -> int:
        """When the last part is not good any more."""
        return max(self.mbid_until, self.tags_until, *(one.until for one in self.others), 0)

    def of(self, source: str) -> Said | None:
        """Return what a source said, good or not."""
        return next((one for one in self.said if one.source == source), None)

    def saying(self, said: Said) -> "ArtistRecord":
        """Return the record with what a source said last."""
        if said.source == MUSICBRAINZ:
            tags = tuple(f"{MUSICBRAINZ} {tag}" for tag in said.tags)
            return self._replace(tags=tags, checked_at=said.checked_at, tags_until=said.until)
        others = tuple(one for one in self.others if one.source != said.source)
        return self._replace(others=(*others, said))

    def plus(self, newer: "ArtistRecord", now: float) -> "ArtistRecord":
        """Return the record with what is known in a newer one.

        That MusicBrainz has no link says nothing against an id that somebody else knows.
        """
        record = self
        if newer.mbid_until and (newer.mbid or not (self.mbid and self.mbid_until > now)):
            record = record._replace(mbid=newer.mbid, mbid_until=newer.mbid_until)
        for said in newer.said:
            record = record.saying(said)
        return record

    def genres(self, artist_id: str) -> ArtistGenres:
        """Return what sources said, also what should be asked again."""
        tags = (
            Tag(word, int(votes), said.source)
            for said in self.said
            for votes, _, word in (tag.partition(" ") for tag in said.tags)
        )
        checked_at = max((said.checked_at for said in self.said), default=0)
        dates = tuple((said.source, datetime.fromtimestamp(said.checked_at, UTC)) for said in self.said)
        return ArtistGenres(artist_id, tuple(tags), datetime.fromtimestamp(checked_at, UTC), dates)


class ArtistShard(Stored):
    """The records of a fixed part of all artists, by Spotify's artist id."""

    artists: FrozenMapping[str, ArtistRecord] = Field(default_factory=dict, validate_default=True)

    @property
    def ends_at(self) -> datetime:
        """When nothing in it is good any more."""
        return datetime.fromtimestamp(max(record.ends_at for record in self.artists.values()), UTC)

    def plus(self, records: Mapping[str, ArtistRecord], now: datetime) -> "ArtistShard":
        """Return the shard with newer records, and without those that are of no use any more."""
        seconds = now.timestamp()
        oldest = seconds - STALE_TTL.total_seconds()
        artists = {one: record for one, record in self.artists.items() if record.ends_at > oldest}
        for artist_id, newer in records.items():
            artists[artist_id] = artists.get(artist_id, ArtistRecord()).plus(newer, seconds)
        return self.model_copy(update={"artists": MappingProxyType(artists)})


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
        stored_at: when all its chunks were in the store for their whole life.
        waiting: artists that no source has answered for yet.
    """

    generation: str
    sources: tuple[SourceIndex, ...] = ()
    scanned_at: datetime
    stored_at: datetime
    revision: int = 0
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
    """Says that a person's scan runs or waits, so that a start after a crash goes on with it.

    Attributes:
        since: when it was asked for.
    """

    since: datetime


def playlist_of(source: str) -> str | None:
    """Return the id of the playlist that a source is."""
    return source.removeprefix(PLAYLIST) if source.startswith(PLAYLIST) else None

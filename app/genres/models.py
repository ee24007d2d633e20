"""The values of the genres feature: songs as they are kept, and what sources say about artists."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Literal, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field
from pydantic.dataclasses import dataclass

from app.kv.keyspace import FrozenMapping

ScanStatus = Literal["idle", "running", "waiting", "completed", "failed", "cancelled"]
Phase = Literal["songs", "artists", "done"]
Skip = Literal["gone", "not a song"]


class Tag(NamedTuple):
    """One word a source gives an artist, raw: folding happens on read."""

    name: str
    votes: int
    source: str


class ArtistGenres(NamedTuple):
    """Everything the sources said about one artist; no tags means that they were asked and know none."""

    artist_id: str
    tags: tuple[Tag, ...]
    checked_at: datetime


# Slotted dataclasses take a third of the memory of models, and libraries hold tens of thousands of songs.
@dataclass(frozen=True, slots=True)
class ArtistRef:
    """An artist as a song names it; local files and a few odd rows carry no id."""

    id: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Song:
    """One song of a person's library, with what Spotify said about it when it was read.

    `added_at` is aware UTC; `image` is the address of the smallest cover that fits.
    """

    id: str | None
    uri: str
    name: str
    artists: tuple[ArtistRef, ...]
    album: str
    album_id: str | None
    image: str | None
    added_at: datetime | None
    release_year: int | None
    duration_ms: int
    isrc: str | None
    is_local: bool
    playable: bool

    @property
    def key(self) -> str:
        """What makes it the same song again: its id, else its address, else what it is called."""
        return self.id or self.uri or "/".join((self.name, *(artist.name for artist in self.artists)))


class Stored(BaseModel):
    """A value of the KV service, handed out from its memory cache and therefore frozen."""

    model_config = ConfigDict(frozen=True)


class ArtistRecord(NamedTuple):
    """What is kept of one artist, each part for as long as it is good.

    Written as a list of five, and read in a third of the time that an object with names takes: a field may be
    added at the end, with a default. Times are in seconds since 1970.

    Attributes:
        mbid: the MusicBrainz artist, None where MusicBrainz has no link to it; known until `mbid_until`.
        tags: each as its source, its votes and the word, with a space between; known until `tags_until`.
    """

    mbid: str | None = None
    mbid_until: int = 0
    tags: tuple[str, ...] = ()
    checked_at: int = 0
    tags_until: int = 0

    @classmethod
    def of(cls, genres: ArtistGenres, *, until: int) -> Self:
        """Return a record of genres alone."""
        tags = tuple(f"{tag.source} {tag.votes} {tag.name}" for tag in genres.tags)
        return cls(tags=tags, checked_at=int(genres.checked_at.timestamp()), tags_until=until)

    def plus(self, newer: "ArtistRecord") -> "ArtistRecord":
        """Return the record with what is known in a newer one."""
        mbid = newer if newer.mbid_until else self
        tags = newer if newer.tags_until else self
        return ArtistRecord(mbid.mbid, mbid.mbid_until, tags.tags, tags.checked_at, tags.tags_until)

    def genres(self, artist_id: str) -> ArtistGenres:
        """Return what sources said."""
        parts = (tag.split(" ", 2) for tag in self.tags)
        tags = tuple(Tag(name, int(votes), source) for source, votes, name in parts)
        return ArtistGenres(artist_id, tags, datetime.fromtimestamp(self.checked_at, UTC))


class ArtistShard(Stored):
    """The records of a fixed part of all artists, by Spotify's artist id."""

    artists: FrozenMapping[str, ArtistRecord] = Field(default_factory=dict, validate_default=True)

    @property
    def ends_at(self) -> datetime:
        """When nothing in it is good any more."""
        ends = (max(record.mbid_until, record.tags_until) for record in self.artists.values())
        return datetime.fromtimestamp(max(ends), UTC)

    def plus(self, records: Mapping[str, ArtistRecord], now: datetime) -> "ArtistShard":
        """Return the shard with newer records, and without those of which nothing is good any more."""
        seconds = now.timestamp()
        artists = {
            artist_id: record
            for artist_id, record in self.artists.items()
            if record.mbid_until > seconds or record.tags_until > seconds
        }
        for artist_id, newer in records.items():
            artists[artist_id] = artists.get(artist_id, ArtistRecord()).plus(newer)
        return self.model_copy(update={"artists": MappingProxyType(artists)})


class SongChunk(Stored):
    """Some hundred songs of one library, in reading order."""

    songs: tuple[Song, ...]


class SkippedRows(Stored):
    """How many entries of a source were left out, and why."""

    reason: Skip
    count: int


class LibraryIndex(Stored):
    """Where a person's library is: the chunks of one generation, newest likes first.

    Attributes:
        generation: names the scan that wrote the chunks.
        revision: goes up whenever the genres of its artists became known later.
        stored_at: when its chunks were written, for the last time.
        waiting: artists that no source has answered for yet.
    """

    generation: str
    chunks: tuple[int, ...]
    songs: int
    skipped: tuple[SkippedRows, ...] = ()
    scanned_at: datetime
    stored_at: datetime
    revision: int = 0
    waiting: int = 0


class LibraryUse(Stored):
    """When a library was last looked at; it is dropped a month later."""

    used_at: datetime


class ScanCursor(Stored):
    """How far a scan has come: enough to go on after a crash, a wait or a stop.

    Everything up to `offset` is in the chunks before a cursor that says so is written.

    Attributes:
        offset: row of Liked Songs that is read next.
        total: length of the list as last seen; None before the first page.
        started_at: when the scan was asked for.
        resumes_at: when a waiting scan goes on by itself.
        problem: one sentence for a person about why it waits or ended.
    """

    generation: str
    status: ScanStatus
    phase: Phase = "songs"
    offset: int = 0
    total: int | None = None
    songs: int = 0
    chunks: tuple[int, ...] = ()
    skipped: tuple[SkippedRows, ...] = ()
    started_at: datetime
    saved_at: datetime
    resumes_at: datetime | None = None
    problem: str | None = None
    artists_resolved: int = 0
    artists_total: int = 0
    genres_found: int = 0


class OpenScan(Stored):
    """Says that a person's scan runs or waits, so that a start after a crash goes on with it.

    Attributes:
        since: when it was asked for.
    """

    since: datetime

"""The values of the genres feature: songs as they are kept, and what sources say about artists."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict
from pydantic.dataclasses import dataclass

ScanStatus = Literal["idle", "running", "waiting", "completed", "failed", "cancelled"]
Phase = Literal["songs", "artists", "done"]
Skip = Literal["gone", "not a song"]


# Slotted dataclasses take a third of the memory of models, and libraries hold tens of thousands of songs.
@dataclass(frozen=True, slots=True)
class Tag:
    """One word a source gives an artist, raw: folding happens on read."""

    name: str
    votes: int
    source: str


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


class ArtistGenres(Stored):
    """Everything the sources said about one artist; no tags means that they were asked and know none."""

    artist_id: str
    tags: tuple[Tag, ...]
    checked_at: datetime


class ArtistMbid(Stored):
    """Which MusicBrainz artist a Spotify artist is; None where MusicBrainz has no link to it."""

    mbid: str | None


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


class OpenScans(Stored):
    """The people whose scans run or wait: what a start after a crash goes on with."""

    user_ids: tuple[str, ...] = ()

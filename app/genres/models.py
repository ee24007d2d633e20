"""The values of the genres feature: songs as they are kept, and what sources say about artists."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Tag(BaseModel):
    """One word a source gives an artist, raw: folding happens on read."""

    model_config = ConfigDict(frozen=True)

    name: str
    votes: int
    source: str


class ArtistGenres(BaseModel):
    """Everything the sources said about one artist; no tags means that they were asked and know none."""

    model_config = ConfigDict(frozen=True)

    artist_id: str
    tags: tuple[Tag, ...]
    checked_at: datetime


class ArtistRef(BaseModel):
    """An artist as a song names it; local files and a few odd rows carry no id."""

    model_config = ConfigDict(frozen=True)

    id: str | None
    name: str


class Song(BaseModel):
    """One song of a person's library, with what Spotify said about it when it was read.

    `added_at` is aware UTC; `image` is the address of the smallest cover that fits.
    """

    model_config = ConfigDict(frozen=True)

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

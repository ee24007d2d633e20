"""The songs and artists that the simulator has."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class DemoArtist:
    """An artist with the genre words that the genre sources know; often none.

    Attributes:
        nameless: Spotify gives no id, though the song is no local file.
    """

    id: str
    name: str
    genres: tuple[str, ...]
    nameless: bool = False


@dataclass(frozen=True, slots=True)
class DemoTrack:
    """A liked song.

    Attributes:
        id: 22 base62 characters; None for a local file.
        artists: ids, each of them in `DemoLibrary.artists`.
        album_id: as `id`; empty for a local file.
        release_date: a year, a month or a day as Spotify writes it (`1984`, `1984-05`, `1984-05-21`); `0000`
            where Spotify does not know, empty for a local file.
        added_at: when it was liked, aware, in UTC, whole seconds.
        playable: False where the song is gone from the person's country.
        lost: True where Spotify no longer has the song: its place in a list is null.
    """

    id: str | None
    name: str
    artists: tuple[str, ...]
    album: str
    album_id: str
    release_date: str
    duration_ms: int
    added_at: datetime
    isrc: str | None
    is_local: bool = False
    playable: bool = True
    lost: bool = False


@dataclass(frozen=True, slots=True)
class DemoAlbum:
    """An album.

    Attributes:
        artist_id: whose name stands on it; None where nobody's does.
        total_tracks: songs on it, liked or not.
    """

    id: str
    name: str
    artist_id: str | None
    total_tracks: int
    release_date: str


@dataclass(frozen=True, slots=True)
class DemoEpisode:
    """An episode of a podcast, as it may stand in a playlist."""

    id: str
    name: str
    show: str
    show_id: str
    release_date: str
    duration_ms: int

    @property
    def uri(self) -> str:
        """The episode's Spotify URI."""
        return f"spotify:episode:{self.id}"


@dataclass(frozen=True, slots=True)
class DemoLibrary:
    """Liked songs, newest first, and every artist on them by id."""

    tracks: tuple[DemoTrack, ...]
    artists: Mapping[str, DemoArtist]

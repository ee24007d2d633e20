"""Songs as they are kept: in memory with few bytes each, in the store in chunks of some hundred."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

Skip = Literal["gone", "not a song", "repeated"]
"""Why an entry of a list is no song of the library: Spotify no longer has it, it is an episode, or the song
stands further up as well."""
RowId = tuple[int | None, str]
"""What tells one entry of a list from all others: when it was added, and the key of its song."""

CHUNK_ROWS = 500


# Slotted dataclasses take a third of the memory of models, and libraries hold tens of thousands of songs.
@dataclass(frozen=True, slots=True)
class ArtistRef:
    """An artist as a song names it; local files and a few odd rows carry no id."""

    id: str | None
    name: str


@dataclass(frozen=True, slots=True)
class Album:
    """An album as its songs share it; `image` is the address of the smallest cover that fills its place."""

    name: str = ""
    image: str | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Song:
    """One song of a person's library, with what Spotify said about it when it was read.

    Attributes:
        address: its Spotify URI where that is not made of its id, as of local files.
        added: when it was added to its list, in seconds since 1970.
    """

    id: str | None
    name: str
    artists: tuple[ArtistRef, ...]
    album: Album = Album()
    added: int | None = None
    isrc: str | None = None
    is_local: bool = False
    playable: bool = True
    address: str = ""

    @property
    def key(self) -> str:
        """What makes it the same song again: its id, else its address, else what it is called."""
        return self.id or self.address or "/".join((self.name, *(artist.name for artist in self.artists)))

    @property
    def uri(self) -> str:
        """Its Spotify URI; empty for the few that have none."""
        return self.address or (f"spotify:track:{self.id}" if self.id else "")

    @property
    def added_at(self) -> datetime | None:
        """When it was added to its list, aware, in UTC."""
        return None if self.added is None else datetime.fromtimestamp(self.added, UTC)


class Entry(NamedTuple):
    """One entry of a list: a song, or why it is none.

    Attributes:
        key: that of the song; of an entry that is none, what it is known again by.
        added: when it was added, in seconds since 1970.
    """

    key: str
    added: int | None
    song: Song | None = None
    skip: Skip | None = None

    @property
    def id(self) -> RowId:
        """What tells it from all other entries of its list."""
        return self.added, self.key


_SKIPS: tuple[Skip | None, ...] = (None, "gone", "not a song", "repeated")
_LOCAL, _UNPLAYABLE = 4, 8


class _AlbumRow(NamedTuple):
    name: str
    image: str | None
    year: int | None


class _ArtistRow(NamedTuple):
    id: str | None
    name: str


class _EntryRow(NamedTuple):
    """An entry as a list of JSON: `flags` is the number of its skip, plus 4 for local, 8 for unplayable.

    `id` is the song's, or the key of an entry that is none. Fields may be added at the end, with defaults.
    """

    id: str | None
    added: int | None
    flags: int = 0
    name: str = ""
    album: int = 0
    artists: tuple[int, ...] = ()
    isrc: str | None = None
    address: str = ""


class Pool:
    """Lets songs that are read share their albums and artists."""

    def __init__(self) -> None:
        self._albums: dict[Album, Album] = {}
        self._artists: dict[ArtistRef, ArtistRef] = {}
        self._groups: dict[tuple[ArtistRef, ...], tuple[ArtistRef, ...]] = {}

    def album(self, row: _AlbumRow) -> Album:
        """Return the one album of these values."""
        album = Album(*row)
        return self._albums.setdefault(album, album)

    def artist(self, row: _ArtistRow) -> ArtistRef:
        """Return the one artist of these values."""
        artist = ArtistRef(*row)
        return self._artists.setdefault(artist, artist)

    def group(self, artists: tuple[ArtistRef, ...]) -> tuple[ArtistRef, ...]:
        """Return the one tuple of these artists."""
        return self._groups.setdefault(artists, artists)


class SongChunk(BaseModel):
    """Some hundred entries of one list in their order; albums and artists are written once a chunk."""

    model_config = ConfigDict(frozen=True)

    albums: tuple[_AlbumRow, ...] = ()
    artists: tuple[_ArtistRow, ...] = ()
    rows: tuple[_EntryRow, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "SongChunk":
        """Pack entries."""
        albums: dict[_AlbumRow, int] = {}
        artists: dict[_ArtistRow, int] = {}
        rows = []
        for entry in entries:
            song = entry.song
            if song is None:
                rows.append(_EntryRow(entry.key, entry.added, _SKIPS.index(entry.skip)))
                continue
            album = _AlbumRow(song.album.name, song.album.image, song.album.year)
            row = _EntryRow(
                song.id,
                entry.added,
                _LOCAL * song.is_local + _UNPLAYABLE * (not song.playable),
                song.name,
                albums.setdefault(album, len(albums)),
                tuple(artists.setdefault(_ArtistRow(one.id, one.name), len(artists)) for one in song.artists),
                song.isrc,
                song.address,
            )
            rows.append(row)
        return cls(albums=tuple(albums), artists=tuple(artists), rows=tuple(rows))

    def entries(self, pool: Pool) -> Iterator[Entry]:
        """Unpack what was packed."""
        albums = [pool.album(row) for row in self.albums]
        artists = [pool.artist(row) for row in self.artists]
        for row in self.rows:
            if skip := _SKIPS[row.flags % 4]:
                yield Entry(row.id or "", row.added, None, skip)
                continue
            song = Song(
                row.id,
                row.name,
                pool.group(tuple(artists[number] for number in row.artists)),
                albums[row.album],
                row.added,
                row.isrc,
                bool(row.flags & _LOCAL),
                not row.flags & _UNPLAYABLE,
                row.address,
            )
            yield Entry(song.key, row.added, song)

    def songs(self, pool: Pool) -> Iterator[Song]:
        """Unpack the songs alone."""
        return (entry.song for entry in self.entries(pool) if entry.song)

    def row_ids(self) -> list[RowId]:
        """Return what tells the entries apart, without unpacking their songs."""
        ids = []
        for row in self.rows:
            key = row.id or row.address
            if not key and not row.flags % 4:
                key = "/".join((row.name, *(self.artists[number].name for number in row.artists)))
            ids.append((row.added, key))
        return ids

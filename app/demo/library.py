"""The library that the simulator has: read from a folder, or made up."""

from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from pydantic import AwareDatetime, BaseModel, ValidationError

from app.demo.content.compose import compose
from app.demo.models import DemoArtist, DemoLibrary, DemoTrack

__all__ = ["DemoArtist", "DemoLibrary", "DemoTrack", "LibraryError", "built_in_library", "load_library"]


class LibraryError(Exception):
    """A library's folder or a line in it cannot be used; the message names the file and the line."""


def built_in_library() -> DemoLibrary:
    """Return about 1,500 songs that nobody released by about 400 real artists, the same in every run."""
    return compose()


def load_library(folder: Path) -> DemoLibrary:
    """Read `tracks.jsonl` and `artists.jsonl`, one JSON object a line, the tracks newest first.

    A track has `id`, `name`, `album`, `album_id`, `release_date`, `duration_ms`, `added_at`, `isrc` and
    `artists` (each with `id` and `name`); an artist `id`, `name` and `genres`. Artists that only a track
    names have no genres.

    Raises:
        LibraryError: a file is missing, or a line has another form.
    """
    artists = {
        line.id: DemoArtist(line.id, line.name, line.genres)
        for line in _lines(folder / "artists.jsonl", _ArtistLine)
    }
    tracks = []
    for line in _lines(folder / "tracks.jsonl", _TrackLine):
        for named in line.artists:
            artists.setdefault(named.id, DemoArtist(named.id, named.name, ()))
        tracks.append(line.track())
    return DemoLibrary(tuple(tracks), MappingProxyType(artists))


class _ArtistName(BaseModel):
    id: str
    name: str


class _ArtistLine(_ArtistName):
    genres: tuple[str, ...]


class _TrackLine(BaseModel):
    id: str | None
    name: str
    artists: tuple[_ArtistName, ...]
    album: str
    album_id: str
    release_date: str
    duration_ms: int
    added_at: AwareDatetime
    isrc: str | None
    is_local: bool = False
    playable: bool = True

    def track(self) -> DemoTrack:
        fields = {**dict(self), "artists": tuple(artist.id for artist in self.artists)}
        return DemoTrack(**fields)


Line = TypeVar("Line", bound=BaseModel)


def _lines(path: Path, form: type[Line]) -> Iterator[Line]:
    try:
        # Not splitlines(): it also splits at the line separators that a song's name may hold.
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise LibraryError(f"{path}: {error.strerror}") from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield form.model_validate_json(line)
        except ValidationError as error:
            raise LibraryError(f"{path}, line {number}: {_first_fault(error)}") from error


def _first_fault(error: ValidationError) -> str:
    fault = error.errors()[0]
    place = ".".join(str(part) for part in fault["loc"])
    return f"{place}: {fault['msg']}" if place else fault["msg"]

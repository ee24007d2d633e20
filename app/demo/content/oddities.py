"""The odd rows of `oddities.toml`: songs liked twice, files of one's own, names that break programs."""

import tomllib
from importlib.resources import files

from pydantic import AwareDatetime, BaseModel, ConfigDict


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Again(_Row):
    """A song of `artist` that is liked twice: as a single, or from `album` in another recording."""

    artist: str
    album: str | None = None


class OddSong(_Row):
    """A song with something about it that programs forget."""

    name: str
    artists: tuple[str, ...]
    album: str
    release_date: str
    liked: AwareDatetime
    duration_ms: int
    isrc: str | None = None
    playable: bool = True


class LocalFile(_Row):
    """A file of the person's own, which Spotify has no id for."""

    name: str
    artist: str
    album: str
    liked: AwareDatetime
    duration_ms: int


class Oddities(_Row):
    """All of the file; `without_isrc` names artists whose recordings have no ISRC."""

    again: tuple[Again, ...]
    without_isrc: frozenset[str]
    songs: tuple[OddSong, ...]
    local: tuple[LocalFile, ...]


def load_oddities() -> Oddities:
    """Read the file.

    Raises:
        pydantic.ValidationError: a row has another form.
    """
    text = (files(__package__) / "oddities.toml").read_text(encoding="utf-8")
    return Oddities.model_validate(tomllib.loads(text))

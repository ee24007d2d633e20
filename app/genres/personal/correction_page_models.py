"""What the pages of corrections show; templates read these fields as they are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.genres.page_models import SongRow
from app.genres.personal.typed import Fault

TypedText = Annotated[str, Field(max_length=2000)]
TargetName = Annotated[str, Field(min_length=1, max_length=2000)]


class CorrectQuery(BaseModel):
    """Which song or artist is looked at, and the page to go back to."""

    model_config = ConfigDict(frozen=True)

    song: TypedText | None = None
    artist: TypedText | None = None
    next: str | None = None


class CorrectForm(CorrectQuery):
    """What was typed, and whether it is about the song or one of its artists."""

    about: TargetName
    genres: TypedText = ""


class ChangeForm(BaseModel):
    """Which correction is taken back or undone, and the page to go back to."""

    model_config = ConfigDict(frozen=True)

    target: TargetName
    next: str | None = None


class NoneQuery(BaseModel):
    """What is worked on: by its number in the queue, or by its name; `offset` is that of the list below."""

    model_config = ConfigDict(frozen=True)

    at: int = Field(default=0, ge=0)
    about: TypedText | None = None
    offset: int = Field(default=0, ge=0)


class NoneForm(BaseModel):
    """What was typed for one of the queue; `at` is its number there."""

    model_config = ConfigDict(frozen=True)

    about: TargetName
    genres: TypedText = ""
    at: int = Field(default=0, ge=0)


@dataclass(frozen=True, slots=True)
class Tile:
    """A genre in its family's colour."""

    name: str
    hue: str
    depth: int


@dataclass(frozen=True, slots=True)
class GenreField:
    """The one field: what was typed, what is wrong with it, and the person's genres to complete it from."""

    genres: tuple[str, ...]
    typed: str = ""
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What a correction may be about, and how many songs it would settle."""

    target: str
    label: str
    is_artist: bool
    songs: int


@dataclass(frozen=True, slots=True)
class Standing:
    """A lead genre and how many of the songs in question it leads."""

    tile: Tile
    songs: int


@dataclass(frozen=True, slots=True)
class Said:
    """A correction: of what, which genres, and how many songs stand where they do because of it."""

    target: str
    label: str
    is_artist: bool
    tiles: tuple[Tile, ...]
    songs: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class SaidPage:
    """Corrections, the newest first."""

    said: tuple[Said, ...]
    total: int
    next_offset: int | None


@dataclass(frozen=True, slots=True)
class ChangeView:
    """What was changed last; `said` is None when a correction was taken back."""

    target: str
    label: str
    said: Said | None


@dataclass(frozen=True, slots=True)
class CorrectPage:
    """A song or an artist: what is thought of it, what the person said, and the field.

    Attributes:
        row: the song, or of an artist one song whose lead genre is the commonest.
        chosen: the target that is ticked.
        next: the page to go back to.
    """

    title: str
    is_song: bool
    row: SongRow
    standings: tuple[Standing, ...]
    said: tuple[Said, ...]
    choices: tuple[Choice, ...]
    chosen: str
    field: GenreField
    query: CorrectQuery
    next: str


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What of the queue is open; `chosen` of it is ticked, `more` songs are not shown."""

    target: str
    label: str
    is_artist: bool
    url: str | None
    chosen: str
    total: int
    songs: tuple[SongRow, ...]
    more: int


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One of the queue; `at` is its number there."""

    label: str
    is_artist: bool
    songs: int
    at: int


@dataclass(frozen=True, slots=True)
class NonePage:
    """What has no genre yet, to work through.

    Attributes:
        total: songs without a genre, `alone` of them with nobody whose genres could settle them.
        settled: songs that stand where the person said.
        first: so many artists settle `first_settle` songs.
        waiting: artists that no source has answered for yet.
        at: number of what is open, or how many were skipped when all were.
    """

    total: int
    alone: int
    settled: int
    first: int
    first_settle: int
    waiting: int
    at: int
    open: OpenWork | None
    field: GenreField
    queue: tuple[QueueRow, ...]
    queue_total: int
    offset: int
    next_offset: int | None

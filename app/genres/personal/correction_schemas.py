"""The JSON of corrections, in and out."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from app.genres.personal.corrections import MOST_CORRECTIONS, MOST_GENRES
from app.genres.personal.typed import LONGEST_GENRE
from app.schemas import ApiModel

TypedGenre = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_GENRE, pattern=r"^[^\x00-\x1f\x7f]*$")
]


class CorrectionIn(ApiModel):
    """The person's own genres; the first leads. Any spelling will do, and new words are as good as others."""

    genres: Annotated[tuple[TypedGenre, ...], Field(min_length=1, max_length=MOST_GENRES)]


class CorrectionOut(ApiModel):
    """What a person said of an artist or a song; `songs` stand where they do because of it."""

    target: str
    label: str
    genres: tuple[str, ...]
    made_at: datetime
    songs: int


class CorrectionsOut(ApiModel):
    """All corrections, the newest first."""

    corrections: tuple[CorrectionOut, ...]


class FiledCorrection(CorrectionIn):
    """A correction in a file; it may be of what is not in the library."""

    target: Annotated[str, StringConstraints(pattern=r"^(artist|song):.", max_length=1000)]
    label: Annotated[str, StringConstraints(max_length=1000)]


class CorrectionsFile(ApiModel):
    """Corrections as a file."""

    version: Literal[1] = 1
    corrections: Annotated[tuple[FiledCorrection, ...], Field(max_length=MOST_CORRECTIONS)]


class MoveOut(ApiModel):
    """So many songs have another lead genre now; null where no source names one."""

    genre: str | None
    songs: int


class ChangeOut(ApiModel):
    """What a change did; `genres` are none when a correction was taken back."""

    target: str
    label: str
    genres: tuple[str, ...]
    moved: tuple[MoveOut, ...]
    summary: str

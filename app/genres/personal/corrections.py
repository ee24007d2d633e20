"""A person's own word on what an artist plays, or on what one song is."""

from datetime import datetime
from types import MappingProxyType
from typing import Annotated

from pydantic import Field

from app.genres.models import Stored
from app.kv.keyspace import FrozenMapping

MOST_CORRECTIONS = 5_000
MOST_GENRES = 6
ARTIST, SONG = "artist:", "song:"
YOU = "you"
"""The source of what the person said."""


class Correction(Stored):
    """Genres that take the place of what sources say.

    Attributes:
        genres: in their best spelling; the first leads.
        label: the artist's name or the song's title, as it was shown.
    """

    genres: Annotated[tuple[str, ...], Field(min_length=1, max_length=MOST_GENRES)]
    label: str
    made_at: datetime


class Corrections(Stored):
    """All corrections of a person by what they are about: `artist:<id>` or `song:<key>`."""

    entries: Annotated[FrozenMapping[str, Correction], Field(max_length=MOST_CORRECTIONS)] = Field(
        default_factory=dict, validate_default=True
    )

    def of_artist(self, artist_id: str | None) -> Correction | None:
        """Return what the person said of an artist."""
        return self.entries.get(f"{ARTIST}{artist_id}") if artist_id else None

    def of_song(self, key: str) -> Correction | None:
        """Return what the person said of one song."""
        return self.entries.get(SONG + key)

    def plus(self, target: str, correction: Correction) -> "Corrections":
        """Return these with one more, in place of an earlier one about the same."""
        entries = {**self.entries, target: correction}
        return self.model_copy(update={"entries": MappingProxyType(entries)})

    def without(self, target: str) -> "Corrections":
        """Return these without what was said of the target."""
        entries = {one: said for one, said in self.entries.items() if one != target}
        return self.model_copy(update={"entries": MappingProxyType(entries)})

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


class LastChange(Stored):
    """What was changed last, and what stood there before."""

    target: str
    label: str
    before: Correction | None


class Corrections(Stored):
    """All corrections of a person by what they are about: `artist:<id>` or `song:<key>`."""

    entries: FrozenMapping[str, Correction] = Field(default_factory=dict, validate_default=True)
    last: LastChange | None = None

    def of_song(self, key: str) -> Correction | None:
        """Return what the person said of one song."""
        return self.entries.get(SONG + key)

    def plus(self, target: str, correction: Correction) -> "Corrections":
        """Return these with one more, in place of an earlier one about the same."""
        return self._changed(target, correction, correction.label)

    def without(self, target: str) -> "Corrections":
        """Return these without what was said of the target."""
        said = self.entries.get(target)
        return self._changed(target, None, said.label) if said else self

    def undone(self, target: str) -> "Corrections":
        """Return these as they were before the last change, if that was about the target."""
        last = self.last
        return self._changed(target, last.before, last.label) if last and last.target == target else self

    def _changed(self, target: str, correction: Correction | None, label: str) -> "Corrections":
        entries = {one: said for one, said in self.entries.items() if one != target}
        if correction:
            entries[target] = correction
        return Corrections(
            entries=MappingProxyType(entries),
            last=LastChange(target=target, label=label, before=self.entries.get(target)),
        )

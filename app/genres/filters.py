"""Looking at some songs of a library alone: by how sure their place is, who says so, and playlists."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple, get_args
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict

from app.genres.folding import Certainty, Placement
from app.genres.sources.names import SOURCE_NAMES, AnswerSource


class Standing(NamedTuple):
    """How sure a song's place is, who speaks for it, and whether it is in one of the listener's playlists."""

    certainty: Certainty | None
    sources: tuple[str, ...]
    listed: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """What is known of the listener's own playlists.

    Attributes:
        keys: songs of the library that are in one of them.
        unread: playlists of which it is not known what is in them.
        as_of: when Spotify was asked last which there are; None while nobody asked for this.
    """

    keys: frozenset[str] = frozenset()
    unread: int = 0
    as_of: datetime | None = None

    def standing(self, place: Placement, key: str) -> Standing:
        """Return what a filter looks at of a song."""
        return Standing(place.certainty, place.sources, key in self.keys)


class SongFilter(BaseModel):
    """Which songs are looked at; without any, all of them. `playlists` leaves out what is in one already."""

    model_config = ConfigDict(frozen=True)

    sure: Certainty | None = None
    source: AnswerSource | None = None
    playlists: Literal["none"] | None = None

    @property
    def is_on(self) -> bool:
        """Whether songs may be left out."""
        return bool(self.sure or self.source or self.playlists)

    def lets(self, song: Standing) -> bool:
        """Whether a song of such a standing is looked at."""
        return (
            (not self.sure or song.certainty == self.sure)
            and (not self.source or self.source in song.sources)
            and not (self.playlists and song.listed)
        )

    def address(self, **changes: str | None) -> str:
        """Return the filter as a query, with changes; empty when it leaves nothing out."""
        fields = {"sure": self.sure, "source": self.source, "playlists": self.playlists} | changes
        return urlencode({name: value for name, value in fields.items() if value})


EVERYTHING, UNLISTED = SongFilter(), SongFilter(playlists="none")
NOTHING_LISTED = Listed()


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """A filter that may be chosen, or taken off: its address, and how many songs there are then.

    `name` is that of a source; `count` is None where it would have to be read first.
    """

    value: str | None
    name: str
    address: str
    count: int | None


@dataclass(frozen=True, slots=True)
class FilterView:
    """What is looked at, and what else may be.

    Attributes:
        address: the filter as a query.
        shown: songs that it lets through, of `total`.
        sures: by how sure, everything first; only what is there.
        sources: the same by source, and `playlists` by whether they are in one.
        listed: what is known of playlists, if that is looked at.
    """

    sure: Certainty | None
    source: AnswerSource | None
    address: str
    shown: int
    total: int
    sures: tuple[FilterChoice, ...]
    sources: tuple[FilterChoice, ...]
    playlists: tuple[FilterChoice, ...]
    listed: Listed | None


def filter_view(chosen: SongFilter, counts: Counter[Standing], listed: Listed = NOTHING_LISTED) -> FilterView:
    """Return what a filter shows of so many songs."""

    def choices(field: str, values: Iterable[str]) -> tuple[FilterChoice, ...]:
        found = []
        for value in (None, *values):
            other = SongFilter.model_validate(chosen.model_dump() | {field: value})
            if (count := _count(other, counts)) or value in {None, getattr(chosen, field)}:
                name = SOURCE_NAMES.get(value or "", "")
                unknown = field == "playlists" and value and not chosen.playlists
                address = chosen.address(**{field: value})
                found.append(FilterChoice(value, name, address, None if unknown else count))
        return tuple(found)

    return FilterView(
        sure=chosen.sure,
        source=chosen.source,
        address=chosen.address(),
        shown=_count(chosen, counts),
        total=counts.total(),
        sures=choices("sure", get_args(Certainty)),
        sources=choices("source", SOURCE_NAMES),
        playlists=choices("playlists", ("none",)),
        listed=listed if chosen.playlists else None,
    )


def _count(chosen: SongFilter, counts: Counter[Standing]) -> int:
    return sum(songs for standing, songs in counts.items() if chosen.lets(standing))

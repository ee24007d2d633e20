"""Looking at some songs of a library alone: those whose place is so sure, or that a source speaks for."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import get_args
from urllib.parse import urlencode

from pydantic import BaseModel, ConfigDict

from app.genres.folding import Certainty, Placement
from app.genres.sources.names import SOURCE_NAMES, AnswerSource

Standings = Counter[tuple[Certainty | None, tuple[str, ...]]]
"""How many songs are how sure, and by whom."""


class SongFilter(BaseModel):
    """Which songs are looked at; without either, all of them."""

    model_config = ConfigDict(frozen=True)

    sure: Certainty | None = None
    source: AnswerSource | None = None

    @property
    def is_on(self) -> bool:
        """Whether songs may be left out."""
        return bool(self.sure or self.source)

    def lets(self, certainty: Certainty | None, sources: Iterable[str]) -> bool:
        """Whether songs of such a standing are looked at."""
        return (not self.sure or certainty == self.sure) and (not self.source or self.source in sources)

    def address(self, **changes: str | None) -> str:
        """Return the filter as a query, with changes; empty when it leaves nothing out."""
        fields = {"sure": self.sure, "source": self.source} | changes
        return urlencode({name: value for name, value in fields.items() if value})


EVERYTHING = SongFilter()


@dataclass(frozen=True, slots=True)
class FilterChoice:
    """A filter that may be chosen, or taken off: its address, and how many songs there are then.

    `name` is that of a source.
    """

    value: str | None
    name: str
    address: str
    count: int


@dataclass(frozen=True, slots=True)
class FilterView:
    """What is looked at, and what else may be.

    Attributes:
        address: the filter as a query.
        shown: songs that it lets through, of `total`.
        sures: by how sure, everything first; only what is there.
        sources: the same by source.
    """

    sure: Certainty | None
    source: AnswerSource | None
    address: str
    shown: int
    total: int
    sures: tuple[FilterChoice, ...]
    sources: tuple[FilterChoice, ...]


def standings(places: Iterable[Placement]) -> Standings:
    """Count places by how sure they are and who speaks for them."""
    return Counter((place.certainty, place.sources) for place in places)


def filter_view(chosen: SongFilter, counts: Standings) -> FilterView:
    """Return what a filter shows of so many songs."""

    def choices(field: str, values: Iterable[str]) -> tuple[FilterChoice, ...]:
        found = []
        for value in (None, *values):
            other = SongFilter.model_validate(chosen.model_dump() | {field: value})
            if (count := _count(other, counts)) or value in {None, getattr(chosen, field)}:
                name = SOURCE_NAMES.get(value or "", "")
                found.append(FilterChoice(value, name, chosen.address(**{field: value}), count))
        return tuple(found)

    return FilterView(
        sure=chosen.sure,
        source=chosen.source,
        address=chosen.address(),
        shown=_count(chosen, counts),
        total=counts.total(),
        sures=choices("sure", get_args(Certainty)),
        sources=choices("source", SOURCE_NAMES),
    )


def _count(chosen: SongFilter, counts: Standings) -> int:
    return sum(songs for standing, songs in counts.items() if chosen.lets(*standing))

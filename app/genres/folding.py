"""The one place of a song: its family and its lead genre."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from typing import Literal

from app.genres.fold import Fold
from app.genres.neighbours import NEIGHBOURS
from app.genres.personal.corrections import YOU
from app.genres.scoring import ScoredGenre, shown

Certainty = Literal["own", "several", "one", "inferred"]
"""Own: the person said so. Several: sources agree on it. One: one source. Inferred: neighbours alone."""

_FIRST_ARTIST = 2
_OTHER_ARTIST = 1


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a song stands.

    Attributes:
        family: id of the family, or None for a song without any genre.
        lead: the weightiest genre of that family, or None with it.
        genres: all genres of the song, the lead first, then by weight.
        certainty: how sure the family is; None without one.
        sources: who speaks for the family.
    """

    family: str | None = None
    lead: str | None = None
    genres: tuple[str, ...] = ()
    certainty: Certainty | None = None
    sources: tuple[str, ...] = ()


_NOWHERE = Placement()


def place(
    artists: Sequence[tuple[ScoredGenre, ...]], families: Fold, *, first: int = _FIRST_ARTIST
) -> Placement:
    """Place a song by the genres of its artists, the first of whom weighs double unless told otherwise.

    The family with the highest sum wins, then the one more sources speak for, then the fixed order. Genres
    of one weight come by name. In a person's own order the song stands where its lead genre does.
    """
    by_family: dict[str, list[ScoredGenre]] = defaultdict(list)
    genres = shown(_union(artists, first))
    for genre in genres:
        by_family[genre.family].append(genre)
    if not by_family:
        return _NOWHERE
    family = min(by_family, key=lambda one: _rank(by_family[one], families.order_of(one)))
    lead = by_family[family][0]
    others = (genre.name for genre in genres if genre.name != lead.name)
    stands = families.family_of(lead.name)
    if YOU in lead.sources:
        return Placement(stands, lead.name, (lead.name, *others), "own", (YOU,))
    sources = _sources(by_family[family])
    return Placement(stands, lead.name, (lead.name, *others), _certainty(sources), sources)


def _certainty(sources: tuple[str, ...]) -> Certainty:
    if sources == (NEIGHBOURS,):
        return "inferred"
    return "several" if len(sources) > 1 else "one"


def _union(artists: Sequence[tuple[ScoredGenre, ...]], first: int) -> list[ScoredGenre]:
    """The genres of all artists with their weights summed, the weightiest first."""
    found: dict[str, list[tuple[ScoredGenre, float]]] = defaultdict(list)
    for position, genres in enumerate(artists):
        weight = _OTHER_ARTIST if position else first
        for genre in genres:
            found[genre.name].append((genre, genre.score * weight))
    union = [
        ScoredGenre(
            name,
            fsum(score for _, score in parts),
            parts[0][0].family,
            _sources([genre for genre, _ in parts]),
        )
        for name, parts in found.items()
    ]
    return sorted(union, key=lambda genre: (-genre.score, genre.name))


def _sources(genres: Sequence[ScoredGenre]) -> tuple[str, ...]:
    return tuple(sorted({source for genre in genres for source in genre.sources}))


def _rank(genres: Sequence[ScoredGenre], order: int) -> tuple[float, int, int]:
    return (-fsum(genre.score for genre in genres), -len(_sources(genres)), order)

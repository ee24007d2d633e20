"""What another order would do to a library: which songs go from where to where."""

from collections import Counter
from dataclasses import dataclass

from app.genres.fold import Fold
from app.genres.folding import Placement
from app.genres.library import Library
from app.genres.personal.rules import Shift

KEPT_SHIFTS = 3
"""The largest parts of what a rule moved are kept with it."""
NOWHERE = "no genre yet"


@dataclass(frozen=True, slots=True)
class Effect:
    """Songs that get another family or lead genre, the largest parts first."""

    moved: int = 0
    shifts: tuple[Shift, ...] = ()


def effect_of(before: Library, after: Library) -> Effect:
    """Compare the same songs in two orders."""
    moves = Counter(
        _words(old.placement, new.placement, (before.fold, after.fold))
        for old, new in zip(before.songs, after.songs, strict=True)
        if (old.placement.family, old.placement.lead) != (new.placement.family, new.placement.lead)
    )
    largest = sorted(moves.items(), key=lambda item: (-item[1], item[0]))
    shifts = tuple(Shift(songs=songs, before=words[0], after=words[1]) for words, songs in largest)
    return Effect(moves.total(), shifts)


def _words(old: Placement, new: Placement, folds: tuple[Fold, Fold]) -> tuple[str, str]:
    """Name where a song comes from and where it goes: its families, or its genres where that stays."""
    if old.family == new.family:
        return old.lead or NOWHERE, new.lead or NOWHERE
    return _family(old, folds[0]), _family(new, folds[1])


def _family(place: Placement, fold: Fold) -> str:
    return fold.get(place.family).name if place.family else NOWHERE

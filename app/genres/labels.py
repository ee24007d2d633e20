"""Families and genres as pages name them: in words, and in their family's colour."""

from dataclasses import dataclass
from typing import Literal

from app.errors import NotFoundError
from app.genres.fold import Fold
from app.genres.library import FAMILY, GENRE


@dataclass(frozen=True, slots=True)
class Label:
    """A family or genre, in its family's colour."""

    kind: Literal["family", "genre"]
    name: str
    hue: str
    depth: int


def label_of(item: str, fold: Fold) -> Label:
    """Return how `family:<id>` or `genre:<name>` is shown."""
    if item.startswith(FAMILY):
        try:
            family = fold.get(item.removeprefix(FAMILY))
        except NotFoundError:  # one of the person's own, which they have undone since
            return Label("family", "Undone family", "grey", 2)
        return Label("family", family.name, family.hue, family.depth)
    name = item.removeprefix(GENRE)
    family = fold.get(fold.family_of(name))
    return Label("genre", name, family.hue, family.depth)

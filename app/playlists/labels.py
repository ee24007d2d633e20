"""What a selection is made of, as pages show it."""

from app.errors import NotFoundError
from app.genres.fold import Fold
from app.genres.library import FAMILY, GENRE
from app.playlists.models import Selection
from app.playlists.page_models import Label


def labels_of(selection: Selection, fold: Fold) -> tuple[Label, ...]:
    """Return what a selection is made of, in colour."""
    return tuple(label_of(item, fold) for item in selection.include)


def without_of(selection: Selection, fold: Fold) -> tuple[Label, ...]:
    """Return what a selection leaves out, in colour."""
    return tuple(label_of(item, fold) for item in selection.exclude)


def label_of(item: str, fold: Fold) -> Label:
    """Return one family or genre of a selection, in colour."""
    if item.startswith(FAMILY):
        try:
            family = fold.get(item.removeprefix(FAMILY))
        except NotFoundError:  # one of the person's own, which they have undone since
            return Label("family", "Undone family", "grey", 2)
        return Label("family", family.name, family.hue, family.depth)
    name = item.removeprefix(GENRE)
    family = fold.get(fold.family_of(name))
    return Label("genre", name, family.hue, family.depth)

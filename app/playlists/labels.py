"""What a selection is made of, in words and colour."""

from app.genres.fold import Fold
from app.genres.labels import Label, label_of
from app.playlists.models import Selection


def labels_of(selection: Selection, fold: Fold) -> tuple[Label, ...]:
    """Return what a selection is made of, in colour."""
    return tuple(label_of(item, fold) for item in selection.include)


def without_of(selection: Selection, fold: Fold) -> tuple[Label, ...]:
    """Return what a selection leaves out, in colour."""
    return tuple(label_of(item, fold) for item in selection.exclude)

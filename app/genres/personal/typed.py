"""Genres as people type them: several with commas, in any spelling."""

from collections.abc import Iterable
from typing import Literal

from app.errors import InvalidInputError
from app.genres.fold import Fold
from app.genres.personal.corrections import MOST_GENRES

LONGEST_GENRE = 60

Fault = Literal["none", "many", "long", "odd"]

_DETAILS: dict[Fault, str] = {
    "none": "Name at least one genre.",
    "many": f"At most {MOST_GENRES} genres.",
    "long": f"A genre has at most {LONGEST_GENRE} characters.",
    "odd": "A genre needs a letter or a digit, and no control characters.",
}


class GenresTypedError(InvalidInputError):
    """These genres cannot be taken; `fault` says why."""

    code = "invalid-genres"

    def __init__(self, fault: Fault) -> None:
        super().__init__(_DETAILS[fault])
        self.fault: Fault = fault


def split(text: str) -> tuple[str, ...]:
    """Return the genres of a text that has commas between them."""
    return tuple(part for part in text.split(",") if part.strip())


def spelled(genres: Iterable[str], families: Fold) -> tuple[str, ...]:
    """Return genres in their best spelling, each once; words that no family knows are as good as others.

    Raises:
        GenresTypedError: there are none or more than six, or one is too long or no word.
    """
    names = tuple(dict.fromkeys(_spelled(genre.strip(), families) for genre in genres))
    if not names:
        raise GenresTypedError("none")
    if len(names) > MOST_GENRES:
        raise GenresTypedError("many")
    return names


def _spelled(genre: str, families: Fold) -> str:
    if len(genre) > LONGEST_GENRE:
        raise GenresTypedError("long")
    name = families.canonical(genre) if genre.isprintable() else ""
    if not name:
        raise GenresTypedError("odd")
    return name

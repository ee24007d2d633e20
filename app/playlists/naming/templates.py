"""Texts with words in braces that are filled in: "My {genre}, {year}"."""

import re
from collections.abc import Mapping
from typing import Literal, get_args

from app.spotify.limits import fitting

Word = Literal["genre", "family", "count", "date", "year", "user"]
WORDS: tuple[Word, ...] = get_args(Word)

NAME = "{genre}"
DESCRIPTION = "My liked songs in {genre}, sorted by genre-sorter."
MOST_LETTERS = 500
"""Letters of a template, which may be longer than what comes of it."""

_KNOWN = re.compile(r"\{(" + "|".join(WORDS) + r")\}")
_BRACES = re.compile(r"\{[^{}]*\}?|\}")


def unknown_words(template: str) -> list[str]:
    """Return what stands in braces and cannot be filled in, and braces that stand alone: "{gener}", "}"."""
    return list(dict.fromkeys(_BRACES.findall(_KNOWN.sub("", template))))


def render(template: str, values: Mapping[Word, str], limit: int) -> str:
    """Fill a template in, on one line of at most `limit` letters; what is filled in is not looked through."""
    return fitting(_KNOWN.sub(lambda found: values[found[1]], template), limit)  # type: ignore[index]

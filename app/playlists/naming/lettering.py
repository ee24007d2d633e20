"""Setting a name in the app's own type."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from PIL.ImageFont import FreeTypeFont, Layout, truetype

WEIGHT = 600
NO_CHARACTER = "\uffff"
# Where a line may end: at a space, or behind a hyphen or a slash.
_PIECES = re.compile(r"\s*[^\s/-]+[/-]*|\s*[/-]+")


class Face:
    """The typeface, which has Western European letters alone."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._plain = truetype(file, 20, layout_engine=Layout.BASIC)
        self._missing = bytes(self._plain.getmask(NO_CHARACTER))
        self.sized = cache(self._sized)
        self._known = cache(self._has)

    def spelled(self, text: str) -> str:
        """Return a text in letters that the face has: without accents and signs that it lacks.

        A text in another script comes back empty.
        """
        letters = ["".join(self._spelled(letter)) for letter in text]
        foreign = any(old.isalnum() and not new for old, new in zip(text, letters, strict=True))
        return "" if foreign else " ".join("".join(letters).split())

    def _spelled(self, letter: str) -> Iterator[str]:
        if self._known(letter):
            yield letter
        elif unicodedata.category(letter) == "Pd":
            yield "-"
        else:
            parts = unicodedata.normalize("NFKD", letter)
            yield from (part for part in parts if self._known(part) and not unicodedata.combining(part))

    def _has(self, letter: str) -> bool:
        return bytes(self._plain.getmask(letter)) != self._missing

    def _sized(self, size: int) -> FreeTypeFont:
        font = truetype(self._file, size)
        font.set_variation_by_axes([WEIGHT])
        return font


def lines_of(text: str, font: FreeTypeFont, width: float) -> list[str]:
    """Break a text into lines of at most `width`; a word that is longer stays whole."""
    lines = [""]
    for piece in _PIECES.findall(text):
        longer = lines[-1] + piece
        if lines[-1] and font.getlength(longer.strip()) > width:
            lines.append(piece.strip())
        else:
            lines[-1] = longer
    return [line.strip() for line in lines]

"""Setting text in a box of an SVG picture without knowing the fonts of the machine that shows it."""

import html
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Literal

SIDE = 640
"""Width and height of a sleeve, in user units."""

_MOST_LINES = 9
_LONGEST_WORD, _NARROWEST = 30, 0.3
_HALVINGS, _ROUNDING = 10, 1e-6
_WORTH_A_LINE = 1.08
_LEADING, _ASCENT = 1.14, 0.86
_TALL_LEADING = 1.45
_NARROW, _WIDE = frozenset(" .,:;'!|()[]ijlftrI/-"), frozenset("mwMW@%&—Щ")
_NOT_IN_XML = frozenset({"Cc", "Cs", "Cn"})


@dataclass(frozen=True, slots=True)
class Face:
    """A typeface: a CSS font stack, its weight, and how wide it runs beside a plain sans-serif."""

    family: str
    weight: int
    width: float


BOLD = Face("'Helvetica Neue',Helvetica,Arial,'Liberation Sans',sans-serif", 700, 1.06)
PLAIN = Face("'Helvetica Neue',Helvetica,Arial,'Liberation Sans',sans-serif", 400, 1.0)
CONDENSED = Face("'Arial Narrow','Liberation Sans Narrow','Roboto Condensed',Arial,sans-serif", 700, 1.02)
SERIF = Face("'Bodoni 72',Didot,'Liberation Serif','Times New Roman',serif", 400, 0.96)
SERIF_BOLD = Face("Georgia,'Liberation Serif','Times New Roman',serif", 700, 1.08)
TYPEWRITER = Face("'Courier New','Liberation Mono',monospace", 700, 1.14)


@dataclass(frozen=True, slots=True)
class Box:
    """Where text goes, in user units from the top left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks; `largest` is the font size that short texts stop at."""

    face: Face
    colour: str
    largest: float = 96
    align: Literal["start", "middle", "end"] = "start"
    at_bottom: bool = False


def set_text(text: str, box: Box, style: Style) -> str:
    """Return SVG text that fills `box` as largely as it can, in as many lines as it takes."""
    text = clean(text)
    if not text:
        return ""
    leading = _leading(text)
    size, lines = _fit(text, box, style, leading)
    height = size * leading * len(lines)
    top = box.y + (box.height - height if style.at_bottom else 0)
    return "".join(
        line_of(line, top + size * (_ASCENT + index * leading), size, box=box, style=style)
        for index, line in enumerate(lines)
    )


def line_of(text: str, y: float, size: float, *, box: Box, style: Style) -> str:
    """Return one line of SVG text with its baseline at `y`, aligned between the sides of `box`."""
    rtl = is_rtl(text)
    direction = ' direction="rtl"' if rtl else ""
    left, right = box.x, box.x + box.width
    at_start, at_end = (right, left) if rtl else (left, right)
    x = {"start": at_start, "middle": (left + right) / 2, "end": at_end}[style.align]
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{style.face.family}" font-weight="{style.face.weight}" '
        f'font-size="{size:.1f}" fill="{style.colour}" text-anchor="{style.align}"'
        f"{direction}>{html.escape(text)}</text>"
    )


def width_of(text: str, face: Face) -> float:
    """Return about how wide `text` runs, in font sizes; rather too much than too little."""
    return max(_NARROWEST, sum(_advance(character) for character in text)) * face.width


def clean(text: str) -> str:
    """Return `text` without the characters that XML has no place for, and single spaces."""
    kept = (
        " " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in _NOT_IN_XML
    )
    return " ".join("".join(kept).split())


def is_rtl(text: str) -> bool:
    """Tell whether `text` runs from right to left."""
    directions = (unicodedata.bidirectional(character) for character in text)
    return next((d for d in directions if d in {"L", "R", "AL"}), "L") != "L"


def is_east_asian(text: str) -> bool:
    """Tell whether `text` begins with Chinese, Japanese or Korean letters."""
    return unicodedata.east_asian_width(text[:1] or " ") == "W"


def wrap(text: str, count: int, face: Face) -> list[str]:
    """Break `text` into `count` lines at most, so that the longest is as short as it can be."""
    # Chinese and Japanese break anywhere, and so does a word that nothing else can be done about.
    is_solid = " " not in text and (is_east_asian(text) or len(text) > _LONGEST_WORD)
    joint = "" if is_solid else " "
    words = text.split(" ") if joint else list(text)
    narrow, wide = max(width_of(word, face) for word in words), width_of(text, face)
    for _ in range(_HALVINGS):
        middle = (narrow + wide) / 2
        if len(_greedy(words, joint, middle, face)) <= count:
            wide = middle
        else:
            narrow = middle
    return _greedy(words, joint, wide, face)


def _fit(text: str, box: Box, style: Style, leading: float) -> tuple[float, list[str]]:
    best: tuple[float, list[str]] = (0, [])
    for count in range(1, _MOST_LINES + 1):
        lines = wrap(text, count, style.face)
        widest = max(width_of(line, style.face) for line in lines)
        size = min(style.largest, box.width / widest, box.height / (len(lines) * leading))
        if size > best[0] * _WORTH_A_LINE:
            best = (size, lines)
    return best


def _greedy(words: list[str], joint: str, limit: float, face: Face) -> list[str]:
    lines = words[:1]
    for word in words[1:]:
        longer = f"{lines[-1]}{joint}{word}"
        if width_of(longer, face) > limit + _ROUNDING:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _leading(text: str) -> float:
    tall = any("\u0590" <= character <= "\u0fff" or character == "\u0337" for character in text)
    return _TALL_LEADING if tall else _LEADING


@cache
def _advance(character: str) -> float:
    if unicodedata.combining(character):
        return 0
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if character in _NARROW:
        return 0.34
    if character in _WIDE:
        return 0.92
    return 0.72 if character.isupper() else 0.57

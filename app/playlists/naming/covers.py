"""Covers of playlists: divider cards in the colours of their families, with the name on the front one."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from PIL.ImageDraw import Draw, ImageDraw
from PIL.ImageFont import FreeTypeFont

from app.playlists.models import Tint
from app.playlists.naming.lettering import Face, lines_of
from app.playlists.naming.palette import Palette, Print, Rgb

SIDE = 640
"""Pixels of a cover, which is as large as Spotify shows one."""
FINER = 2
"""How much finer it is drawn than it is kept, so that leaning edges are smooth."""
QUALITY = 90

FEWEST_CARDS = 3
MARGIN = 44
FRONT = 205
"""Where the front card begins."""
STEP = 52
"""How far a card stands out above the one before it."""
TAB = 30
LEAN = 18
LINE = 5
"""Of paper, between a card and the one behind it."""
LARGEST, SMALLEST = 150, 40
"""Sizes of the type, tried from the largest on."""
LEADING = 0.98


class Setting(NamedTuple):
    """A name as it is set."""

    font: FreeTypeFont
    lines: list[str]

    @property
    def height(self) -> float:
        """From the first line to the last."""
        return len(self.lines) * self.font.size * LEADING


class CoverPrinter:
    """Draws covers with the colours and the type of the pages, which are below `static`."""

    def __init__(self, static: Path) -> None:
        self._palette = Palette.read(static / "css" / "tokens.css")
        self._face = Face(static / "fonts" / "familjen-grotesk.woff2")

    def draw(self, name: str, tints: Sequence[Tint]) -> bytes:
        """Return a JPEG; a name in letters that the face does not have is left to the page around it."""
        prints = [self._palette.prints[tint] for tint in tints]
        cards = [prints[number % len(prints)] for number in range(max(FEWEST_CARDS, len(prints)))]
        picture = Image.new("RGB", (SIDE * FINER, SIDE * FINER), self._palette.paper)
        pen = Draw(picture)
        for number in reversed(range(len(cards))):
            _draw_card(pen, number, of=len(cards), colors=(cards[number].tile, self._palette.paper))
        self._write(pen, self._face.spelled(name), cards[0])
        small = picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
        with BytesIO() as file:
            small.save(file, "JPEG", quality=QUALITY, subsampling=0, optimize=True)
            return file.getvalue()

    def _write(self, pen: ImageDraw, name: str, card: Print) -> None:
        setting = self._fitted(name)
        top = (SIDE - MARGIN) * FINER - setting.height
        for number, line in enumerate(setting.lines):
            place = (MARGIN * FINER, top + (number + 1) * setting.font.size * LEADING)
            pen.text(place, line, fill=card.ink, font=setting.font, anchor="ls")

    def _fitted(self, name: str) -> Setting:
        """Set a name as large as it fits; of one too long for the smallest size the end is left out."""
        width, height = (SIDE - 2 * MARGIN) * FINER, (SIDE - FRONT - 2 * MARGIN) * FINER
        for size in range(LARGEST, SMALLEST - 1, -5):
            font = self._face.sized(size * FINER)
            setting = Setting(font, lines_of(name, font, width))
            if setting.height <= height and all(font.getlength(line) <= width for line in setting.lines):
                return setting
        return self._fitted(f"{name.removesuffix('…')[:-1]}…")


def _draw_card(pen: ImageDraw, number: int, *, of: int, colors: tuple[Rgb, Rgb]) -> None:
    """Draw a card, its tab, and the line of paper between it and the one behind; the front one is 0."""
    tile, paper = colors
    y, left, right = FRONT - number * STEP, number * SIDE / of, (number + 1) * SIDE / of - LEAN - LINE
    left = left or -LINE  # the edge of the front one's tab is that of the picture
    tab = [(left, y), (left, y - TAB), (right, y - TAB), (right + LEAN, y)]
    edge = [(x * FINER, y * FINER) for x, y in [(-LINE, y), *tab, (SIDE + LINE, y)]]
    below = [((SIDE + LINE) * FINER, SIDE * FINER), (-LINE * FINER, SIDE * FINER)]
    pen.polygon([*edge, *below], fill=tile)
    pen.line(edge, fill=paper, width=LINE * FINER, joint="curve")

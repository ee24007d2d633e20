"""What every composition starts from, and the shapes it is drawn with."""

from collections.abc import Iterable
from dataclasses import dataclass
from random import Random

from app.demo.sleeves.lettering import BOLD, SIDE, Box, Face, Style, set_text
from app.demo.sleeves.palettes import Palette

Point = tuple[float, float]
MARGIN = 40
WIDTH = SIDE - 2 * MARGIN


@dataclass(frozen=True, slots=True)
class Sleeve:
    """The words and colours of one cover, and its own source of chance."""

    album: str
    artist: str
    colours: Palette
    rng: Random

    def credits(self, top: float, height: float, *, colour: str, face: Face = BOLD) -> str:
        """Return the album over the artist, in the upper or lower margin of the sleeve."""
        album = Box(MARGIN, top, WIDTH, height * 0.64)
        artist = Box(MARGIN, top + height * 0.7, WIDTH, height * 0.3)
        quiet = Face(face.family, 400, face.width)
        return set_text(self.album, album, Style(face, colour, largest=52, at_bottom=True)) + set_text(
            self.artist, artist, Style(quiet, colour, largest=30)
        )


def rect(x: float, y: float, width: float, height: float, *, fill: str) -> str:
    """Return a rectangle."""
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{fill}"/>'


def ground(fill: str) -> str:
    """Return the whole square in one colour."""
    return rect(0, 0, SIDE, SIDE, fill=fill)


def circle(x: float, y: float, radius: float, *, fill: str) -> str:
    """Return a disc."""
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{fill}"/>'


def ring(x: float, y: float, radius: float, *, stroke: str, width: float) -> str:
    """Return a circle's line."""
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="none" stroke="{stroke}" '
        f'stroke-width="{width:.1f}"/>'
    )


def area(points: Iterable[Point], *, fill: str) -> str:
    """Return a filled polygon."""
    return f'<path d="{_line(points)}Z" fill="{fill}"/>'


def outline(points: Iterable[Point], *, stroke: str, width: float) -> str:
    """Return the line around a polygon."""
    return f'<path d="{_line(points)}Z" fill="none" stroke="{stroke}" stroke-width="{width:.1f}"/>'


def _line(points: Iterable[Point]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)

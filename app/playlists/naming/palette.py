"""The colours of families as a picture needs them, made of the token file that pages take them from."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from coloraide import Color

from app.playlists.models import Tint

Rgb = tuple[int, int, int]

_HUE = re.compile(r'\[data-hue="(\w+)"\] \{ --hue: ([\d.]+);(?: --tile-chroma: ([\d.]+);)?')
_DEPTH = re.compile(r'\[data-depth="(\d)"\] \{(.*?)\n  \}', re.DOTALL)
_LIGHT_TILE = re.compile(r"--tile: light-dark\(\s*oklch\(([\d.]+) calc\(([\d.]+) \*")
_ON_LIGHT_TILE = re.compile(r"--on-tile: (?:light-dark\()?var\(--([\w-]+)\)")
_TOKEN = re.compile(r"--([\w-]+): (?:light-dark\()?(oklch\([\d. ]+\))")


class Print(NamedTuple):
    """A family's colour, and that of what is printed on it."""

    tile: Rgb
    ink: Rgb


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of the light theme, in sRGB.

    Attributes:
        paper: what cards stand on.
        prints: every hue in both depths.
    """

    paper: Rgb
    prints: dict[Tint, Print]

    @classmethod
    def read(cls, tokens: Path) -> Self:
        """Read the token file.

        Raises:
            KeyError: it names a colour that it does not make.
        """
        css = tokens.read_text()
        named = {name: _rgb(color) for name, color in _TOKEN.findall(css)}
        prints = {
            Tint(hue, int(depth)): _print(body, degrees, float(share or 1), named)
            for hue, degrees, share in _HUE.findall(css)
            for depth, body in _DEPTH.findall(css)
        }
        return cls(named["paper"], prints)


def _print(body: str, degrees: str, share: float, named: dict[str, Rgb]) -> Print:
    ((lightness, chroma),) = _LIGHT_TILE.findall(body)
    (ink,) = _ON_LIGHT_TILE.findall(body)
    return Print(_rgb(f"oklch({lightness} {float(chroma) * share} {degrees})"), named[ink])


def _rgb(color: str) -> Rgb:
    red, green, blue = (round(255 * channel) for channel in Color(color).convert("srgb").fit().coords())
    return red, green, blue

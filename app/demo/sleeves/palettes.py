"""Colours of printed sleeves: flat inks on paper, three or four to a record."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """A ground, the ink that is read on it, and two more inks."""

    ground: str
    ink: str
    first: str
    second: str

    def on(self, fill: str) -> str:
        """Return ground or ink, whichever reads better on `fill`."""
        return max(self.ground, self.ink, key=lambda colour: abs(_lightness(colour) - _lightness(fill)))


def _lightness(colour: str) -> float:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return 0.3 * red + 0.59 * green + 0.11 * blue


PALETTES = (
    Palette("#efe6d2", "#1d1b1a", "#c8402f", "#28507a"),
    Palette("#12305a", "#f1ead9", "#ef7d32", "#7fb3d1"),
    Palette("#e2a72e", "#1c1a17", "#b4432b", "#f6edd6"),
    Palette("#161515", "#e9e2d0", "#d7352b", "#8a857a"),
    Palette("#e7a8a0", "#4f1220", "#1f6f72", "#f6ead8"),
    Palette("#2a3a30", "#eee3c8", "#d69a2d", "#b9542f"),
    Palette("#b9a9d4", "#1f2050", "#ee7d3b", "#f4ecdd"),
    Palette("#93b8b4", "#1d2b2b", "#a8462a", "#f0e2c4"),
    Palette("#f4f2ec", "#131313", "#2a35c9", "#e8c52f"),
    Palette("#c4623d", "#f7e9d2", "#3a1d14", "#a9c4cf"),
    Palette("#6d1a2c", "#f2dfcb", "#d6a84a", "#d97b6c"),
    Palette("#56677a", "#eef1f0", "#e8654f", "#14181c"),
    Palette("#3f2147", "#f6dcc4", "#d1447f", "#f0a35a"),
    Palette("#d8c7a3", "#2b2a28", "#a9472c", "#56686e"),
    Palette("#4a2c1a", "#f3e3bf", "#e0752d", "#efb93f"),
    Palette("#dfe3e6", "#22262b", "#d8412f", "#7d8b99"),
)

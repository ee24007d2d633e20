"""The colours of the token file, computed: readable on every tile in both themes, never Spotify's green."""

import math
import re
from itertools import product
from pathlib import Path
from typing import NamedTuple

import pytest

TOKENS = (Path(__file__).parent.parent.parent / "static/css/tokens.css").read_text()
THEMES = ("light", "dark")
SPOTIFY_HUE = 149


class Color(NamedTuple):
    lightness: float
    chroma: float
    hue: float


HUES = {name: float(hue) for name, hue in re.findall(r'\[data-hue="(\w+)"\] \{ --hue: (\d+);', TOKENS)}
TILES = list(product(HUES, ("1", "2"), THEMES))


def rule(selector: str) -> str:
    found = re.search(re.escape(selector) + r" \{(.*?)\n  \}", TOKENS, flags=re.DOTALL)
    assert found, selector
    return found[1]


def token(name: str, theme: str) -> Color:
    value = re.search(rf"--{name}: (?:light-dark)?\(?(.*?)\)?;", TOKENS)
    assert value, name
    colors = re.findall(r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)?", value[1])
    return Color(*map(float, colors[0 if theme == "light" else -1]))


def tile(hue: str, depth: str, theme: str) -> Color:
    body = rule(f'[data-depth="{depth}"]').split("--on-tile")[0]
    lightness, chroma = re.findall(r"oklch\(([\d.]+) calc\(([\d.]+) \*", body)[THEMES.index(theme)]
    return Color(float(lightness), 0 if hue == "grey" else float(chroma), HUES[hue])


def on_tile(depth: str, theme: str) -> Color:
    written = re.findall(r"var\(--(print-\w+)\)", rule(f'[data-depth="{depth}"]').split("--on-tile")[1])
    return token(written[0 if theme == "light" else -1], theme)


def linear_srgb(color: Color) -> tuple[float, float, float]:
    """Björn Ottosson's OKLab to linear sRGB, https://bottosson.github.io/posts/oklab/, read 2026."""
    a = color.chroma * math.cos(math.radians(color.hue))
    b = color.chroma * math.sin(math.radians(color.hue))
    long = (color.lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (color.lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (color.lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def contrast(one: Color, other: Color) -> float:
    def luminance(color: Color) -> float:
        red, green, blue = (min(1.0, max(0.0, channel)) for channel in linear_srgb(color))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_is_21_to_1() -> None:
    assert contrast(Color(0, 0, 0), Color(1, 0, 0)) == pytest.approx(21, abs=0.01)


def test_there_are_twelve_hues_and_grey() -> None:
    assert len(HUES) == 13
    assert "grey" in HUES


@pytest.mark.parametrize(("hue", "depth", "theme"), TILES)
def test_words_on_a_tile_can_be_read(hue: str, depth: str, theme: str) -> None:
    assert contrast(tile(hue, depth, theme), on_tile(depth, theme)) >= 4.5


@pytest.mark.parametrize(("hue", "depth", "theme"), TILES)
def test_a_tile_stands_out_from_the_page(hue: str, depth: str, theme: str) -> None:
    assert contrast(tile(hue, depth, theme), token("paper", theme)) >= 3


@pytest.mark.parametrize(("hue", "depth", "theme"), TILES)
def test_every_screen_can_show_a_tile_as_it_is_meant(hue: str, depth: str, theme: str) -> None:
    assert all(-0.001 <= channel <= 1.001 for channel in linear_srgb(tile(hue, depth, theme)))


@pytest.mark.parametrize(("hue", "depth", "theme"), TILES)
def test_no_tile_is_spotifys_green(hue: str, depth: str, theme: str) -> None:
    color = tile(hue, depth, theme)
    assert color.chroma <= 0.12 or abs(color.hue - SPOTIFY_HUE) > 20


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["paper", "paper-2"])
@pytest.mark.parametrize(("words", "least"), [("ink", 7), ("ink-2", 4.5), ("warning", 4.5), ("outline", 3)])
def test_ink_can_be_read_on_paper(words: str, least: float, ground: str, theme: str) -> None:
    assert contrast(token(words, theme), token(ground, theme)) >= least


@pytest.mark.parametrize("theme", THEMES)
def test_the_two_depths_of_a_hue_are_told_apart(theme: str) -> None:
    assert abs(tile("rose", "1", theme).lightness - tile("rose", "2", theme).lightness) > 0.1

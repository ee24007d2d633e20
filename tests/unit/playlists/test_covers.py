"""Covers as they are drawn."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from app.assets import STATIC
from app.playlists.models import Tint
from app.playlists.naming.covers import SIDE, CoverPrinter
from app.playlists.naming.lettering import Face, lines_of
from app.playlists.naming.palette import Palette, Rgb
from app.spotify.limits import COVER_LIMIT, NAME_LIMIT
from tests.unit.test_contrast import TILES, linear_srgb, on_tile, tile, token

FONT = STATIC / "fonts" / "familjen-grotesk.woff2"
ROCK, JAZZ, FOLK, POP = Tint("rust", 1), Tint("teal", 1), Tint("ochre", 2), Tint("rose", 1)


@pytest.fixture(scope="module")
def printer() -> CoverPrinter:
    return CoverPrinter(STATIC)


@pytest.fixture(scope="module")
def palette() -> Palette:
    return Palette.read(STATIC / "css" / "tokens.css")


@pytest.fixture(scope="module")
def face() -> Face:
    return Face(FONT)


def opened(picture: bytes) -> Image.Image:
    with Image.open(BytesIO(picture)) as image:
        return image.convert("RGB")


def near(one: Rgb, other: Rgb) -> bool:
    return all(abs(a - b) <= 6 for a, b in zip(one, other, strict=True))


def has(picture: bytes, color: Rgb) -> bool:
    """Whether a hundredth of a picture or more is of a colour, as well as a JPEG keeps it."""
    found = opened(picture).getcolors(SIDE * SIDE) or ()
    return sum(count for count, seen in found if near(seen, color)) >= SIDE * SIDE / 100  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name",
    ["Rock", "x" * NAME_LIMIT, "W" * NAME_LIMIT, "a b " * 25, "-" * 90, "", "\u97f3\u697d", "\u2026"],
)
@pytest.mark.parametrize("tints", [(ROCK,), (ROCK, JAZZ), (ROCK, JAZZ, FOLK, POP)])
def test_every_cover_is_a_square_that_spotify_takes(
    name: str, tints: tuple[Tint, ...], printer: CoverPrinter
) -> None:
    picture = printer.draw(name, tints)
    assert picture.startswith(b"\xff\xd8")
    assert opened(picture).size == (SIDE, SIDE)
    assert len(picture) * 4 / 3 < COVER_LIMIT * 0.6


def test_a_cover_has_the_colours_of_all_its_families(printer: CoverPrinter, palette: Palette) -> None:
    picture = printer.draw("Mixed", (ROCK, JAZZ, FOLK))
    assert [has(picture, palette.prints[tint].tile) for tint in (ROCK, JAZZ, FOLK, POP)] == [True] * 3 + [
        False
    ]
    assert has(picture, palette.prints[ROCK].ink)


def test_a_name_that_cannot_be_set_is_left_out_and_not_made_of_boxes(
    printer: CoverPrinter, palette: Palette
) -> None:
    assert not has(printer.draw("\u97f3\u697d", (ROCK,)), palette.prints[ROCK].ink)


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("R&B / soul", "R&B / soul"),
        ("S\u00e3o Tom\u00e9", "S\u00e3o Tom\u00e9"),
        ("min'y\u014d", "min'yo"),
        ("post\u2011punk \U0001f3b8 x", "post-punk x"),
        ("\u0645\u0648\u0633\u06cc\u0642\u06cc", ""),
        ("rock \u97f3\u697d", ""),
    ],
)
def test_a_name_is_spelled_in_letters_of_the_face(name: str, spelled: str, face: Face) -> None:
    assert face.spelled(name) == spelled


def test_lines_end_between_words_and_behind_hyphens(face: Face) -> None:
    lines = lines_of("singer-songwriter and folk", face.sized(80), 420)
    assert lines == ["singer-", "songwriter", "and folk"]


@pytest.mark.parametrize(("hue", "depth", "theme"), [one for one in TILES if one[2] == "light"])
def test_a_family_has_the_same_colour_as_on_the_pages(
    hue: str, depth: str, theme: str, palette: Palette
) -> None:
    made = palette.prints[Tint(hue, int(depth))]
    expected = [
        round(255 * (12.92 * c if c <= 0.0031308 else 1.055 * c ** (1 / 2.4) - 0.055))
        for color in (tile(hue, depth, theme), on_tile(depth, theme), token("paper", theme))
        for c in (min(1.0, max(0.0, channel)) for channel in linear_srgb(color))
    ]
    assert [*made.tile, *made.ink, *palette.paper] == pytest.approx(expected, abs=1)


def test_a_token_file_without_a_colour_is_refused(tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.css"
    tokens.write_text((STATIC / "css" / "tokens.css").read_text().replace("--paper:", "--sheet:"))
    with pytest.raises(KeyError):
        Palette.read(tokens)

"""Compositions of shapes, with the words kept to a margin."""

from itertools import product
from math import cos, hypot, pi, sin

from app.demo.sleeves.lettering import BOLD, SERIF_BOLD, SIDE, Box, Style, set_text
from app.demo.sleeves.sleeve import MARGIN, WIDTH, Point, Sleeve, area, circle, ground, outline, rect, ring

_FAR = 1000
_CORNERS = 56


def rings(sleeve: Sleeve) -> str:
    """Rings around a point off the centre, running out of the picture."""
    colours, rng = sleeve.colours, sleeve.rng
    x, y = rng.choice((170, 320, 500)), rng.choice((390, 440, 520))
    width = rng.choice((16, 24, 34))
    inks = (colours.first, colours.ink, colours.second)
    drawn = "".join(
        ring(x, y, width * (1.6 * turn + 1), stroke=inks[turn % 3], width=width)
        for turn in range(rng.choice((6, 8, 9)))
    )
    plate = rect(0, 0, SIDE, 168, fill=colours.ground)
    return ground(colours.ground) + drawn + plate + sleeve.credits(28, 118, colour=colours.ink)


def bands(sleeve: Sleeve) -> str:
    """A bundle of stripes that comes in from below and turns, straight out of a van's side."""
    colours, rng = sleeve.colours, sleeve.rng
    inks = (colours.first, colours.second, colours.ink, colours.first, colours.second)
    width = rng.choice((30, 38, 46))
    radius, left = rng.choice((60, 100)), rng.choice((60, 130, 220))
    drawn = ""
    for index, ink in enumerate(inks):
        reach = radius + (len(inks) - index) * (width + 6)
        x, y = left + index * (width + 6), 250 + index * (width + 6)
        drawn += (
            f'<path d="M{x} 660V{y + reach}A{reach} {reach} 0 0 1 {x + reach} {y}H660" fill="none" '
            f'stroke="{ink}" stroke-width="{width}"/>'
        )
    if rng.choice((True, False)):
        drawn = f'<g transform="translate({SIDE} 0) scale(-1 1)">{drawn}</g>'
    return ground(colours.ground) + drawn + sleeve.credits(40, 130, colour=colours.ink)


def tiles(sleeve: Sleeve) -> str:
    """A floor of quarter discs, half discs and triangles."""
    colours, rng = sleeve.colours, sleeve.rng
    count = rng.choice((3, 4, 5))
    side = 480 / count
    inks = (colours.first, colours.second, colours.ink)
    drawn = "".join(
        _tile(
            rng.randrange(5),
            side,
            f"translate({80 + column * side:.1f} {40 + row * side:.1f}) "
            f"rotate({90 * rng.randrange(4)} {side / 2:.1f} {side / 2:.1f})",
            rng.choice(inks),
        )
        for row, column in product(range(count), repeat=2)
    )
    return ground(colours.ground) + drawn + sleeve.credits(528, 88, colour=colours.ink)


def _tile(kind: int, side: float, transform: str, fill: str) -> str:
    half = side / 2
    path = (
        f"M0 0H{side:.1f}A{side:.1f} {side:.1f} 0 0 1 0 {side:.1f}Z",
        f"M0 0H{side:.1f}V{half:.1f}H0Z",
        f"M0 {half:.1f}A{half:.1f} {half:.1f} 0 0 1 {side:.1f} {half:.1f}Z",
        f"M0 0L{side:.1f} {side:.1f}H0Z",
        f"M{half:.1f} 0A{half:.1f} {half:.1f} 0 1 1 {half - 0.1:.1f} 0Z",
    )[kind]
    return f'<path d="{path}" fill="{fill}" transform="{transform}"/>'


def contours(sleeve: Sleeve) -> str:
    """Lines of height around a summit, as on a map."""
    colours, rng = sleeve.colours, sleeve.rng
    x, y = rng.uniform(220, 430), rng.uniform(230, 330)
    bumps = [(rng.randint(2, 5), rng.uniform(0.05, 0.16), rng.uniform(0, 2 * pi)) for _ in range(3)]
    levels = rng.choice((11, 14, 18))
    step = 400 / levels
    drawn = area(_blob(x, y, step * 2.2, bumps), fill=colours.first)
    for level in range(3, levels + 1):
        drawn += outline(_blob(x, y, step * level, bumps), stroke=colours.ink, width=step * 0.22)
    plate = rect(0, 500, SIDE, 140, fill=colours.ground) + rect(0, 500, SIDE, 4, fill=colours.ink)
    return ground(colours.ground) + drawn + plate + sleeve.credits(516, 96, colour=colours.ink)


def _blob(x: float, y: float, radius: float, bumps: list[tuple[int, float, float]]) -> list[Point]:
    points = []
    for turn in range(_CORNERS):
        angle = 2 * pi * turn / _CORNERS
        reach = radius * (1 + sum(depth * sin(waves * angle + shift) for waves, depth, shift in bumps))
        points.append((x + reach * cos(angle), y + reach * sin(angle)))
    return points


def halftone(sleeve: Sleeve) -> str:
    """Printer's dots, swelling towards a light."""
    colours, rng = sleeve.colours, sleeve.rng
    step = rng.choice((30, 36, 44))
    x, y = rng.uniform(100, 540), rng.uniform(260, 600)
    wave = rng.choice((90, 140, 200))
    drawn = ""
    for row, column in product(range(int(SIDE / step) + 2), repeat=2):
        left, top = (column + row % 2 / 2) * step, row * step
        size = step * (0.08 + 0.27 * (1 + cos(hypot(left - x, top - y) / wave * pi)))
        drawn += f'<circle cx="{left:.0f}" cy="{top:.0f}" r="{size:.1f}"/>'
    drawn = f'<g fill="{colours.first}">{drawn}</g>'
    plate = rect(0, 0, SIDE, 170, fill=colours.ink)
    return ground(colours.ground) + drawn + plate + sleeve.credits(26, 118, colour=colours.ground)


def horizon(sleeve: Sleeve) -> str:
    """A disc going down behind hills that are cut out of paper."""
    colours, rng = sleeve.colours, sleeve.rng
    sun = circle(
        rng.uniform(180, 460), rng.uniform(300, 350), rng.choice((110, 140, 170)), fill=colours.first
    )
    hills = ""
    for base, ink in ((400, colours.second), (480, colours.first), (560, colours.ink)):
        height, waves, shift = rng.uniform(24, 64), rng.uniform(0.8, 1.8), rng.uniform(0, 2 * pi)
        ridge = [(x, base + height * sin(waves * pi * x / SIDE + shift)) for x in range(0, SIDE + 1, 16)]
        hills += area([*ridge, (SIDE, SIDE), (0, SIDE)], fill=ink)
    face = rng.choice((BOLD, SERIF_BOLD))
    return ground(colours.ground) + sun + hills + sleeve.credits(32, 126, colour=colours.ink, face=face)


def cutouts(sleeve: Sleeve) -> str:
    """Leaves and pebbles, cut with scissors and laid on two sheets."""
    colours, rng = sleeve.colours, sleeve.rng
    seam = rng.choice((190, 260, 400))
    sheets = rect(0, 0, seam, 504, fill=colours.second) + rect(seam, 0, SIDE - seam, 504, fill=colours.first)
    inks = [colours.ink, colours.ground, colours.ink]
    rng.shuffle(inks)
    drawn = ""
    for (x, y), ink in zip(((170, 170), (470, 190), (310, 345)), inks, strict=True):
        waves = rng.randint(3, 8)
        bumps = [(waves, rng.uniform(0.2, 0.42), rng.uniform(0, 2 * pi)), (2, 0.16, rng.uniform(0, 2 * pi))]
        drawn += area(_blob(x, y, rng.uniform(78, 104), bumps), fill=ink)
    plate = rect(0, 504, SIDE, 136, fill=colours.ground)
    words = sleeve.credits(520, 92, colour=colours.ink, face=SERIF_BOLD)
    return ground(colours.ground) + sheets + drawn + plate + words


def flicker(sleeve: Sleeve) -> str:
    """Stripes that bend until the eye gives in."""
    colours, rng = sleeve.colours, sleeve.rng
    count, sway = rng.choice((13, 17, 23)), rng.uniform(14, 46)
    waves, shift = rng.uniform(0.7, 1.6), rng.uniform(0, 2 * pi)
    step = SIDE / count
    heights = range(-20, SIDE + 40, 20)
    drawn = ""
    for index in range(-3, count + 3):
        left = [(index * step + sway * sin(waves * 2 * pi * y / SIDE + shift), float(y)) for y in heights]
        right = [
            (index * step + step / 2 + sway * sin(waves * 2 * pi * y / SIDE + shift + 0.5), float(y))
            for y in heights
        ]
        drawn += area([*left, *reversed(right)], fill=colours.first)
    return ground(colours.ground) + drawn + _badge(sleeve)


def _badge(sleeve: Sleeve) -> str:
    colours = sleeve.colours
    plate = circle(320, 320, 186, fill=colours.ink)
    title = set_text(
        sleeve.album,
        Box(184, 220, 272, 130),
        Style(BOLD, colours.ground, largest=56, align="middle", at_bottom=True),
    )
    artist = set_text(
        sleeve.artist, Box(204, 366, 232, 60), Style(BOLD, colours.ground, largest=28, align="middle")
    )
    return plate + title + artist


def fan(sleeve: Sleeve) -> str:
    """Wedges that open from a corner."""
    colours, rng = sleeve.colours, sleeve.rng
    corner, inwards = rng.choice(((0, _FAR), (SIDE, -_FAR)))
    count = rng.choice((5, 7, 10))
    inks = (colours.first, colours.ground, colours.second, colours.ground, colours.ink, colours.ground)
    drawn = ""
    for index in range(count):
        here, there = pi / 2 * index / count, pi / 2 * (index + 1) / count
        ends = [(corner + inwards * cos(angle), SIDE - _FAR * sin(angle)) for angle in (here, there)]
        drawn += area([(corner, SIDE), *ends], fill=inks[index % len(inks)])
    plate = rect(MARGIN, MARGIN, WIDTH, 150, fill=colours.ink)
    title = set_text(
        sleeve.album, Box(64, 54, WIDTH - 48, 78), Style(BOLD, colours.ground, largest=50, at_bottom=True)
    )
    artist = set_text(sleeve.artist, Box(64, 142, WIDTH - 48, 34), Style(BOLD, colours.ground, largest=26))
    return ground(colours.ground) + drawn + plate + title + artist


GEOMETRIC = (rings, bands, tiles, contours, halftone, horizon, cutouts, flicker, fan)

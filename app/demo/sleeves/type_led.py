"""Compositions in which the words are the picture."""

import html

from app.demo.sleeves.lettering import (
    BOLD,
    CONDENSED,
    PLAIN,
    SERIF,
    SERIF_BOLD,
    SIDE,
    TYPEWRITER,
    Box,
    Style,
    clean,
    is_rtl,
    line_of,
    set_text,
    width_of,
    wrap,
)
from app.demo.sleeves.sleeve import MARGIN, WIDTH, Sleeve, circle, ground, rect, ring

_FOOT = 80


def letterpress(sleeve: Sleeve) -> str:
    """Every line of the title as wide as the sheet, like a poster from a wood type shop."""
    colours = sleeve.colours
    title = clean(sleeve.album).upper()
    head = set_text(sleeve.artist, Box(MARGIN, 36, WIDTH, 34), Style(BOLD, colours.ink, largest=26))
    rule = rect(MARGIN, 84, WIDTH, 6, fill=colours.ink)
    box = Box(MARGIN, 104, WIDTH, SIDE - 104 - MARGIN)
    if is_rtl(title):
        return (
            ground(colours.ground)
            + head
            + rule
            + set_text(title, box, Style(BOLD, colours.first, largest=220))
        )
    lines = min((wrap(title, count, BOLD) for count in range(1, 8)), key=lambda lines: _misfit(lines, box))
    return ground(colours.ground) + head + rule + _wood_type(lines, box, sleeve)


def _heights(lines: list[str], box: Box) -> list[float]:
    return [min(300.0, 0.8 * box.width / width_of(line, BOLD)) for line in lines]


def _misfit(lines: list[str], box: Box) -> float:
    return abs(sum(_heights(lines, box)) + 14 * (len(lines) - 1) - box.height)


def _wood_type(lines: list[str], box: Box, sleeve: Sleeve) -> str:
    heights = _heights(lines, box)
    gap = 14.0
    scale = min(1.9, (box.height - gap * (len(lines) - 1)) / sum(heights))
    inks = (sleeve.colours.first, sleeve.colours.ink)
    start = sleeve.rng.randint(0, 1)
    y, parts = box.y, []
    for index, (line, height) in enumerate(zip(lines, heights, strict=True)):
        y += height * scale
        parts.append(_stretched(line, y, height * scale / 0.74, fill=inks[(index + start) % 2]))
        y += gap
    return "".join(parts)


def _stretched(line: str, y: float, size: float, *, fill: str) -> str:
    # The length is given, so that the line fills the sheet in any font.
    return (
        f'<text x="{MARGIN}" y="{y:.1f}" font-family="{BOLD.family}" font-weight="700" '
        f'font-size="{size:.1f}" fill="{fill}" textLength="{WIDTH}" lengthAdjust="spacingAndGlyphs">'
        f"{html.escape(line)}</text>"
    )


def refrain(sleeve: Sleeve) -> str:
    """The title over and over, one row of it in another ink."""
    colours, rng = sleeve.colours, sleeve.rng
    rows = rng.choice((5, 6, 8))
    step = (SIDE - _FOOT) / rows
    title = clean(sleeve.album).upper()
    row = f"{title} \u2022 " * (2 + int(SIDE / (step * width_of(title, BOLD))))
    lit = rng.randrange(1, rows - 1)
    parts = [ground(colours.ground)]
    for index in range(rows):
        if index == lit:
            parts.append(rect(0, index * step, SIDE, step, fill=colours.first))
        ink = colours.on(colours.first) if index == lit else colours.ink
        box = Box(-rng.uniform(0, 0.4) * SIDE, 0, SIDE * 1.8, SIDE)
        parts.append(line_of(row, (index + 0.82) * step, step * 0.9, box=box, style=Style(BOLD, ink)))
    foot = rect(0, SIDE - _FOOT, SIDE, _FOOT, fill=colours.ink)
    artist = Box(MARGIN, SIDE - _FOOT + 20, WIDTH, _FOOT - 36)
    return "".join(parts) + foot + set_text(sleeve.artist, artist, Style(BOLD, colours.ground, largest=30))


def initial(sleeve: Sleeve) -> str:
    """The first letter, larger than the sleeve."""
    colours, rng = sleeve.colours, sleeve.rng
    letter = next((c for c in clean(sleeve.album or sleeve.artist) if c.isalnum()), "*").upper()
    face = rng.choice((BOLD, SERIF_BOLD))
    x, y = rng.choice(((380, 740), (250, 770), (430, 755)))
    giant = (
        f'<text x="{x}" y="{y}" font-family="{face.family}" font-weight="700" font-size="780" '
        f'fill="{colours.first}" text-anchor="middle">{html.escape(letter)}</text>'
    )
    dot = circle(rng.choice((110, 530)), rng.choice((300, 470)), rng.choice((34, 52)), fill=colours.second)
    return ground(colours.ground) + giant + dot + sleeve.credits(30, 120, colour=colours.ink)


def constructor(sleeve: Sleeve) -> str:
    """Bars and words on a slope, with a disc for balance."""
    colours, rng = sleeve.colours, sleeve.rng
    angle = rng.choice((-24, -18, 16))
    disc = circle(rng.choice((150, 480)), rng.choice((140, 170)), rng.choice((96, 130)), fill=colours.second)
    bars = rect(-200, 250, 1040, 170, fill=colours.first) + rect(-200, 436, 1040, 16, fill=colours.ink)
    words = set_text(
        sleeve.album,
        Box(70, 264, 500, 142),
        Style(BOLD, colours.on(colours.first), largest=96, align="middle"),
    ) + set_text(sleeve.artist, Box(70, 468, 500, 44), Style(BOLD, colours.ink, largest=32, align="middle"))
    sloped = f'<g transform="rotate({angle} 320 340)">{bars}{words}</g>'
    return ground(colours.ground) + disc + sloped


def label(sleeve: Sleeve) -> str:
    """A framed title page with a medallion, as on a box of chamber music."""
    colours, rng = sleeve.colours, sleeve.rng
    page = rect(28, 28, SIDE - 56, SIDE - 56, fill=colours.ink) + rect(
        34, 34, SIDE - 68, SIDE - 68, fill=colours.ground
    )
    inner = rect(46, 46, SIDE - 92, SIDE - 92, fill=colours.ink) + rect(
        48, 48, SIDE - 96, SIDE - 96, fill=colours.ground
    )
    petals, radius = rng.choice((8, 12, 16)), rng.choice((52, 64))
    spin = "".join(
        f'<ellipse cx="320" cy="{170 - radius / 2:.1f}" rx="{radius / 5:.1f}" ry="{radius / 2:.1f}" '
        f'fill="{colours.first}" transform="rotate({360 * petal / petals:.1f} 320 170)"/>'
        for petal in range(petals)
    )
    medallion = ring(320, 170, radius + 14, stroke=colours.ink, width=3) + spin
    words = set_text(
        sleeve.album, Box(84, 276, SIDE - 168, 210), Style(SERIF, colours.ink, largest=74, align="middle")
    ) + set_text(
        sleeve.artist, Box(84, 520, SIDE - 168, 44), Style(SERIF, colours.first, largest=34, align="middle")
    )
    return ground(colours.ground) + page + inner + medallion + words


def columns(sleeve: Sleeve) -> str:
    """A row of blocks in rhythm over the title, set low and tight."""
    colours, rng = sleeve.colours, sleeve.rng
    count, face = rng.choice((5, 7, 9)), rng.choice((BOLD, CONDENSED))
    step = WIDTH / count
    inks = (colours.first, colours.second, colours.ink)
    blocks = "".join(
        rect(
            MARGIN + index * step,
            0,
            step * rng.choice((0.5, 0.72, 0.86)),
            rng.uniform(90, 330),
            fill=rng.choice(inks),
        )
        for index in range(count)
    )
    title = set_text(
        sleeve.album.lower(),
        Box(MARGIN, 352, WIDTH, 190),
        Style(face, colours.ink, largest=118, at_bottom=True),
    )
    artist = set_text(
        sleeve.artist.lower(), Box(MARGIN, 560, WIDTH, 44), Style(PLAIN, colours.first, largest=36)
    )
    return ground(colours.ground) + blocks + title + artist


def quiet(sleeve: Sleeve) -> str:
    """Small type, one shape, and the rest is air."""
    colours, rng = sleeve.colours, sleeve.rng
    face = rng.choice((PLAIN, SERIF, TYPEWRITER))
    y = rng.choice((330, 380, 420))
    shape = rng.choice(
        (
            rect(MARGIN, y, WIDTH, 5, fill=colours.first),
            circle(SIDE - 130, y - 30, 66, fill=colours.first),
            rect(SIDE / 2, y - 130, SIDE / 2, 150, fill=colours.second),
        )
    )
    words = set_text(
        sleeve.album, Box(MARGIN, 44, 440, 130), Style(face, colours.ink, largest=44)
    ) + set_text(sleeve.artist, Box(MARGIN, 560, WIDTH, 40), Style(face, colours.ink, largest=28))
    return ground(colours.ground) + shape + words


def obi(sleeve: Sleeve) -> str:
    """A paper band down the side with the title from top to bottom, as on Japanese pressings."""
    colours, rng = sleeve.colours, sleeve.rng
    band = rect(0, 0, 150, SIDE, fill=colours.ink)
    sun = circle(
        rng.choice((330, 400, 470)),
        rng.choice((220, 330, 400)),
        rng.choice((120, 160, 190)),
        fill=colours.first,
    )
    floor = rect(150, rng.choice((430, 480)), SIDE, SIDE, fill=colours.second)
    return ground(colours.ground) + sun + floor + band + _downwards(sleeve)


def _downwards(sleeve: Sleeve) -> str:
    title, artist = clean(sleeve.album), clean(sleeve.artist)
    size = min(76.0, 560 / max(1.0, width_of(title, BOLD)))
    small = min(26.0, 560 / max(1.0, width_of(artist, BOLD)))
    return "".join(
        f'<text x="{x}" y="40" writing-mode="vertical-rl" font-family="{BOLD.family}" font-weight="700" '
        f'font-size="{height:.1f}" fill="{sleeve.colours.ground}">{html.escape(text)}</text>'
        for x, height, text in ((94, size, title), (30, small, artist))
    )


TYPE_LED = (letterpress, refrain, initial, constructor, label, columns, quiet)

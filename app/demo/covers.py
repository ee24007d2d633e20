"""Covers of the simulator's albums: a made-up record sleeve for every album id."""

from random import Random

from app.demo.sleeves.geometric import GEOMETRIC
from app.demo.sleeves.lettering import SIDE, clean, is_east_asian
from app.demo.sleeves.palettes import PALETTES
from app.demo.sleeves.sleeve import Sleeve
from app.demo.sleeves.type_led import TYPE_LED, obi

_SHARE_WITH_OBI = 0.45
_COMPOSITIONS = TYPE_LED + GEOMETRIC


def render_cover(album: str, artist: str, album_id: str) -> bytes:
    """Draw a sleeve as SVG, 640 units square; the same for the same album in every run.

    Composition and colours come from `album_id`. The picture is complete in itself: no scripts, no fonts and
    nothing else from elsewhere, so it can stand in an `<img>` under any content policy.
    """
    rng = Random(f"cover {album_id}")
    composition = rng.choice(_COMPOSITIONS)
    sleeve = Sleeve(clean(album) or clean(artist) or "\u2013", clean(artist), rng.choice(PALETTES), rng)
    if is_east_asian(sleeve.album) and rng.random() < _SHARE_WITH_OBI:
        composition = obi
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}">{composition(sleeve)}</svg>'
    return svg.encode()

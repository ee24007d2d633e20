"""Sample pages about a person's rules."""

from tests.correction_samples import SAID_PAGE
from tests.samples import NAME, NOW, Sample

TILE = Sample(id="1", name=NAME, hue="rust", depth=1)
SHIFT = Sample(songs=2, before=NAME, after=NAME)
LINE = Sample(
    id="1",
    kind="move",
    is_family=False,
    name=NAME,
    target=NAME,
    size=7,
    tile=TILE,
    made_at=NOW,
    moved=9,
    shifts=(SHIFT, SHIFT),
    void=None,
)
TOLD = Sample(line=LINE, back="/genres")
LINES = tuple(
    LINE.but(kind=kind, is_family=is_family, shifts=())
    for kind in ("move", "make", "merge", "rename", "recolour", "hide", "minimum")
    for is_family in (True, False)
)
VOIDS = tuple(LINE.but(void=void) for void in ("later", "gone", "merged", "circle", "taken"))
CHANGE = Sample(
    what="genre:1",
    is_family=False,
    name=NAME,
    tile=TILE,
    count=3,
    second=2,
    families=(TILE,),
    genres=(NAME,),
    colours=(),
    rules=(LINE,),
    back="/genres",
)
COLOURS = (
    Sample(hue="1", depth=1, families=(NAME,), chosen=False),
    Sample(hue="2", depth=2, families=(), chosen=False),
    Sample(hue="3", depth=2, families=(), chosen=True),
)
TRIAL = Sample(reset=False, mode="add", file="1", count=2, rules=2, void=1, moved=4, shifts=(SHIFT,))
RULE_PAGES: list[tuple[str, Sample]] = [
    ("genres/rules.html", Sample(rules=(*LINES, *VOIDS), minimum=1, most=500, said=SAID_PAGE)),
    ("genres/rules.html", Sample(rules=(), minimum=1, most=500, said=SAID_PAGE.but(said=()))),
    ("genres/change.html", CHANGE),
    ("genres/change.html", CHANGE.but(is_family=True, second=0, colours=COLOURS, rules=(), back="")),
    ("genres/trial.html", TRIAL),
    ("genres/trial.html", TRIAL.but(reset=True, void=0, moved=1, shifts=())),
]

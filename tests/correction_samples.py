"""Sample pages for the templates of corrections; see page_samples."""

from tests.page_samples import LOCAL, SONG
from tests.samples import NAME, NOW, Sample

TILE = Sample(name=NAME, hue="rust", depth=1)
FIELD = Sample(genres=(NAME,), typed=NAME, fault=None)
SAID = Sample(target="artist:1", label=NAME, is_artist=True, tiles=(TILE,), songs=2, made_at=NOW)
CHANGE = Sample(target="artist:1", label=NAME, said=SAID)
SAID_PAGE = Sample(
    said=(SAID, SAID.but(target="song:1", is_artist=False, songs=0)), total=300, next_offset=200
)
WORK = Sample(
    target="artist:1",
    label=NAME,
    is_artist=True,
    url="/1",
    chosen="artist:1",
    total=3,
    songs=(SONG.but(album=NAME, year=1999), LOCAL.but(album="", year=None)),
    more=2,
)
NONE = Sample(
    total=3,
    alone=1,
    settled=0,
    first=1,
    first_settle=2,
    waiting=1,
    at=0,
    open=WORK,
    field=FIELD,
    queue=(
        Sample(label=NAME, is_artist=True, songs=2, at=0),
        Sample(label=NAME, is_artist=False, songs=1, at=1),
    ),
    queue_total=300,
    offset=0,
    next_offset=200,
)
CORRECT = Sample(
    title=NAME,
    is_song=True,
    row=SONG,
    standings=(Sample(tile=TILE, songs=2),),
    said=(),
    choices=(
        Sample(target="artist:1", label=NAME, is_artist=True, songs=2),
        Sample(target="song:1", label=NAME, is_artist=False, songs=1),
    ),
    chosen="artist:1",
    field=FIELD,
    query=Sample(song="1", artist=None),
    next="/genres",
)
CORRECTION_PAGES: list[tuple[str, Sample]] = [
    ("genres/none.html", NONE),
    (
        "genres/none.html",
        NONE.but(open=WORK.but(is_artist=False, url=None, chosen="song:1"), settled=7, at=1),
    ),
    ("genres/none.html", NONE.but(open=None, at=1, next_offset=None)),
    ("genres/none.html", NONE.but(total=0, open=None, queue=())),
    ("genres/correct.html", CORRECT),
    ("genres/correct.html", CORRECT.but(said=(SAID,), query=Sample(song=None, artist="1"), is_song=False)),
    *(
        ("genres/correct.html", CORRECT.but(standings=(), field=FIELD.but(fault=fault)))
        for fault in ("none", "many", "long", "odd")
    ),
    ("genres/corrections.html", SAID_PAGE),
    ("genres/corrections.html", SAID_PAGE.but(said=())),
]

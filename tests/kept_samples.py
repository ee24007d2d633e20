"""Sample pages of the playlists that are kept in step."""

from datetime import timedelta

from tests.auto_sort_samples import AUTO_SORT
from tests.page_samples import LABEL, SONG
from tests.samples import NAME, NOW, Sample

PART = Sample(item="family:1", label=LABEL)
GENRE = Sample(item=f"genre:{NAME}", label=LABEL.but(kind="genre"))
CHANGE = Sample(kind="updated", at=NOW, added=3, removed=2, run="1")
LINE = Sample(
    id="1",
    name=NAME,
    url="/1",
    songs=7,
    include=(PART,),
    exclude=(),
    family=LABEL,
    match="any",
    mode="add",
    schedule="off",
    gone=False,
    since=NOW,
    compared_at=NOW,
    change=CHANGE,
    undo_until=NOW + timedelta(days=30),
)
MIXED = LINE.but(
    include=(PART, GENRE), exclude=(GENRE, PART), family=None, match="lead", mode="mirror", schedule="weekly"
)
FROZEN = LINE.but(
    mode="frozen",
    schedule="daily",
    compared_at=None,
    change=CHANGE.but(kind="undone", removed=0),
    undo_until=None,
)
GONE = MIXED.but(gone=True, change=None, undo_until=None)
NO_SONGS = Sample(uris=(), songs=(), total=0, next_offset=None)
SONGS = Sample(uris=("1", "2"), songs=(SONG, SONG.but(name="", image=None, url=None)), total=7, next_offset=2)
KEPT = Sample(
    line=LINE,
    order="newest",
    inferred=False,
    unfinished=None,
    out=NO_SONGS,
    families=(("1", NAME),),
    genres=(NAME,),
    query=Sample(notice=None, unknown="", offset=0),
)
UNDO = Sample(line=LINE, change=CHANGE, allowed=True, added=SONGS, removed=SONGS.but(next_offset=None))
MADE = UNDO.but(change=CHANGE.but(kind="made"), added=NO_SONGS, removed=NO_SONGS)
SHELF = Sample(
    playlists=(LINE, MIXED, FROZEN, GONE, LINE.but(change=CHANGE.but(kind="made"))),
    gone=1,
    frozen=False,
    auto_sort=None,
)

KEPT_PAGES: list[tuple[str, Sample]] = [
    ("playlists/page.html", SHELF),
    *(
        ("playlists/page.html", SHELF.but(auto_sort=AUTO_SORT.but(state=state)))
        for state in ("on", "running", "waits", "paused")
    ),
    ("playlists/page.html", Sample(playlists=(FROZEN,), gone=0, frozen=True, auto_sort=None)),
    ("playlists/page.html", Sample(playlists=(), gone=0, frozen=True, auto_sort=None)),
    ("playlists/playlist.html", KEPT),
    (
        "playlists/playlist.html",
        KEPT.but(line=MIXED, out=SONGS, unfinished="1", query=Sample(notice="saved", unknown=NAME)),
    ),
    ("playlists/playlist.html", KEPT.but(line=FROZEN, query=Sample(notice="allowed", unknown=""))),
    ("playlists/playlist.html", KEPT.but(line=GONE)),
    ("playlists/undo.html", UNDO),
    ("playlists/undo.html", MADE),
    ("playlists/undo.html", MADE.but(allowed=False)),
    ("playlists/forget.html", LINE),
    ("playlists/forget.html", GONE),
]

"""Sample pages of auto-sort."""

from tests.samples import NAME, NOW, Sample

SORTED = Sample(
    at=NOW,
    new=7,
    placed=5,
    playlists=(Sample(id="1", name=NAME, added=5, removed=1, problem=None),),
    run="1",
    added=5,
    removed=1,
    problem=None,
)
AUTO_SORT = Sample(
    state="on",
    playlists=7,
    daily=3,
    weekly=1,
    schedule=None,
    next_at=NOW,
    paused=NAME,
    log=(SORTED, SORTED.but(playlists=(), run=""), SORTED.but(new=None, playlists=(), run="", problem=NAME)),
)
AUTO_SORT_PAGES = [
    *(
        ("playlists/auto_sort.html", AUTO_SORT.but(state=state))
        for state in ("on", "off", "running", "waits", "paused")
    ),
    ("playlists/auto_sort.html", AUTO_SORT.but(playlists=0)),
]
NEWS = Sample(
    since=NOW,
    new=Sample(songs=43, placed=38),
    room=Sample(playlists=6, songs=31),
    runs=(SORTED, *AUTO_SORT.log, SORTED.but(problem=NAME)),
    paused=NAME,
)

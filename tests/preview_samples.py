"""Sample pages of previews and of the runs that write them."""

from tests.page_samples import LABEL, SONG
from tests.samples import NAME, NOW, Sample

FEW = Sample(count=7, songs=(SONG,), more=6)
NO_SONGS = Sample(count=0, songs=(), more=0)
ALIKE = Sample(uri="1", row=SONG, droppable=True)
OWN = Sample(id="1", name=NAME, songs=7)
LISTED = Sample(
    index=0,
    task="make",
    chosen=True,
    changes=True,
    name=NAME,
    description=NAME,
    url=None,
    target=None,
    replaces=True,
    labels=(LABEL,),
    without=(LABEL,),
    match="any",
    mode="add",
    order="newest",
    size=7,
    add=FEW,
    remove=NO_SONGS,
    already=0,
    held_back=2,
    no_room=1,
    local=1,
    unplayable=2,
    inferred=1,
    listed=2,
    repeated=((SONG, SONG.but(name="", image=None, added_at=None, year=None, url=None)),),
    alike=((ALIKE, ALIKE.but(droppable=False)),),
    dropped=(ALIKE,),
    namesakes=(OWN, OWN.but(songs=None)),
)
UPDATED = LISTED.but(
    index=1, task="update", url="/1", target="1", remove=FEW, already=3, labels=(LABEL, LABEL), namesakes=()
)
STILL = UPDATED.but(
    add=NO_SONGS, remove=NO_SONGS, changes=False, chosen=False, repeated=(), alike=(), dropped=()
)
SHOWN = LISTED.but(id="1", what="add", count=7, songs=(SONG,), offset=0, next_offset=200)
PREVIEW = Sample(
    id="1",
    task="make",
    calls_needed=12,
    calls_left=7,
    estimated_s=9,
    songs=7,
    repeated=1,
    removed=0,
    match="lead",
    playlists=(LISTED, LISTED.but(index=1, labels=(LABEL, LABEL), replaces=False)),
    still=(),
    gone=(),
    own=(OWN, OWN.but(songs=None)),
    crowded=True,
    run=None,
    asks=True,
    first=True,
    covers=True,
    changed=False,
)
REFRESH = PREVIEW.but(
    task="update",
    calls_left=None,
    playlists=(UPDATED, UPDATED.but(index=2, changes=False, add=NO_SONGS, remove=NO_SONGS)),
    still=(STILL,),
    gone=(OWN, OWN),
    own=(),
    asks=False,
    changed=True,
)
WRITTEN = Sample(
    name=NAME,
    id="1",
    url="/1",
    task="make",
    added=3,
    total=7,
    removed=0,
    to_remove=0,
    verified=3,
    problem=NAME,
    labels=(LABEL,),
    undo_until=NOW,
)
CHANGED = WRITTEN.but(task="update", removed=1, to_remove=2)
RUN = Sample(
    id="1",
    status="running",
    task="make",
    resumes_at=NOW,
    added=3,
    total=7,
    removed=0,
    to_remove=0,
    playlists=((0, WRITTEN), (2, WRITTEN.but(url=None, verified=None, problem=None, undo_until=None))),
    still=0,
    taken_back=0,
    refused=False,
)

PREVIEW_PAGES: list[tuple[str, Sample]] = [
    ("playlists/preview.html", PREVIEW),
    ("playlists/preview.html", PREVIEW.but(run="1", match="any")),
    ("playlists/preview.html", REFRESH),
    ("playlists/preview.html", REFRESH.but(playlists=(), gone=())),
    ("playlists/preview.html", REFRESH.but(task=None, run="1", removed=0)),
    (
        "playlists/preview_songs.html",
        LISTED.but(id="1", what="add", count=7, songs=(SONG,), offset=0, next_offset=200),
    ),
    (
        "playlists/preview_songs.html",
        LISTED.but(id="1", what="remove", count=7, songs=(SONG,), offset=0, next_offset=None),
    ),
    *(
        ("playlists/run.html", RUN.but(task=task, status=status))
        for status in ("running", "waiting", "completed", "partial", "failed")
        for task in ("make", "unfollow")
    ),
    (
        "playlists/run.html",
        RUN.but(task="update", status="completed", to_remove=2, playlists=((0, CHANGED),), still=2),
    ),
    ("playlists/run.html", RUN.but(task="update", status="completed", total=0, playlists=(), still=2)),
    (
        "playlists/run.html",
        RUN.but(
            task="undo", status="partial", playlists=((0, CHANGED.but(total=0)),), taken_back=2, refused=True
        ),
    ),
    ("playlists/run.html", RUN.but(task=None, status="completed", playlists=((0, WRITTEN), (1, CHANGED)))),
    (
        "playlists/run.html",
        RUN.but(
            task="unfollow",
            status="completed",
            playlists=((0, WRITTEN.but(task="unfollow", undo_until=None)),),
        ),
    ),
]

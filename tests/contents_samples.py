"""Sample pages of what is in one's playlists."""

from tests.samples import NAME, NOW, Sample

HELD = Sample(name=NAME, url="/1", owner=NAME, songs=7, state="unread")
CONTENTS = Sample(
    status="idle",
    resumes_at=NOW,
    missing=2,
    calls_needed=3,
    as_of=NOW,
    problem=None,
    calls_left=None,
    estimated_seconds=90,
    playlists=(
        *(HELD.but(state=state) for state in ("unread", "changed", "made", "read", "refused", "foreign")),
        HELD.but(name="", url="", owner="", songs=None, state="foreign"),
    ),
)
CONTENTS_PAGES: list[tuple[str, Sample]] = [
    ("playlists/contents.html", CONTENTS),
    ("playlists/contents.html", CONTENTS.but(status="running", resumes_at=None)),
    ("playlists/contents.html", CONTENTS.but(status="waiting")),
    ("playlists/contents.html", CONTENTS.but(problem=NAME, calls_left=1)),
    ("playlists/contents.html", CONTENTS.but(missing=0, playlists=(HELD.but(state="read"),))),
    ("playlists/contents.html", CONTENTS.but(missing=0, playlists=())),
    ("playlists/contents.html", CONTENTS.but(as_of=None, playlists=())),
]

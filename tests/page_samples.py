"""Sample pages for every template; names have no Latin letters: those in a page stand in its template."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from app.kv.findings import Finding

NOW = datetime(2026, 11, 22, 18, 40, tzinfo=UTC)
NAME = "\u97f3\u697d"


class Sample(SimpleNamespace):
    """A page model, or a part of one."""

    def but(self, **changes: Any) -> "Sample":
        return Sample(**vars(self) | changes)


LABEL = Sample(kind="family", name=NAME, hue="rust", depth=1)
BAND = Sample(id="1", name=NAME, hue="rust", depth=1, count=7, share=0.1, size=3, top_genres=(NAME,), bar=0.5)
LINE = Sample(
    name=NAME, family="1", family_name=NAME, hue="rust", depth=1, lead_count=3, count=5, share=0.4, bar=0.5
)
GROUP = Sample(name=NAME, count=5, genres=(LINE,))
SONG = Sample(
    id="1",
    name=NAME,
    url="/1",
    image="/1",
    artists=(NAME,),
    lead=NAME,
    tags=(NAME,),
    hue="rust",
    depth=1,
    certainty="several",
    sources=(NAME,),
    is_local=False,
    copies=(NAME,),
)
LOCAL = SONG.but(url=None, image=None, lead=None, tags=(), certainty=None, sources=(), is_local=True)
PROBLEM = Sample(
    status=503, title=NAME, fact=NAME * 2, safe=NAME, request_id="1", action=Sample(label=NAME, href="/")
)
SETUP = Sample(
    configured=False,
    redirect_uri="/1",
    mode=None,
    checks=tuple(
        Sample(id=name, ok=False, value="7", used="8")
        for name in ("client_id", "redirect_uri", "address", "contact")
    ),
)
SOURCE = Sample(
    value="liked",
    name=NAME,
    count=7,
    calls=2,
    songs=7,
    url="/1",
    image="/1",
    owner=None,
    readable=True,
    made=False,
)
CHOICE = Sample(
    liked=SOURCE,
    playlists=(
        SOURCE.but(value="1", made=True),
        SOURCE.but(value="2", owner=NAME),
        SOURCE.but(value="3", owner=NAME, readable=False, image=None),
        SOURCE.but(value="4", owner=None, readable=False, name="", count=None, url=None),
    ),
    picked=("liked", "1"),
    kept=("liked",),
    told=True,
    as_of=None,
    plan=Sample(calls=2, seconds=9, calls_left=None),
    rate=2.0,
    finishes_at=None,
)
REPORT = Sample(
    since=None,
    new=0,
    gone=0,
    new_without_genre=0,
    vanished=0,
    not_songs=0,
    repeated=0,
    local=0,
    unplayable=0,
    lost=(),
)
NEWS = Sample(
    since=NOW,
    new=3,
    gone=1,
    new_without_genre=1,
    vanished=1,
    not_songs=2,
    repeated=1,
    local=2,
    unplayable=1,
    lost=(Sample(name=NAME, reason="deleted"), Sample(name=NAME, reason="unreadable")),
)
SCAN = Sample(
    status="running",
    scanned=3,
    total=7,
    artists_resolved=1,
    artists_total=2,
    genres_found=4,
    eta_s=90,
    resumes_at=NOW,
    problems=(NAME,),
    families=(BAND,),
    without_genre=2,
    report=REPORT,
)
LIBRARY = Sample(
    scanned_at=NOW,
    total=7,
    artists=2,
    genres=4,
    families=(BAND,),
    family=None,
    groups=(),
    without_genre=1,
    without_share=0.1,
    q="",
    sort="count",
    scan=None,
    inferred=1,
    notice=None,
    behind=None,
)
BEHIND = Sample(sources=(NAME, NAME), artists=7, failing=(NAME,), waiting=1)
GENRE = LINE.but(
    second_count=2,
    inferred=1,
    match="any",
    sort="name",
    songs=(SONG, LOCAL),
    total=1500,
    offset=0,
    next_offset=200,
)
ANSWER = Sample(
    source="musicbrainz", name=NAME, artist=NAME, url="/1", words=((NAME, 1), (NAME, 3)), asked_at=NOW
)
WHY = LINE.but(
    song=SONG,
    genre=NAME * 2,
    answers=(ANSWER, ANSWER.but(source="lastfm", url=None)),
    merged=(NAME, NAME),
    decisive=NAME,
)
NONE = Sample(
    total=3,
    artists=(Sample(name=NAME, songs=2, url="/1"),),
    artists_total=300,
    first=1,
    first_settle=2,
    waiting=1,
    offset=0,
    next_offset=200,
)
LISTED = Sample(
    index=0, name=NAME, labels=(LABEL,), count=7, local=1, unplayable=2, inferred=1, songs=(SONG,), more=6
)
PREVIEW = Sample(
    id="1",
    calls_needed=2,
    estimated_s=9,
    songs=7,
    repeated=1,
    match="lead",
    together="each",
    playlists=(LISTED, LISTED.but(index=1, labels=(LABEL, LABEL))),
    run=None,
)
MADE = Sample(name=NAME, url="/1", count=7, made_at=NOW, labels=(LABEL, LABEL), run="1", match="lead")
WRITTEN = Sample(name=NAME, url="/1", added=3, total=7, verified=3, problem=NAME, labels=(LABEL,))
RUN = Sample(
    id="1",
    status="running",
    resumes_at=NOW,
    added=3,
    total=7,
    playlists=(WRITTEN, WRITTEN.but(url=None, verified=None, problem=None)),
)
SHARE = Sample(name=NAME, count=7, share=0.4)
GAUGE = Sample(
    operation="writes",
    used=412,
    limit=1000,
    judged=True,
    setting="7",
    course=760,
    share=0.4,
    course_share=0.8,
).but(kinds=(SHARE,))
KIND_CACHE = Sample(entries=1, most_entries=100, by_design=True, lifetime_s=86_400)
LOOKUPS = Sample(hits=9, lookups=10, hit_ratio=0.9)
LOOKED_UP = Sample(name=NAME, lookups=LOOKUPS, cache=KIND_CACHE)
COUNTS = dict.fromkeys(("coalesced", "skipped", "failed", "retried", "dropped", "stale"), 1)
BARS = Sample(count=7, share=0.5, end=0.7)
DAY = Sample(at=NOW, today=False, writes=BARS, reads=BARS)
FINDING = Finding(
    level="critical",
    about="limits",
    fact="%(operation)s %(used)s",
    action="%(kind)s",
    values={"operation": "writes", "used": 412, "kind": NAME},
)
CALLS = Sample(interactive=1, write=2, scan=3, now_playing=0, background=0)
SPOTIFY = Sample(
    limit=900,
    used=700,
    left=50,
    left_for_writes=200,
    reserve=150,
    now_playing_left=50,
    blocked_until=None,
    reason=None,
    waiting=0,
    rate_per_second=2.0,
    calls=6,
    calls_by_class=CALLS,
    mode="development",
)
UNLIMITED = SPOTIFY.but(limit=None, used=0, left=None, left_for_writes=None, now_playing_left=None)
SOURCES = {NAME: Sample(calls=7, waiting=1)}
DESK = Sample(
    upstream=Sample(spotify=SPOTIFY, sources=SOURCES),
    taken_at=NOW,
    state="ok",
    headline=GAUGE,
    findings=(),
    session=True,
    gauges=(GAUGE, GAUGE.but(operation="reads", judged=False, course=None, kinds=())),
    lookups=LOOKUPS,
    kinds=(
        LOOKED_UP,
        LOOKED_UP.but(cache=None),
        LOOKED_UP.but(cache=KIND_CACHE.but(by_design=False)),
        LOOKED_UP.but(cache=KIND_CACHE.but(lifetime_s=0)),
    ),
    queue=Sample(
        depth=3, oldest_s=150, high_water=9, flushes=7, flush_times=Sample(median_ms=1.5, p99_ms=150)
    ),
    queue_entries=10_000,
    waiting=(SHARE,),
    writes=((NAME, COUNTS),),
    days=(DAY.but(today=True), DAY),
    trend=Sample(direction="increasing", today_vs_avg="160%"),
    activity=Sample(sign_ins=1, auth_failures=2, library_scans=3, playlists_created=4),
    place=Sample(backend=NAME, path="7", is_file=True, replica="8", since=NOW, calls=9),
    dead_letters=tuple(Sample(key=NAME, size=size) for size in (7, 70_000, 7_000_000)),
)
LOCKED = Sample(has_token=True, has_accounts=True, account_id=None, wrong=False)

LEFT = Sample(limit=900, used=7, left=7, left_for_writes=7, blocked_until=NOW, reason=None, frees=((NOW, 1),))
LINE_OF_CALLS = Sample(kind="low", more=2, finish_at=NOW, capacity=LEFT)
CAPACITY_LINES = (
    *(LINE_OF_CALLS.but(kind=kind) for kind in ("blocked", "full", "over", "scans", "playlists", "low")),
    LINE_OF_CALLS.but(kind="blocked", capacity=LEFT.but(limit=None)),
    LINE_OF_CALLS.but(kind="full", capacity=LEFT.but(left_for_writes=0, frees=())),
    LINE_OF_CALLS.but(kind="playlists", more=0),
    LINE_OF_CALLS.but(kind="scans", more=70),
)

PAGES: list[tuple[str, Sample]] = [
    ("home/page.html", Sample(next="/genres")),
    ("error.html", PROBLEM),
    ("error.html", PROBLEM.but(action=None)),
    ("signin/problem.html", PROBLEM),
    ("setup/page.html", SETUP),
    (
        "setup/page.html",
        SETUP.but(
            configured=True,
            mode="extended",
            checks=tuple(
                check.but(ok=None if check.id == "redirect_uri" else True) for check in SETUP.checks
            ),
        ),
    ),
    (
        "setup/page.html",
        SETUP.but(configured=True, mode="development"),
    ),
    ("about/page.html", Sample(version="1", contact=NAME)),
    ("connect/page.html", Sample()),
    ("disconnect/page.html", Sample(connected=True, unsure=True)),
    ("disconnect/page.html", Sample(connected=False, unsure=False)),
    ("genres/scan.html", Sample(choice=CHOICE, scan=None, has_library=True, behind=None)),
    (
        "genres/scan.html",
        Sample(choice=CHOICE.but(finishes_at=NOW, as_of=NOW), scan=None, has_library=False, behind=None),
    ),
    ("genres/scan.html", Sample(choice=CHOICE.but(playlists=()), scan=None, has_library=False, behind=None)),
    (
        "genres/scan.html",
        Sample(choice=CHOICE.but(playlists=(), told=False), scan=None, has_library=False, behind=None),
    ),
    (
        "genres/scan.html",
        Sample(choice=None, scan=SCAN.but(status="completed", report=NEWS), has_library=True, behind=None),
    ),
    ("genres/page.html", LIBRARY.but(scan=SCAN.but(status="completed", report=NEWS))),
    *(
        (
            "genres/scan.html",
            Sample(choice=None, scan=SCAN.but(status=status), has_library=False, behind=None),
        )
        for status in ("running", "waiting", "completed", "failed", "cancelled")
    ),
    ("genres/page.html", LIBRARY),
    *(
        ("genres/page.html", LIBRARY.but(behind=BEHIND.but(sources=sources)))
        for sources in ((), (NAME, NAME))
    ),
    (
        "genres/scan.html",
        Sample(
            choice=None,
            scan=SCAN.but(status="completed", problems=()),
            has_library=True,
            behind=BEHIND.but(sources=(NAME,), artists=1, failing=()),
        ),
    ),
    ("genres/page.html", LIBRARY.but(family=BAND, groups=(GROUP, GROUP.but(name=None)))),
    ("genres/page.html", LIBRARY.but(q="7", families=(), notice="nothing")),
    ("genres/page.html", LIBRARY.but(q="7", groups=(GROUP,))),
    *(
        ("genres/page.html", LIBRARY.but(scan=SCAN.but(status=status)))
        for status in ("running", "waiting", "cancelled")
    ),
    ("genres/genre.html", GENRE),
    ("genres/genre.html", GENRE.but(songs=(), total=0, match="lead", next_offset=None)),
    ("genres/why.html", WHY),
    ("genres/why.html", WHY.but(genre=NAME, answers=(), merged=(), decisive=None)),
    ("genres/none.html", NONE),
    ("genres/none.html", NONE.but(total=0, artists=())),
    ("playlists/page.html", Sample(playlists=(MADE, MADE.but(labels=(LABEL,), match="any")))),
    ("playlists/page.html", Sample(playlists=())),
    ("playlists/preview.html", PREVIEW),
    ("playlists/preview.html", PREVIEW.but(run="1", match="any")),
    ("playlists/preview_songs.html", LISTED.but(id="1", offset=0, next_offset=200)),
    *(
        ("playlists/run.html", RUN.but(status=status))
        for status in ("running", "waiting", "completed", "partial", "failed")
    ),
    ("operator/page.html", DESK),
    *(
        ("operator/page.html", DESK.but(upstream=Sample(spotify=spotify, sources=SOURCES)))
        for spotify in (
            SPOTIFY.but(blocked_until=NOW, reason="quota"),
            SPOTIFY.but(blocked_until=NOW, reason="budget", left=0),
            UNLIMITED,
            UNLIMITED.but(mode="extended"),
        )
    ),
    (
        "operator/page.html",
        DESK.but(
            state="critical", findings=(FINDING, FINDING.model_copy(update={"level": "recommendation"}))
        ),
    ),
    (
        "operator/page.html",
        DESK.but(
            headline=GAUGE.but(judged=False, course=None),
            findings=(FINDING.model_copy(update={"level": "recommendation"}),),
            session=False,
            kinds=(),
            waiting=(),
            writes=(),
            trend=Sample(direction="stable", today_vs_avg=None),
            activity=None,
            place=DESK.place.but(path="", is_file=False),
            dead_letters=(),
        ),
    ),
    *(
        (
            "operator/page.html",
            DESK.but(trend=Sample(direction=direction, today_vs_avg="40%"), headline=headline),
        )
        for direction, headline in (
            ("stable", GAUGE.but(used=0, operation="reads")),
            ("decreasing", GAUGE.but(used=0, judged=False)),
        )
    ),
    ("operator/locked.html", LOCKED),
    ("operator/locked.html", LOCKED.but(wrong=True, account_id="7")),
    ("operator/locked.html", LOCKED.but(has_token=False, has_accounts=False)),
    ("style/page.html", Sample()),
]

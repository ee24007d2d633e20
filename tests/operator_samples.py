"""Samples of the operator's pages."""

from app.kv.findings import Finding
from tests.samples import NAME, NOW, Sample

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
GENRE_SOURCE = Sample(
    calls=7, waiting=1, chosen=True, answered=6, failed=1, blocked_until=None, resting_until=None
)
SOURCES = {
    f"{NAME} {number}": source
    for number, source in enumerate(
        (
            GENRE_SOURCE,
            GENRE_SOURCE.but(chosen=False),
            GENRE_SOURCE.but(blocked_until=NOW),
            GENRE_SOURCE.but(resting_until=NOW),
            GENRE_SOURCE.but(answered=0),
            GENRE_SOURCE.but(answered=0, failed=0),
        )
    )
}
WORDS = Sample(artists=7, total=9, once=2, words=(Sample(word=NAME, artists=3),))
COUNTED = dict.fromkeys(
    (
        *("unique_visitors", "page_views", "sign_ins", "auth_failures", "library_scans", "errors"),
        *("total_tracks_analysed", "playlists_created", "songs_added", "client_errors", "csp_reports"),
    ),
    7,
)
COUNTED_DAY = Sample(date=NOW, **COUNTED)
MEASURE = Sample(name="sign_ins", week=7, today=1, columns=(0.0, 0.5, 1.0))
ERRORS = Sample(
    count=3,
    groups=tuple(
        Sample(
            kind=kind,
            message=NAME,
            code=code,
            stack=NAME,
            count=count,
            first_seen=NOW,
            last_seen=NOW,
            pages=("7",),
            browsers=("8", "9"),
        )
        for kind, code, count in (("error", "", 1), ("rejection", "7", 2), ("csp", "", 1))
    ),
)
SPREAD = Sample(count=7, median=1.5, p75=300.0, p95=9000.0)
SPEED = Sample(
    total_samples=2,
    spreads={
        "largestContentfulPaint": SPREAD,
        "interactionToNextPaint": SPREAD,
        "cumulativeLayoutShift": SPREAD,
        "pageLoadTime": SPREAD,
    },
)
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
    totals=(Sample(name=NAME, writes=7, reads=8),),
    week=Sample(days=(COUNTED_DAY, COUNTED_DAY), today=COUNTED_DAY, last7_days=COUNTED_DAY),
    jobs=tuple(
        Sample(name=name, running=1, completed=2, cancelled=3, failed=4, crashed=5) for name in ("scan", NAME)
    ),
    paint=SPREAD,
    measures=(MEASURE,),
    place=Sample(backend=NAME, path="7", is_file=True, replica="8", since=NOW, calls=9),
    dead_letters=tuple(Sample(key=NAME, size=size) for size in (7, 70_000, 7_000_000)),
)
LOCKED = Sample(has_token=True, has_accounts=True, account_id=None, wrong=False)
OPERATOR_PAGES: list[tuple[str, Sample]] = [
    ("operator/page.html", DESK),
    *(
        (
            "operator/page.html",
            DESK.but(findings=(FINDING.model_copy(update={"about": about, "level": "recommendation"}),)),
        )
        for about in ("store", "budget", "sources", "jobs", "answers", "browsers", "access")
    ),
    ("operator/page.html", DESK.but(totals=(), jobs=(), paint=None)),
    ("operator/errors.html", ERRORS),
    ("operator/errors.html", ERRORS.but(count=0, groups=())),
    ("operator/speed.html", SPEED),
    ("operator/speed.html", SPEED.but(total_samples=0)),
    ("operator/words.html", WORDS),
    ("operator/words.html", WORDS.but(words=(), total=0, once=0)),
    ("operator/words.html", WORDS.but(words=(), total=0, once=0, artists=0)),
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
            week=None,
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
]

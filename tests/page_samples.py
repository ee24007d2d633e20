"""Sample pages for every template."""

from datetime import timedelta

from tests.account_samples import ACCESS_PAGES, ACCOUNT
from tests.samples import NAME, NOW, Sample

HOME = Sample(next="/genres", auto_sort=False, invited=False)
DOCS_ROUTE = Sample(
    method="7",
    path=NAME,
    words=f"{NAME}\n\n7",
    takes=(Sample(name="7", words=NAME),),
    answers=(Sample(name="200", words=""),),
)
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
    album=NAME,
    year=1984,
    added_at=NOW,
)
LOCAL = SONG.but(url=None, image=None, lead=None, tags=(), certainty=None, sources=(), is_local=True)
PROBLEM = Sample(
    status=503,
    code="7",
    title=NAME,
    fact=NAME * 2,
    safe=NAME,
    request_id="1",
    action=Sample(label=NAME, href="/"),
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
EVERY = Sample(value=None, name="", address="", count=9)
UNFILTERED = Sample(
    sure=None,
    source=None,
    address="",
    shown=9,
    total=9,
    sures=(
        EVERY,
        *(EVERY.but(value=sure, address=f"sure={sure}") for sure in ("own", "several", "one", "inferred")),
    ),
    sources=(EVERY, EVERY.but(value="musicbrainz", name=NAME, address="source=musicbrainz")),
    playlists=(EVERY, EVERY.but(value="none", address="playlists=none", count=None)),
    listed=None,
)
UNLISTED = UNFILTERED.but(address="playlists=none", listed=Sample(unread=0, as_of=NOW))
FILTERED = UNFILTERED.but(sure="one", source="musicbrainz", address="sure=one&source=musicbrainz", shown=7)
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
    smaller=None,
    targets=(BAND,),
    filter=UNFILTERED,
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
    filter=UNFILTERED,
)
ANSWER = Sample(
    source="musicbrainz", name=NAME, artist=NAME, url="/1", words=((NAME, 1), (NAME, 3)), asked_at=NOW
)
WHY = LINE.but(
    song=SONG,
    genre=NAME * 2,
    answers=(
        ANSWER,
        ANSWER.but(source="lastfm", url=None),
        ANSWER.but(source="you", artist=None),
        ANSWER.but(source="neighbours", url=None, asked_at=None),
    ),
    merged=(NAME, NAME),
    decisive=NAME,
    listed=Sample(playlists=((NAME, "/1"), (NAME, "/2")), unread=None),
)
KNOWS = Sample(
    source="musicbrainz", name=NAME, artists=2, artists_share=0.4, songs=7, songs_share=0.5, asked=(NOW, NOW)
)
ORIGIN = Sample(
    artists=5,
    songs=9,
    rows=(
        KNOWS.but(asked=(NOW - timedelta(days=7), NOW)),
        *(KNOWS.but(source=source, name="", asked=None) for source in ("several", "neighbours", "you")),
    ),
    unknown=2,
    waiting=1,
    without_genre=3,
)
LIKED = SONG.but(album=NAME, year=1959, added_at=NOW)
EXPORT = Sample(
    query=Sample(include=(NAME,), exclude=(NAME,), match="any", inferred=False, unlisted=True),
    songs=7,
    labels=(LABEL,),
    without=(LABEL,),
)
SETTINGS = Sample(
    form=Sample(name_template=NAME, description_template=NAME, covers=True, problems={}),
    examples=(Sample(labels=(LABEL, LABEL), name=NAME, description=NAME, cover="/1"),),
    uploads=True,
    account=ACCOUNT,
    hidden=(("genre:1", NAME), ("family:1", NAME)),
)
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
    ("shortcuts/page.html", Sample()),
    ("docs/page.html", ((NAME, (DOCS_ROUTE, DOCS_ROUTE.but(takes=(), words=NAME))),)),
    ("home/page.html", HOME),
    ("home/page.html", HOME.but(auto_sort=True)),
    ("home/page.html", HOME.but(invited=True)),
    *ACCESS_PAGES,
    ("error.html", PROBLEM),
    ("error.html", PROBLEM.but(action=None)),
    ("signin/problem.html", PROBLEM.but(code="sign-in-not-allowed")),
    ("signin/not_registered.html", PROBLEM),
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
    (
        "about/page.html",
        Sample(
            version="1",
            sources=("spotify", "musicbrainz", "wikidata", "musicbrainz-isrc", "lastfm", "neighbours"),
        ),
    ),
    ("about/page.html", Sample(version="1", sources=())),
    ("connect/page.html", Sample()),
    ("disconnect/page.html", Sample(connected=True, unsure=True, auto_sort=True)),
    ("disconnect/page.html", Sample(connected=False, unsure=False, auto_sort=False)),
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
    ("genres/page.html", LIBRARY.but(family=BAND, groups=(GROUP,), smaller=Sample(genres=2, songs=3))),
    ("genres/page.html", LIBRARY.but(family=BAND, groups=())),
    *(
        ("genres/page.html", LIBRARY.but(scan=SCAN.but(status=status)))
        for status in ("running", "waiting", "cancelled")
    ),
    ("genres/page.html", LIBRARY.but(filter=FILTERED)),
    ("genres/page.html", LIBRARY.but(family=BAND, groups=(GROUP,), filter=FILTERED)),
    ("genres/page.html", LIBRARY.but(filter=UNLISTED)),
    ("genres/page.html", LIBRARY.but(filter=UNLISTED.but(listed=Sample(unread=2, as_of=NOW)))),
    ("genres/genre.html", GENRE),
    ("genres/genre.html", GENRE.but(filter=FILTERED)),
    ("genres/genre.html", GENRE.but(songs=(), total=0, next_offset=None, filter=FILTERED)),
    ("genres/genre.html", GENRE.but(songs=(), total=0, match="lead", next_offset=None)),
    ("genres/sources.html", ORIGIN),
    ("genres/sources.html", ORIGIN.but(rows=(), waiting=0, without_genre=0)),
    ("genres/why.html", WHY),
    ("genres/why.html", WHY.but(genre=NAME, answers=(), merged=(), decisive=None)),
    (
        "genres/duplicates.html",
        Sample(
            recordings=1,
            titles=2,
            groups=tuple(
                Sample(kind=kind, songs=(LIKED, LIKED.but(url=None))) for kind in ("recording", "title")
            ),
            next_offset=200,
        ),
    ),
    ("genres/duplicates.html", Sample(recordings=0, titles=0, groups=(), next_offset=None)),
    ("genres/export.html", EXPORT),
    (
        "genres/export.html",
        EXPORT.but(query=EXPORT.query.but(include=(), inferred=True), labels=(), without=()),
    ),
    ("genres/export.html", EXPORT.but(labels=())),
    ("genres/why.html", WHY.but(listed=Sample(playlists=(), unread=0))),
    ("genres/why.html", WHY.but(listed=Sample(playlists=(), unread=2))),
    ("settings/page.html", SETTINGS),
    (
        "settings/page.html",
        SETTINGS.but(
            form=SETTINGS.form.but(problems={"name_template": [NAME]}),
            examples=(),
            uploads=False,
            account=ACCOUNT.but(languages=(("en", NAME),), community=True),
            hidden=(),
        ),
    ),
    ("style/page.html", Sample()),
]

"""What an operator should know or do beside the store and the budget."""

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from app.admin.page_models import JobKind
from app.admin.upstream_schemas import UpstreamOut
from app.kv.findings import Finding
from app.telemetry.schemas import AnalyticsOut
from app.telemetry.service import WEEK

FEWEST, TIMES_AS_MANY = 10, 3
"""From so many errors a day on, and so many times those of a usual one, errors are rising."""


class Errors(NamedTuple):
    """A sort of errors that is counted by day."""

    about: Literal["answers", "browsers"]
    counter: str
    fact: str
    action: str


ERRORS = (
    Errors(
        "answers",
        "errors",
        "The app failed to answer %(count)s times today; on a usual day it is %(usual)s.",
        "The log has them: request.done with a status from 500 on.",
    ),
    Errors(
        "browsers",
        "client_errors",
        "Browsers told of %(count)s errors today; on a usual day it is %(usual)s.",
        "See what they have in common, and report it.",
    ),
)
NAMES = {"musicbrainz": "MusicBrainz", "wikidata": "Wikidata", "lastfm": "Last.fm"}


def of_jobs(kinds: Iterable[JobKind]) -> Iterator[Finding]:
    """Work that crashed; one that has run well since is forgotten."""
    for kind in kinds:
        if kind.crashed:
            yield Finding(
                level="warning",
                about="jobs",
                fact="Background work crashed: %(kind)s (%(count)s).",
                action="Look for job.crashed in the log, and report it; what was done before is kept.",
                values={"kind": kind.name, "count": kind.crashed},
            )


def of_sources(upstream: UpstreamOut) -> Iterator[Finding]:
    """Genre sources that do not answer."""
    for name, source in upstream.sources.items():
        if source.resting_until:
            yield Finding(
                level="warning",
                about="sources",
                fact="%(source)s does not answer and is left alone until %(until)s.",
                action="Nothing is lost: what it should have told is filled in once it answers again.",
                values={"source": NAMES.get(name, name), "until": f"{source.resting_until:%H:%M} UTC"},
            )


def of_errors(week: AnalyticsOut) -> Iterator[Finding]:
    """Errors that are more today than usual."""
    for sort in ERRORS:
        today, *before = [getattr(day, sort.counter) for day in week.days[:WEEK]]
        usual = sum(before) / len(before)
        if today >= max(FEWEST, TIMES_AS_MANY * usual):
            yield Finding(
                level="warning",
                about=sort.about,
                fact=sort.fact,
                action=sort.action,
                values={"count": today, "usual": round(usual)},
            )


def of_requests(asking: int) -> Iterator[Finding]:
    """People who wait to be let in."""
    if asking:
        yield Finding(
            level="recommendation",
            about="access",
            fact="People who wait to be let in: %(count)s.",
            action="Add them in Spotify's dashboard, then approve.",
            values={"count": asking},
        )


def of_proxy(peer: str | None) -> Iterator[Finding]:
    """A proxy that says for whom it asks and is not believed."""
    if peer:
        yield Finding(
            level="warning",
            about="proxies",
            fact="Everybody behind %(peer)s looks like one visitor.",
            action="You came through it, and it may not say for whom it asks. If it is your proxy, add it to "
            "TRUSTED_PROXIES and start again.",
            values={"peer": peer},
        )

"""What the operator's page shows; templates read these fields as they are. Shares go from 0 to 1 and over."""

from dataclasses import dataclass
from datetime import date, datetime

from app.admin.schemas import Trend
from app.admin.upstream_schemas import UpstreamOut
from app.kv.findings import Finding
from app.kv.flusher import DeadLetter
from app.kv.health import State
from app.kv.last_hour import Lookups
from app.kv.limits import Operation
from app.kv.metrics import Counts, KindCache, QueueState
from app.telemetry.charts import Measure
from app.telemetry.schemas import AnalyticsOut, Spread


@dataclass(frozen=True)
class LockedPage:
    """How to get in.

    Attributes:
        has_token: whether the form helps.
        has_accounts: whether signing in as one of ADMIN_USERS does.
        account_id: who is signed in, so that an operator can be told.
        wrong: whether a wrong token was just given.
    """

    has_token: bool
    has_accounts: bool
    account_id: str | None
    wrong: bool


@dataclass(frozen=True)
class KindShare:
    """A part of a number: what one kind has of it."""

    name: str
    count: int
    share: float


@dataclass(frozen=True)
class Gauge:
    """Today's operations of one sort.

    Attributes:
        judged: whether somebody set the limit; else it is something to compare with.
        setting: what sets it.
        course: how many it will be at midnight, None in the first hour.
    """

    operation: Operation
    used: int
    limit: int
    judged: bool
    setting: str
    course: int | None
    kinds: tuple[KindShare, ...]

    @property
    def share(self) -> float:
        """Part of the limit that is used."""
        return self.used / self.limit

    @property
    def course_share(self) -> float:
        """Part of the limit that will be used at midnight."""
        return (self.course or self.used) / self.limit


@dataclass(frozen=True)
class KindLookups:
    """How one kind was looked up in the last hour, and what memory keeps of it, if it ever kept any."""

    name: str
    lookups: Lookups
    cache: KindCache | None


@dataclass(frozen=True)
class Bar:
    """A count and its share of the largest; `end` is the share that today will have come to at midnight."""

    count: int
    share: float
    end: float


@dataclass(frozen=True)
class DayBars:
    """One day of the trend."""

    at: date
    today: bool
    writes: Bar
    reads: Bar


@dataclass(frozen=True)
class Place:
    """Where everything is kept, and who keeps it; of a file there can be a backup."""

    backend: str
    path: str
    is_file: bool
    replica: str
    since: datetime
    calls: int


@dataclass(frozen=True)
class KindTotal:
    """What the days of the trend come to, of one kind."""

    name: str
    writes: int
    reads: int


@dataclass(frozen=True)
class JobKind:
    """What became of background work of one kind: of each piece its latest run.

    Attributes:
        failed: how many ended as was foreseen, such as for want of an answer.
        crashed: how many ended with a fault in the program.
    """

    name: str
    running: int = 0
    completed: int = 0
    cancelled: int = 0
    failed: int = 0
    crashed: int = 0


@dataclass(frozen=True)
class DeskPage:
    """The operator's page.

    Attributes:
        headline: the operation that the verdict speaks of.
        session: whether this browser is in by the form, and can leave.
        week: what people did in seven days, None while the store does not say; `measures` is drawn of it.
        paint: when the largest part of pages was shown, in milliseconds; None when no browser told it.
        writes: what became of queued writes, by kind, of those that have something to tell.
    """

    taken_at: datetime
    state: State
    headline: Gauge
    findings: tuple[Finding, ...]
    session: bool
    gauges: tuple[Gauge, ...]
    lookups: Lookups
    kinds: tuple[KindLookups, ...]
    queue: QueueState
    queue_entries: int
    waiting: tuple[KindShare, ...]
    writes: tuple[tuple[str, Counts], ...]
    days: tuple[DayBars, ...]
    totals: tuple[KindTotal, ...]
    trend: Trend
    week: AnalyticsOut | None
    measures: tuple[Measure, ...]
    jobs: tuple[JobKind, ...]
    paint: Spread | None
    upstream: UpstreamOut
    place: Place
    dead_letters: tuple[DeadLetter, ...]

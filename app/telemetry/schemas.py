"""JSON of the telemetry routes; field names are those that existing dashboards read and old pages send."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from app.schemas import ApiModel

MOST_ERRORS = 10
LONGEST_TIME_MS = 600_000
LARGEST_SHIFT = 100

Milliseconds = Annotated[float, Field(strict=True, ge=0, le=LONGEST_TIME_MS, allow_inf_nan=False)] | None
Shift = Annotated[float, Field(strict=True, ge=0, le=LARGEST_SHIFT, allow_inf_nan=False)] | None


class ClientErrorIn(ApiModel):
    """One error as a browser tells it; `timestamp` and `userAgent` are taken, but the server knows better."""

    message: str = Field(max_length=2000)
    kind: Literal["error", "rejection"] = "error"
    code: str = Field(default="", max_length=100)
    context: str = Field(default="", max_length=200)
    stack: str = Field(default="", max_length=8000)
    url: str = Field(default="", max_length=2000)
    timestamp: str = Field(default="", max_length=100)
    user_agent: str = Field(default="", max_length=500)


class ErrorsIn(ApiModel):
    """`POST /api/log-error`."""

    errors: tuple[ClientErrorIn, ...] = Field(max_length=MOST_ERRORS)


class TimesIn(ApiModel):
    """`POST /api/log-perf`: numbers and nothing else."""

    page_load_time: Milliseconds = None
    dom_content_loaded: Milliseconds = None
    time_to_first_byte: Milliseconds = None
    server_response: Milliseconds = None
    first_contentful_paint: Milliseconds = None
    largest_contentful_paint: Milliseconds = None
    interaction_to_next_paint: Milliseconds = None
    cumulative_layout_shift: Shift = None


class LoggedOut(ApiModel):
    """What was taken."""

    ok: bool = True
    logged: int


class Counts(ApiModel):
    """What happened in some time. `errors` are answers with a status from 500 on."""

    page_views: int
    unique_visitors: int
    sign_ins: int
    auth_failures: int
    library_scans: int
    total_tracks_analysed: int
    playlists_created: int
    songs_added: int
    errors: int
    client_errors: int
    csp_reports: int
    playlists_forgotten: int
    schedules_changed: int
    disconnects: int
    accounts_deleted: int
    rebuilds: int


class DayCounts(Counts):
    """One UTC day."""

    date: date


class AnalyticsOut(ApiModel):
    """`GET /api/analytics`.

    `uniqueVisitors` of several days is the sum of the days: nobody can be recognised on another day.
    """

    today: DayCounts
    last7_days: Counts
    days: tuple[DayCounts, ...] = Field(description="Today first.")


class ErrorGroup(ApiModel):
    """Errors that are the same but for their numbers."""

    fingerprint: str
    kind: Literal["error", "rejection", "csp"]
    message: str
    code: str
    stack: str
    count: int
    first_seen: datetime
    last_seen: datetime
    pages: tuple[str, ...]
    browsers: tuple[str, ...]


class ErrorOut(ApiModel):
    """One error as it is kept."""

    at: datetime
    kind: Literal["error", "rejection", "csp"]
    message: str
    page: str
    browser: str
    code: str
    context: str
    stack: str
    fingerprint: str


class ErrorsOut(ApiModel):
    """`GET /api/admin/errors`: groups of all that is kept, the most recent first, and the newest errors."""

    count: int
    groups: tuple[ErrorGroup, ...]
    errors: tuple[ErrorOut, ...]


class Spread(ApiModel):
    """How one time is spread over the pages that told it."""

    count: int
    median: float
    p75: float
    p95: float


class SampleOut(TimesIn):
    """One page."""

    at: datetime


class PerformanceOut(ApiModel):
    """`GET /api/admin/perf`; times in milliseconds, by name."""

    total_samples: int
    averages: dict[str, float]
    spreads: dict[str, Spread]
    samples: tuple[SampleOut, ...]

"""Seven days as columns."""

from dataclasses import dataclass

from app.telemetry.schemas import AnalyticsOut
from app.telemetry.service import WEEK

MEASURES = (
    "unique_visitors",
    "page_views",
    "sign_ins",
    "auth_failures",
    "library_scans",
    "playlists_created",
    "errors",
    "client_errors",
)


@dataclass(frozen=True)
class Measure:
    """One count over seven days.

    Attributes:
        columns: each day's share of the largest, from 0 to 1, today last.
    """

    name: str
    week: int
    today: int
    columns: tuple[float, ...]


def measures_of(told: AnalyticsOut) -> tuple[Measure, ...]:
    """Return what is drawn."""
    return tuple(_measure(told, name) for name in MEASURES)


def _measure(told: AnalyticsOut, name: str) -> Measure:
    counts = [getattr(day, name) for day in reversed(told.days[:WEEK])]
    most = max(1, *counts)
    return Measure(name, sum(counts), counts[-1], tuple(count / most for count in counts))

"""Where counts, visits of a day and reports of browsers are kept."""

from collections.abc import Callable
from datetime import date, timedelta

from app.kv.cached import CachedKV
from app.kv.keyspace import AtBound, Counters, Keyspace, Owner
from app.kv.logs import LogSpace
from app.telemetry.models import ClientError, PageTimes, Visitors

ANALYTICS_DAY = Keyspace(
    "analytics",
    Counters,
    owner=Owner.NONE,
    ttl=timedelta(days=30),
    cache_ttl=timedelta(seconds=60),
    at_bound=AtBound.MERGE,
    stale_if_down=True,
)
# One key for all days, which costs no read at midnight. A new day takes the place of the last; without
# visitors the last one ends by itself.
VISITORS = Keyspace(
    "visitors",
    Visitors,
    ttl=timedelta(days=1),
    cache_ttl=timedelta(seconds=60),
    at_bound=AtBound.MERGE,
    stale_if_down=True,
    secret=("salt",),
)
CLIENT_ERRORS = LogSpace(
    "client-errors", ClientError, newest=500, ttl=timedelta(days=7), cache_ttl=timedelta(seconds=60)
)
PAGE_TIMES = LogSpace(
    "page-times", PageTimes, newest=1000, ttl=timedelta(days=30), cache_ttl=timedelta(seconds=60)
)
NOBODY = Visitors(day=date.min, salt="")


class AnalyticsRepository:
    """Counters by UTC day, and who was here today."""

    def __init__(self, kv: CachedKV) -> None:
        self._kv = kv

    async def count(self, day: date, by: dict[str, int]) -> None:
        """Add to a day's counters, later."""
        await self._kv.count(ANALYTICS_DAY(day.isoformat()), by)

    async def get(self, day: date) -> Counters:
        """Return a day's counters."""
        return await self._kv.totals(ANALYTICS_DAY(day.isoformat()))

    async def fold(self, day: date) -> None:
        """Put together what several processes counted on a day that is over."""
        await self._kv.fold(ANALYTICS_DAY(day.isoformat()))

    async def visit(self, change: Callable[[Visitors], Visitors]) -> None:
        """Change who was here, later."""
        await self._kv.update(VISITORS("latest"), change, default=NOBODY, later=True)


class ReportsRepository:
    """What browsers told, the newest of it."""

    def __init__(self, kv: CachedKV) -> None:
        self._kv = kv

    async def add_error(self, error: ClientError) -> None:
        """Keep an error, later."""
        await self._kv.append(CLIENT_ERRORS, error)

    async def add_times(self, times: PageTimes) -> None:
        """Keep a page's times, later."""
        await self._kv.append(PAGE_TIMES, times)

    async def list_errors(self) -> list[ClientError]:
        """Return all errors that are kept, the newest first."""
        return await self._kv.entries(CLIENT_ERRORS, CLIENT_ERRORS.newest)

    async def list_times(self) -> list[PageTimes]:
        """Return the times of all pages that are kept, the newest first."""
        return await self._kv.entries(PAGE_TIMES, PAGE_TIMES.newest)

"""Where the counts of each day are kept."""

from datetime import date, timedelta

from app.kv.cached import CachedKV
from app.kv.keyspace import AtBound, Counters, Keyspace, Owner

ANALYTICS_DAY = Keyspace(
    "analytics",
    Counters,
    owner=Owner.NONE,
    ttl=timedelta(days=30),
    cache_ttl=timedelta(seconds=60),
    at_bound=AtBound.MERGE,
    stale_if_down=True,
)


class AnalyticsRepository:
    """Counters by UTC day."""

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

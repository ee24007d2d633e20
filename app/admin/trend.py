"""Today's store operations against the days before."""

from collections.abc import Mapping
from typing import Literal

from app.admin.schemas import Operations, Trend, TrendDay
from app.kv.limits import projected
from app.kv.metrics import Operations as Counted
from app.kv.metrics import Snapshot

INCREASING, DECREASING = 1.5, 0.5
TREND_DAYS = 7


def sum_of(kinds: Mapping[str, Counted]) -> Operations:
    """Return the operations of all kinds together."""
    return Operations(
        reads=sum(kind.reads for kind in kinds.values()),
        writes=sum(kind.writes for kind in kinds.values()),
        deletes=sum(kind.deletes for kind in kinds.values()),
        lists=sum(kind.lists for kind in kinds.values()),
    )


def trend_of(snapshot: Snapshot) -> Trend:
    """Compare the projected day with the mean of the full days before; until there is one, it is stable."""
    days = _full_days(snapshot)
    if not days:
        return Trend(
            direction="stable", avg_daily_reads=None, avg_daily_writes=None, today_vs_avg=None, days=()
        )
    reads = sum(day.reads for day in days) / len(days)
    writes = sum(day.writes for day in days) / len(days)
    today = sum_of(snapshot.today)
    ratio = projected(today.reads + today.writes, snapshot.taken_at) / max(1.0, reads + writes)
    direction: Literal["increasing", "stable", "decreasing"] = "stable"
    if ratio > INCREASING:
        direction = "increasing"
    elif ratio < DECREASING:
        direction = "decreasing"
    return Trend(
        direction=direction,
        avg_daily_reads=round(reads, 1),
        avg_daily_writes=round(writes, 1),
        today_vs_avg=f"{ratio:.0%}",
        days=tuple(days),
    )


def _full_days(snapshot: Snapshot) -> list[TrendDay]:
    """List the last seven days that are over; the first day counted may have begun in the middle."""
    today = snapshot.taken_at.date()
    days = [day for day in sorted(snapshot.days)[1:] if day < today][-TREND_DAYS:]
    sums = {day: sum_of(snapshot.days[day]) for day in days}
    return [TrendDay(date=day, reads=total.reads, writes=total.writes) for day, total in sums.items()]

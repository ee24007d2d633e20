"""Counting events by day; nothing about a person is kept."""

import asyncio
from datetime import date, timedelta

from app.clock import Clock
from app.events import (
    AccountDeleted,
    Disconnected,
    Event,
    PlaylistCreated,
    PlaylistForgotten,
    RebuildAsked,
    ScanFinished,
    ScheduleChanged,
    SignedIn,
    SignInFailed,
)
from app.kv.keyspace import Counters
from app.telemetry.repository import AnalyticsRepository
from app.telemetry.schemas import AnalyticsOut, Counts, DayCounts
from app.telemetry.visits import Visits

COUNTERS: dict[type[Event], str] = {
    SignedIn: "signIns",
    SignInFailed: "authFailures",
    PlaylistForgotten: "playlistsForgotten",
    ScheduleChanged: "schedulesChanged",
    Disconnected: "disconnects",
    AccountDeleted: "accountsDeleted",
    RebuildAsked: "rebuilds",
}
TOLD_AS = {"totalTracksAnalysed": "songsScanned"}
"""Counters that dashboards know by another name."""
WEEK = 7


class AnalyticsService:
    """Turns what happens into counters."""

    def __init__(self, repository: AnalyticsRepository, visits: Visits, clock: Clock) -> None:
        self._repository = repository
        self._visits = visits
        self._clock = clock
        self._begun = date.min

    async def handle(self, event: Event) -> None:
        """Count an event on its UTC day."""
        if by := _counted(event):
            await self.count(by)

    async def page_seen(self, *, address: str, user_agent: str) -> None:
        """Count that somebody looked at a page."""
        today = self._today  # once: the store may answer after midnight
        first = await self._visits.is_first(today, address=address, user_agent=user_agent)
        await self._count(today, {"pageViews": 1, "uniqueVisitors": 1} if first else {"pageViews": 1})

    async def count(self, by: dict[str, int]) -> None:
        """Add to today's counters, later."""
        await self._count(self._today, by)

    async def today(self) -> Counters:
        """Return what was counted since midnight UTC."""
        return await self._repository.get(self._today)

    async def latest(self, days: int = WEEK) -> AnalyticsOut:
        """Return what was counted today and on the days before, seven at least."""
        today = self._today  # once: midnight may come meanwhile
        dates = [today - timedelta(days=ago) for ago in range(days)]
        found = await asyncio.gather(*(self._repository.get(day) for day in dates))
        counted = tuple(
            DayCounts(date=day, **_named(counters)) for day, counters in zip(dates, found, strict=True)
        )
        week = {name: sum(getattr(day, name) for day in counted[:WEEK]) for name in Counts.model_fields}
        return AnalyticsOut(today=counted[0], last7_days=Counts(**week), days=counted)

    async def _count(self, day: date, by: dict[str, int]) -> None:
        await self._repository.count(day, by)
        if self._begun < day:
            self._begun = day
            await self._repository.fold(day - timedelta(days=1))

    @property
    def _today(self) -> date:
        return self._clock.now().date()


def _counted(event: Event) -> dict[str, int]:
    """Return what an event adds to; nothing for those that nobody counts."""
    match event:
        case ScanFinished():
            return {"libraryScans": 1, "songsScanned": event.songs}
        case PlaylistCreated():
            return {"playlistsCreated": 1, "songsAdded": event.songs}
        case _:
            name = COUNTERS.get(type(event))
            return {name: 1} if name else {}


def _named(counters: Counters) -> dict[str, int]:
    """Return the counts by the names of `Counts`."""
    return {
        name: counters.totals.get(TOLD_AS.get(str(field.alias), str(field.alias)), 0)
        for name, field in Counts.model_fields.items()
    }

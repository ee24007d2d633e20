"""Counting events by day; nothing about a person is kept."""

from datetime import date, timedelta

from app.clock import Clock
from app.events import (
    AccountDeleted,
    Disconnected,
    Event,
    PlaylistCreated,
    ScanFinished,
    ScheduleChanged,
    SignedIn,
    SignInFailed,
)
from app.kv.keyspace import Counters
from app.telemetry.repository import AnalyticsRepository

COUNTERS: dict[type[Event], str] = {
    SignedIn: "signIns",
    SignInFailed: "authFailures",
    ScheduleChanged: "schedulesChanged",
    Disconnected: "disconnects",
    AccountDeleted: "accountsDeleted",
}


class AnalyticsService:
    """Turns events into counters."""

    def __init__(self, repository: AnalyticsRepository, clock: Clock) -> None:
        self._repository = repository
        self._clock = clock
        self._begun = date.min

    async def handle(self, event: Event) -> None:
        """Count an event on its UTC day."""
        today = self._clock.now().date()
        await self._repository.count(today, _counted(event))
        if self._begun < today:
            self._begun = today
            await self._repository.fold(today - timedelta(days=1))

    async def today(self) -> Counters:
        """Return what was counted since midnight UTC."""
        return await self._repository.get(self._clock.now().date())


def _counted(event: Event) -> dict[str, int]:
    match event:
        case ScanFinished():
            return {"libraryScans": 1, "songsScanned": event.songs}
        case PlaylistCreated():
            return {"playlistsCreated": 1, "songsAdded": event.songs}
        case _:
            return {COUNTERS[type(event)]: 1}

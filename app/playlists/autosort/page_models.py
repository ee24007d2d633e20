"""What pages show of auto-sort; templates read these fields as they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.playlists.autosort.models import AutoSort, SortingRun
from app.playlists.models import Schedule
from app.playlists.records import MadePlaylist


@dataclass(frozen=True, slots=True)
class AutoSortView:
    """A listener's auto-sort.

    Attributes:
        state: `waits` when it is due and there are no calls to Spotify that nobody else needs.
        playlists: those that are kept, gone ones left out.
        daily: how many of them are refreshed daily, and `weekly` weekly.
        next_at: when it runs next; None while it is off or paused.
        paused: why it was paused.
        log: the last runs, newest first.
    """

    state: Literal["off", "on", "running", "waits", "paused"]
    playlists: int
    daily: int
    weekly: int
    next_at: datetime | None
    paused: str
    log: tuple[SortingRun, ...]

    @property
    def schedule(self) -> Schedule | None:
        """What all playlists have; None where they differ."""
        for schedule, count in (("daily", self.daily), ("weekly", self.weekly)):
            if count:
                return schedule if count == self.playlists else None  # type: ignore[return-value]
        return "off"


def auto_sort_view(
    state: AutoSort, made: Sequence[MadePlaylist], now: datetime, *, running: bool
) -> AutoSortView:
    """Return what pages show."""
    there = [one.schedule for one in made if not one.gone]
    return AutoSortView(
        state=_state_of(state, now, running=running),
        playlists=len(there),
        daily=there.count("daily"),
        weekly=there.count("weekly"),
        next_at=state.next_at,
        paused=state.paused,
        log=state.log,
    )


def _state_of(
    state: AutoSort, now: datetime, *, running: bool
) -> Literal["off", "on", "running", "waits", "paused"]:
    if running:
        return "running"
    if state.paused:
        return "paused"
    if state.next_at is None:
        return "off"
    return "waits" if state.next_at <= now else "on"

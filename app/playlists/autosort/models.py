"""What is remembered of one listener's auto-sort."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal

from pydantic import Field

from app.kv.keyspace import FrozenMapping
from app.playlists.models import Frozen, Schedule

Rhythm = Literal["daily", "weekly"]

DAY = timedelta(days=1)
INTERVALS: dict[Schedule, timedelta] = {"daily": DAY, "weekly": 7 * DAY}
RHYTHMS: tuple[Rhythm, ...] = ("daily", "weekly")
MOST_FAILURES = 3
"""So many failures in a row, and it stops until the listener starts it again."""
LOG_LENGTH = 30


class SortedPlaylist(Frozen):
    """What one run changed in a playlist, or why it did not."""

    id: str
    name: str
    added: int = 0
    removed: int = 0
    problem: str | None = None


class SortingRun(Frozen):
    """One run of auto-sort.

    Attributes:
        at: when the library had been read for it, or when it failed; aware, in UTC.
        new: songs that were liked since the run before, None where the library could not be read.
        placed: how many of them have a genre.
        playlists: those that were changed or could not be.
        run: the run that changed them, by which they are undone; empty when there was nothing to change.
        problem: a sentence for a person when it failed.
    """

    at: datetime
    new: int | None = None
    placed: int = 0
    playlists: tuple[SortedPlaylist, ...] = ()
    run: str = ""
    problem: str | None = None

    @property
    def added(self) -> int:
        """Songs that were put into playlists."""
        return sum(one.added for one in self.playlists)

    @property
    def removed(self) -> int:
        """Songs that were taken out of mirrors."""
        return sum(one.removed for one in self.playlists)


class Visit(Frozen):
    """When the listener last looked at the library.

    Attributes:
        seen_at: when, to some minutes.
        library: when the library that they saw had been read.
        left_at: `seen_at` of the visit before, and `since` the `library` of that.
    """

    seen_at: datetime
    library: datetime
    left_at: datetime
    since: datetime


class AutoSort(Frozen):
    """One listener's auto-sort: when it runs next, and what it did.

    Attributes:
        due: when it runs next, by rhythm; nothing while no playlist has one.
        failures: failed runs in a row.
        paused: why it runs no more until the listener says so; empty while it does.
        run: the run that is under way, so that one which a restart cut off is told as well.
        log: the last runs, newest first.
        visit: the listener's last visit, None before the first.
    """

    due: FrozenMapping[Rhythm, datetime] = Field(default_factory=dict, validate_default=True)
    failures: int = 0
    paused: str = ""
    run: str = ""
    log: tuple[SortingRun, ...] = ()
    visit: Visit | None = None

    @property
    def next_at(self) -> datetime | None:
        """When it runs next; None while it is off or paused."""
        return None if self.paused else min(self.due.values(), default=None)

    @property
    def counted_until(self) -> datetime:
        """Up to when new likes are counted in the log, or else since when it is on."""
        counted = (one.at for one in self.log if one.new is not None)
        return next(counted, None) or min(at - INTERVALS[one] for one, at in self.due.items())

    def rhythms(self, now: datetime) -> frozenset[Rhythm]:
        """Return what is due."""
        return frozenset() if self.paused else frozenset(one for one, at in self.due.items() if at <= now)

    def planned(self, schedules: Iterable[Schedule], now: datetime) -> "AutoSort":
        """Return it with a time for every rhythm that some playlist has, and for no other."""
        wanted = set(schedules)
        due = {one: self.due.get(one, now + INTERVALS[one]) for one in RHYTHMS if one in wanted}
        if due == self.due:
            return self
        gone = {} if due else {"failures": 0, "paused": ""}
        return self.model_copy(update={"due": MappingProxyType(due), **gone})

    def resumed(self, now: datetime) -> "AutoSort":
        """Return it no longer paused, and due at once."""
        due = MappingProxyType(dict.fromkeys(self.due, now))
        return self.model_copy(update={"due": due, "failures": 0, "paused": ""}) if self.paused else self

    def after(self, run: SortingRun, rhythms: Iterable[Rhythm], now: datetime) -> "AutoSort":
        """Return it after a run: a failed one is tried again a day later, at the same hour."""
        failures = self.failures + 1 if run.problem else 0
        due = dict(self.due)
        for rhythm in set(rhythms) & set(due):
            due[rhythm] = _next_after(due[rhythm], DAY if run.problem else INTERVALS[rhythm], now)
        return self.model_copy(
            update={
                "due": MappingProxyType(due),
                "failures": failures,
                "paused": run.problem if run.problem and failures >= MOST_FAILURES else "",
                "run": "",
                "log": (run, *self.log)[:LOG_LENGTH],
            }
        )


def _next_after(due: datetime, interval: timedelta, now: datetime) -> datetime:
    """Return the first time after `now` in steps from `due`, so that the hour stays the same."""
    return due + (max(timedelta(), now - due) // interval + 1) * interval

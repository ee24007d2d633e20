"""What was counted in the last hour, told from running counts by their marks at the end of each minute."""

from collections import deque
from collections.abc import Callable, Mapping
from math import inf
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

MINUTE_S = 60.0
HOUR_S = 3600.0


class Lookups(BaseModel):
    """Values asked for, and how many of them memory answered."""

    model_config = ConfigDict(frozen=True)

    hits: int = 0
    misses: int = 0

    @property
    def lookups(self) -> int:
        """Values asked for."""
        return self.hits + self.misses

    @property
    def hit_ratio(self) -> float:
        """Share of lookups that memory answered; 1.0 before the first."""
        return self.hits / self.lookups if self.lookups else 1.0


class Recent(Lookups):
    """What the last hour brought, of one kind or of all."""

    dropped: int = 0


class Mark(NamedTuple):
    """The running counts of a kind at the end of a minute."""

    hits: int
    misses: int
    dropped: int


NOTHING = Mark(0, 0, 0)


class LastHour:
    """Remembers the running counts at the end of every minute in which something was counted.

    Whoever counts calls `end_minute` first once `minute_ends` has passed, so that counting itself costs
    nothing more. The hour is up to a minute longer than one: minutes are whole.
    """

    def __init__(self, running: Callable[[], Mapping[str, Mark]], now: float) -> None:
        self._running = running
        self._marks: deque[tuple[float, Mapping[str, Mark]]] = deque([(-inf, {})])
        self.minute_ends = now + MINUTE_S

    def end_minute(self, now: float) -> None:
        """Keep the counts as they were when the minute ended; nothing was counted since."""
        self._marks.append((self.minute_ends, self._running()))
        self.minute_ends += MINUTE_S * ((now - self.minute_ends) // MINUTE_S + 1)
        self._forget(now)

    def counts(self, now: float) -> dict[str, Recent]:
        """Return what was counted by kind; kinds without anything are left out."""
        if now >= self.minute_ends:
            self.end_minute(now)
        self._forget(now)
        before = self._marks[0][1]
        recent = {kind: _since(before.get(kind, NOTHING), mark) for kind, mark in self._running().items()}
        return {kind: counts for kind, counts in sorted(recent.items()) if counts != Recent()}

    def _forget(self, now: float) -> None:
        while len(self._marks) > 1 and self._marks[1][0] <= now - HOUR_S:
            self._marks.popleft()


def _since(before: Mark, now: Mark) -> Recent:
    return Recent(
        hits=now.hits - before.hits, misses=now.misses - before.misses, dropped=now.dropped - before.dropped
    )

"""What an outside service still gives: numbers that cost nothing to ask for."""

import heapq
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

WINDOW = timedelta(hours=24, minutes=1)
"""How long a call counts: Spotify's rolling day (developers' reports up to September 2026), and the minute
that a call may be on its way before Spotify counts it."""
BLOCK = 10
"""Calls that are reserved at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How many calls there are, and when more of them.

    Attributes:
        limit: calls allowed in any 24 hours, None when this app sets itself none.
        reserve: how many of them are for playlist writes and for a person who waits.
        used: calls made in the last 24 hours, and those that other processes have reserved.
        left: what scans may still use now, None without a limit.
        left_for_writes: what playlist writes and a person who waits may still use, None without a limit.
        left_for_now_playing: what now playing may still use, None without a limit.
        blocked_until: no calls (`quota`) or no scans (`budget`) until then, aware, in UTC.
        reason: whether the service said so or the limit is reached.
        rate_per_second: how fast calls are made.
        frees: when calls stop counting, and how many, the soonest first.
    """

    limit: int | None = None
    reserve: int = 0
    used: int = 0
    left: int | None = None
    left_for_writes: int | None = None
    left_for_now_playing: int | None = None
    blocked_until: datetime | None = None
    reason: Literal["quota", "budget"] | None = None
    rate_per_second: float = 2.0
    frees: tuple[tuple[datetime, int], ...] = ()

    def finish_at(self, calls: int, now: datetime) -> datetime:
        """Return when a scan of so many calls is through if nobody else calls.

        A scan that the limit holds up goes on as soon as ten calls fit again, or all that it still needs.
        """
        at = max(now, self.blocked_until) if self.blocked_until and self.reason == "quota" else now
        if self.limit is None:
            return at + self._time_for(calls)
        room, most = self.limit - self.reserve - self.used, max(1, self.limit - self.reserve)
        frees = list(self.frees)
        heapq.heapify(frees)
        while calls > 0:
            wanted = min(calls, BLOCK, most)
            while frees and (frees[0][0] <= at or room < wanted):
                free_at, freed = heapq.heappop(frees)
                at, room = max(at, free_at), room + freed
            taken = max(1, min(wanted, room))  # at least one: it ends even if nothing is known to free
            at += self._time_for(taken)
            room, calls = room - taken, calls - taken
            heapq.heappush(frees, (at + WINDOW, taken))
        return at

    def _time_for(self, calls: int) -> timedelta:
        return timedelta(seconds=calls / self.rate_per_second)

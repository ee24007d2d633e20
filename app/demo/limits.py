"""Limits of calls in a span of time, whoever makes them: an app's people together, or one address."""

from collections import deque
from datetime import datetime, timedelta

from app.clock import Clock

MOST_CALLS = 100_000


class RollingLimit:
    """So many calls in any span of time; calls that are refused do not count."""

    def __init__(self, span: timedelta) -> None:
        self._span = span
        self._calls: deque[datetime] = deque(maxlen=MOST_CALLS)

    def left_s(self, limit: int, now: datetime) -> float:
        """Return in how many seconds there is room for a call, 0 for at once; a limit of 0 is none."""
        while self._calls and self._calls[0] <= now - self._span:
            self._calls.popleft()
        if not limit or len(self._calls) < limit:
            return 0.0
        return (self._calls[-limit] + self._span - now).total_seconds()

    def count(self, now: datetime) -> None:
        """Note that a call was let through."""
        self._calls.append(now)


class Credit:
    """Earned with time up to `most`, spent by the call; calls that are refused cost nothing."""

    def __init__(self, clock: Clock, *, per_second: float, most: float) -> None:
        self._clock = clock
        self._per_second = per_second
        self._left = self._most = most
        self._at = clock.monotonic()

    def spend(self) -> bool:
        """Pay for a call; False when there is not enough."""
        now = self._clock.monotonic()
        self._left = min(self._most, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True

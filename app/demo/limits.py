"""Limits on the calls of one app, all its people together."""

from collections import deque
from datetime import datetime, timedelta

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

"""How fast calls may start."""

from collections import deque

from app.clock import Clock

WINDOW_S = 30.25
"""Spotify's 30 seconds, and what calls that leave evenly may be bunched by on their way."""

_ROUNDING_S = 1e-6


class Pace:
    """Says how long the next call has to wait.

    At most `burst` calls start at once and `rate_per_second` after that, and at most `most` in any 30
    seconds, None being any number.
    """

    def __init__(self, clock: Clock, *, rate_per_second: float, burst: int, most: int | None) -> None:
        self.rate_per_second = rate_per_second
        self._clock = clock
        self._interval_s = 1 / rate_per_second
        self._slack_s = (burst - 1) * self._interval_s
        self._due = self._paused_until = clock.monotonic()
        self._latest: deque[float] | None = None if most is None else deque(maxlen=most)

    def wait_s(self) -> float:
        """Return in how many seconds the next call may start, 0 for now."""
        due = max(self._due - self._slack_s, self._paused_until)
        if self._latest and len(self._latest) == self._latest.maxlen:
            due = max(due, self._latest[0] + WINDOW_S)
        wait_s = due - self._clock.monotonic()
        return wait_s if wait_s > _ROUNDING_S else 0.0

    def pause_s(self) -> float:
        """Return how long the pause goes on that somebody asked for."""
        return self._paused_until - self._clock.monotonic()

    def start(self) -> None:
        """Note that a call starts now."""
        now = self._clock.monotonic()
        self._due = max(self._due, now) + self._interval_s
        if self._latest is not None:
            self._latest.append(now)

    def late(self) -> None:
        """Note that the latest call starts only now."""
        now = self._clock.monotonic()
        self._due = max(self._due, now + self._interval_s)
        if self._latest:
            self._latest[-1] = now

    def pause(self, seconds: float) -> None:
        """Start nothing for some seconds; a longer pause is not shortened."""
        self._paused_until = max(self._paused_until, self._clock.monotonic() + seconds)

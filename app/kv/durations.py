"""How long the rounds of the write queue take."""

from bisect import bisect_left
from collections import deque

from pydantic import BaseModel, ConfigDict

BOUNDS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Upper ends of the histogram's buckets; a round takes at most five seconds, and what is over lies above."""
RECENT = 500


class FlushTimes(BaseModel):
    """Durations of the rounds: all of them as a histogram, the newest 500 as percentiles.

    Attributes:
        buckets: rounds up to each of `BOUNDS_S`, and above the last, each counted once.
    """

    model_config = ConfigDict(frozen=True)

    total_s: float
    median_ms: float
    p99_ms: float
    buckets: tuple[int, ...]


class Durations:
    """Counts durations."""

    def __init__(self) -> None:
        self._total_s = 0.0
        self._buckets = [0] * (len(BOUNDS_S) + 1)
        self._recent: deque[float] = deque(maxlen=RECENT)

    def add(self, seconds: float) -> None:
        """Count one."""
        self._total_s += seconds
        self._buckets[bisect_left(BOUNDS_S, seconds)] += 1
        self._recent.append(seconds)

    def state(self) -> FlushTimes:
        """Return what was counted so far."""
        recent = sorted(self._recent) or [0.0]
        return FlushTimes(
            total_s=self._total_s,
            median_ms=recent[len(recent) // 2] * 1000,
            p99_ms=recent[len(recent) * 99 // 100] * 1000,
            buckets=tuple(self._buckets),
        )

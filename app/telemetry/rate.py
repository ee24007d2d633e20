"""A bound on how often browsers tell something."""

from cachetools import LRUCache

from app.clock import Clock
from app.errors import TooManyRequestsError
from app.networks import network_of

MOST_A_MINUTE = 300
"""From one household: a page tells its times once, and errors at most once in two seconds."""
MINUTE_S = 60
NETWORKS = 1000


class TooManyReportsError(TooManyRequestsError):
    """Too many reports came from one address."""

    code = "too-many-reports"
    title = "Too many reports"
    safe = "The app works without them."


class ReportRate:
    """Counts reports by minute and by the network that they came from, in this process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._counts: LRUCache[tuple[str, int], int] = LRUCache(NETWORKS)

    def take(self, address: str) -> None:
        """Count one more.

        Raises:
            TooManyReportsError: there were three hundred in this minute.
        """
        now = self._clock.monotonic()
        window = (network_of(address), int(now // MINUTE_S))
        count = self._counts.get(window, 0)
        if count >= MOST_A_MINUTE:
            raise TooManyReportsError(retry_after=MINUTE_S - now % MINUTE_S)
        self._counts[window] = count + 1

"""How often something may happen from one address."""

import math
from collections import deque

from cachetools import LRUCache

from app.clock import Clock
from app.networks import network_of

ADDRESSES = 1000


class AddressLimit:
    """Counts by address what happened within a window of time, in this process.

    Args:
        clock: tells the time.
        most: how often it may happen within the window.
        window_s: its length in seconds.
    """

    def __init__(self, clock: Clock, *, most: int, window_s: float) -> None:
        self._clock, self._most, self._window_s = clock, most, window_s
        self._seen: LRUCache[str, deque[float]] = LRUCache(ADDRESSES)

    def wait_s(self, address: str) -> int:
        """Return in how many seconds it may happen once more from there; 0 when it may now."""
        seen, now = self._seen.get(network_of(address), deque()), self._clock.monotonic()
        while seen and seen[0] <= now - self._window_s:
            seen.popleft()
        return math.ceil(seen[0] + self._window_s - now) if len(seen) >= self._most else 0

    def note(self, address: str) -> None:
        """Count it once."""
        self._seen.setdefault(network_of(address), deque()).append(self._clock.monotonic())

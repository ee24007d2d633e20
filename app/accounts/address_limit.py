"""How often something may happen from one address."""

import math
from collections import deque
from ipaddress import IPv6Address, ip_address, ip_network

from cachetools import LRUCache

from app.clock import Clock

ADDRESSES = 1000
NETWORK_BITS = 64
"""What one household has of IPv6."""


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
        seen, now = self._seen.get(_network(address), deque()), self._clock.monotonic()
        while seen and seen[0] <= now - self._window_s:
            seen.popleft()
        return math.ceil(seen[0] + self._window_s - now) if len(seen) >= self._most else 0

    def note(self, address: str) -> None:
        """Count it once."""
        self._seen.setdefault(_network(address), deque()).append(self._clock.monotonic())


def _network(address: str) -> str:
    """Return what stands for an address: of IPv6 everybody has millions."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return (
        str(ip_network((parsed, NETWORK_BITS), strict=False)) if isinstance(parsed, IPv6Address) else address
    )

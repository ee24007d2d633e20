"""A bound on guessing."""

import math
from collections import deque
from ipaddress import IPv6Address, ip_address, ip_network

from cachetools import LRUCache

from app.clock import Clock
from app.errors import Action, TooManyRequestsError

MOST = 10
WINDOW_S = 60.0
ADDRESSES = 1000
NETWORK_BITS = 64
"""What one household has of IPv6."""


class TooManyTriesError(TooManyRequestsError):
    """Too many wrong tokens came from one address."""

    code = "too-many-tries"
    title = "Too many wrong tokens"
    safe = "From elsewhere, and with an account of ADMIN_USERS, operators get in as before."
    action = Action("Try again", "/operator")


class Tries:
    """Counts wrong tries of the last minute by the address that they came from, in this process."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wrong: LRUCache[str, deque[float]] = LRUCache(ADDRESSES)

    def check(self, address: str) -> None:
        """Return when one more try is allowed.

        Raises:
            TooManyTriesError: ten were wrong within the last minute.
        """
        wrong, now = self._wrong.get(_network(address), deque()), self._clock.monotonic()
        while wrong and wrong[0] <= now - WINDOW_S:
            wrong.popleft()
        if len(wrong) >= MOST:
            wait = math.ceil(wrong[0] + WINDOW_S - now)
            raise TooManyTriesError(f"From here the next can be tried in {wait} seconds.", retry_after=wait)

    def wrong(self, address: str) -> None:
        """Count a wrong try."""
        self._wrong.setdefault(_network(address), deque()).append(self._clock.monotonic())


def _network(address: str) -> str:
    """Return what stands for an address: of IPv6 everybody has millions."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return (
        str(ip_network((parsed, NETWORK_BITS), strict=False)) if isinstance(parsed, IPv6Address) else address
    )

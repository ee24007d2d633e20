"""How often a caller may do something."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from cachetools import LRUCache
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from app.clock import Clock
from app.errors import TooManyRequestsError
from app.networks import network_of

CALLERS = 1000
"""How many are remembered for each limit, those seen last: addresses are unlimited in number."""
MINUTE_S = 60


class RateLimit:
    """Counts in windows of time what each caller does, in this process.

    A caller is an address, of IPv6 a household's network, or an account's id. A window begins with the first
    thing done.

    Args:
        clock: tells the time.
        limit: how often it may happen within the window, and how long that is.
        error: what a caller is told who does it more often.
    """

    def __init__(
        self,
        clock: Clock,
        limit: RateLimitItem,
        error: Callable[..., TooManyRequestsError] = TooManyRequestsError,
    ) -> None:
        self._clock, self._limit, self._error = clock, limit, error
        self._limiter = FixedWindowRateLimiter(_Windows(clock))

    def take(self, caller: str) -> None:
        """Count it once.

        Raises:
            TooManyRequestsError: it happened too often already.
        """
        if not self.note(caller):
            raise self._refusal(caller)

    def check(self, caller: str) -> None:
        """Return when it may happen once more.

        Raises:
            TooManyRequestsError: it may not.
        """
        if not self._limiter.test(self._limit, network_of(caller)):
            raise self._refusal(caller)

    def note(self, caller: str) -> bool:
        """Count it once, and return whether it might happen."""
        return self._limiter.hit(self._limit, network_of(caller))

    def _refusal(self, caller: str) -> TooManyRequestsError:
        ends = self._limiter.get_window_stats(self._limit, network_of(caller)).reset_time
        wait_s = ends - self._clock.monotonic()
        return self._error(f"The next is taken in {_told(wait_s)}.", retry_after=wait_s)


def _told(wait_s: float) -> str:
    if wait_s > MINUTE_S:
        return f"{math.ceil(wait_s / MINUTE_S)} minutes"
    seconds = math.ceil(wait_s)
    return "1 second" if seconds == 1 else f"{seconds} seconds"


@dataclass(frozen=True)
class RateLimits:
    """What routes count.

    All are far above what people, their open tabs and the app's own scripts do: they keep one caller from
    taking the time, the storage or the calls to Spotify that are there for everybody.

    Attributes:
        requests: everything from one address, behind which a whole school may sit.
        sign_ins: beginning to sign in, and coming back from it, from one address; each writes to the store.
        boards: what everybody may read, and the state of the app, from one address.
        changes: what one person changes.
        costly: what takes calls to Spotify or a look at the whole library, for one person.
        playing: looking at what plays, for one person; open tabs look every few seconds.
        exports: reading all that is kept of one person.
    """

    requests: RateLimit
    sign_ins: RateLimit
    boards: RateLimit
    changes: RateLimit
    costly: RateLimit
    playing: RateLimit
    exports: RateLimit

    @classmethod
    def of(cls, clock: Clock) -> Self:
        """Return the limits of one running app."""

        def a_minute(most: int) -> RateLimit:
            return RateLimit(clock, RateLimitItemPerMinute(most))

        return cls(
            requests=a_minute(6000),
            sign_ins=a_minute(600),
            boards=a_minute(600),
            changes=a_minute(600),
            costly=a_minute(120),
            playing=a_minute(600),
            exports=a_minute(10),
        )


class _Windows(Storage):
    """What `limits` counts in, in the app's own time.

    Its own memory storage has no bound, reads the machine's clock, and starts a thread after what it counts.
    """

    STORAGE_SCHEME = None

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._kept: LRUCache[str, tuple[int, float]] = LRUCache(CALLERS)

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        count = self.get(key) + amount
        self._kept[key] = count, self.get_expiry(key) if count > amount else self._clock.monotonic() + expiry
        return count

    def get(self, key: str) -> int:
        count, ends = self._kept.get(key, (0, 0.0))
        return count if self._clock.monotonic() < ends else 0

    def get_expiry(self, key: str) -> float:
        return self._kept[key][1]

    def check(self) -> bool:
        return True

    def reset(self) -> int:
        count = len(self._kept)
        self._kept.clear()
        return count

    def clear(self, key: str) -> None:
        self._kept.pop(key, None)

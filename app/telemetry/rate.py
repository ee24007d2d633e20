"""A bound on how often browsers tell something."""

from limits import RateLimitItemPerMinute

from app.clock import Clock
from app.errors import TooManyRequestsError
from app.rate_limits import RateLimit

MOST_A_MINUTE = 300
"""From one household: a page tells its times once, and errors at most once in two seconds."""


class TooManyReportsError(TooManyRequestsError):
    """Too many reports came from one address."""

    code = "too-many-reports"
    title = "Too many reports"
    safe = "The app works without them."


def report_rate(clock: Clock) -> RateLimit:
    """Return what counts reports by the network that they come from."""
    return RateLimit(clock, RateLimitItemPerMinute(MOST_A_MINUTE), TooManyReportsError)

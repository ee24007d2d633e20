"""How long a job waits for Spotify, the store or another job, and when it gives up."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.clock import Clock
from app.errors import AppError
from app.kv.errors import KVError, LeaseHeldError
from app.spotify.errors import QuotaExceededError
from app.upstream.errors import RateLimitedError, UnavailableError

PAUSES_S = (30.0, 60.0, 120.0, 300.0)
"""How long it waits after one failure and the next before it gives up."""
NAP_S = 60.0
"""Waits are slept in pieces, so that a clock that is set right does not lengthen them much."""


def goes_on_at(error: AppError, pauses: Iterator[float], clock: Clock) -> datetime | None:
    """Return when trying again makes sense, None if it does not; `pauses` are those that are left."""
    if isinstance(error, QuotaExceededError):
        return error.resumes_at
    passing = isinstance(error, RateLimitedError | UnavailableError | KVError | LeaseHeldError)
    if passing and (pause_s := next(pauses, None)):
        return clock.now() + timedelta(seconds=max(pause_s, error.retry_after or 0.0))
    return None


async def sleep_until(until: datetime, clock: Clock) -> None:
    """Sleep until it is that late."""
    while (left_s := (until - clock.now()).total_seconds()) > 0:
        await clock.sleep(min(left_s, NAP_S))

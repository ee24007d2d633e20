"""When to ask again: waiting times after faults and what `Retry-After` says."""

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_JITTER = random.SystemRandom()


def backoff_s(attempt: int, *, base_s: float = 0.5, cap_s: float = 8.0) -> float:
    """Return the seconds to wait after failed attempt number `attempt`, counted from 1.

    The wait doubles from `base_s` up to `cap_s` and is shortened by up to half at random, so that callers
    which failed together do not come back together.
    """
    longest = min(cap_s, base_s * 2 ** (attempt - 1))
    return _JITTER.uniform(longest / 2, longest)


def retry_after_s(value: str | None, *, now: datetime) -> float | None:
    """Read a `Retry-After` header: seconds or an HTTP date (RFC 9110, section 10.2.3).

    Returns:
        Seconds from `now`, never negative; None when the header is missing or makes no sense.
    """
    text = (value or "").strip()
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (at.replace(tzinfo=at.tzinfo or UTC) - now).total_seconds())

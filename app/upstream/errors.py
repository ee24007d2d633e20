"""What goes wrong when an outside service is asked."""

from datetime import datetime

from app.errors import AppError


class UpstreamError(AppError):
    """An outside service gave an answer that is of no use."""

    status = 502
    code = "upstream-error"
    title = "An outside service gave no usable answer"
    safe = "What was read and made so far is kept."


class UnavailableError(UpstreamError):
    """An outside service does not answer; asking again later makes sense."""

    status = 503
    code = "upstream-unavailable"
    title = "An outside service does not answer"


class RateLimitedError(UpstreamError):
    """An outside service is asked as often as it allows; `retry_after` says when there is room again."""

    status = 503
    code = "upstream-rate-limited"
    title = "An outside service needs a pause"


class BlockedError(RateLimitedError):
    """An outside service has told us to stay away until a certain time.

    Attributes:
        until: when asking is allowed again, aware, in UTC.
    """

    code = "upstream-blocked"
    title = "An outside service takes no calls from this app for a while"

    def __init__(self, detail: str, *, until: datetime, retry_after: float) -> None:
        super().__init__(detail, retry_after=retry_after)
        self.until = until

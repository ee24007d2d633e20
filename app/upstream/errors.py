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


class BudgetFullError(BlockedError):
    """The limit that this app sets itself is reached for this class of calls."""

    code = "upstream-budget"
    title = "This app has made its calls for now"

    def __init__(self, *, until: datetime, retry_after: float) -> None:
        super().__init__(
            "This installation has made all the calls to Spotify that it allows itself in 24 hours. "
            f"It goes on by itself at {until:%Y-%m-%d %H:%M} UTC.",
            until=until,
            retry_after=retry_after,
        )

    def again(self) -> "BudgetFullError":
        """Return the same for somebody else."""
        return BudgetFullError(until=self.until, retry_after=self.retry_after or 0.0)


class UncountedError(UnavailableError):
    """A call was not made, because the store does not keep that it would be."""

    code = "upstream-uncounted"
    title = "Storage does not answer"

    def __init__(self, *, retry_after: float | None) -> None:
        super().__init__(
            "Calls to Spotify are counted before they are made, and the count cannot be saved right now.",
            retry_after=retry_after,
        )

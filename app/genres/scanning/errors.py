"""Why a scan is not started."""

from datetime import datetime

from app.errors import ConflictError
from app.genres.scanning.offers import ScanPlan


class ScanRunningError(ConflictError):
    """A scan of this person's songs runs or waits."""

    code = "scan-running"
    title = "A scan is under way"


class ScanOverBudgetError(ConflictError):
    """The scan needs more calls than are left for now.

    Attributes:
        plan: what it needs.
        finishes_at: when it would be through all the same, aware, in UTC.
    """

    code = "scan-over-budget"
    title = "This scan needs more calls to Spotify than are left"
    safe = "Nothing was started."

    def __init__(self, plan: ScanPlan, finishes_at: datetime) -> None:
        super().__init__(
            f"It needs {plan.calls:,} calls; {plan.calls_left or 0:,} are left for now. It would read what "
            f"it can, wait, go on by itself and be through by {finishes_at:%Y-%m-%d %H:%M} UTC."
        )
        self.plan = plan
        self.finishes_at = finishes_at

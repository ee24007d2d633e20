"""A bound on guessing."""

from app.accounts.address_limit import AddressLimit
from app.clock import Clock
from app.errors import Action, TooManyRequestsError

MOST = 10
WINDOW_S = 60.0


class TooManyTriesError(TooManyRequestsError):
    """Too many wrong tokens came from one address."""

    code = "too-many-tries"
    title = "Too many wrong tokens"
    safe = "From elsewhere, and with an account of ADMIN_USERS, operators get in as before."
    action = Action("Try again", "/operator")


class Tries:
    """Counts wrong tries of the last minute by the address that they came from, in this process."""

    def __init__(self, clock: Clock) -> None:
        self._limit = AddressLimit(clock, most=MOST, window_s=WINDOW_S)

    def check(self, address: str) -> None:
        """Return when one more try is allowed.

        Raises:
            TooManyTriesError: ten were wrong within the last minute.
        """
        if wait := self._limit.wait_s(address):
            raise TooManyTriesError(f"From here the next can be tried in {wait} seconds.", retry_after=wait)

    def wrong(self, address: str) -> None:
        """Count a wrong try."""
        self._limit.note(address)

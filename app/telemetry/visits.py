"""Telling visitors apart for a day, without knowing anybody."""

import secrets
from contextlib import suppress
from datetime import date, timedelta

from app.accounts.crypto import Keyring, fingerprint
from app.kv.errors import KVError
from app.networks import network_of
from app.telemetry.models import Visitors
from app.telemetry.repository import AnalyticsRepository

MARK_LENGTH = 16
LONGEST_AGENT = 300


class Visits:
    """Knows whether a browser was here before on the same day.

    A browser is known by a hash of its network and name with the salt of the day and SECRET_KEY. Neither a
    copy of the store nor, once the day's salt has been replaced, SECRET_KEY tells who it was; and nobody is
    recognised on another day. No cookie is needed for it.
    """

    def __init__(self, repository: AnalyticsRepository, keyring: Keyring) -> None:
        self._repository = repository
        self._signer = keyring.signer("visitor")

    async def is_first(self, day: date, *, address: str, user_agent: str) -> bool:
        """Note a visit; return whether it is this browser's first on that day, as far as the store tells."""
        who = f"{network_of(address)} {user_agent[:LONGEST_AGENT]}"
        first = False

        def change(visitors: Visitors) -> Visitors:
            nonlocal first
            # Tomorrow's is another process's; one further ahead is of a clock that was set back since.
            if not day <= visitors.day <= day + timedelta(days=1):
                visitors = Visitors(day=day, salt=secrets.token_hex(16))
            known = visitors.plus(fingerprint(self._signer.sign(f"{visitors.salt} {who}"))[:MARK_LENGTH])
            first = known is not visitors
            return known

        with suppress(KVError):  # the page is counted all the same
            await self._repository.visit(change)
        return first

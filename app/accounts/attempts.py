"""A sign-in between its start and its end: bound to one browser, ten minutes long, used once."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from pydantic import ValidationError

from app.accounts.cookies import Cookie
from app.accounts.crypto import Keyring, fingerprint
from app.accounts.errors import ForeignStateError, SignInExpiredError, SignInReplayedError, UnreadableError
from app.accounts.models import ATTEMPT_LIFE, Feature, SignInAttempt
from app.accounts.repository import StatesRepository
from app.clock import Clock

STATE_BYTES = 32
VERIFIER_BYTES = 64  # 86 characters; RFC 7636 wants 43 to 128


class SignInAttempts:
    """Makes attempts and redeems each at most once.

    The state is signed and carries its own time, so an invented one costs no read of the store and a
    late one is told apart from a foreign one after the browser has dropped its cookie.
    """

    def __init__(self, states: StatesRepository, *, keyring: Keyring, clock: Clock, cookie: Cookie) -> None:
        self._states = states
        self._cookie = cookie
        self._clock = clock
        self._signer = keyring.signer("signin-state")
        self._sealer = keyring.sealer("signin-cookie")

    def begin(
        self, next_path: str, *, renew: bool = False, feature: Feature | None = None
    ) -> tuple[SignInAttempt, str]:
        """Return a new attempt and the cookie value that carries it."""
        issued_at = int(self._clock.now().timestamp())
        attempt = SignInAttempt(
            state=self._signer.sign(f"{secrets.token_urlsafe(STATE_BYTES)}.{issued_at}"),
            verifier=secrets.token_urlsafe(VERIFIER_BYTES),
            next_path=next_path,
            renew=renew,
            feature=feature,
        )
        return attempt, self._sealer.seal(attempt.model_dump_json())

    async def redeem(self, state: str | None, cookies: Mapping[str, str]) -> SignInAttempt:
        """Return the attempt that `state` and the cookies belong to; it can never be redeemed again.

        Raises:
            ForeignStateError: this browser did not start it.
            SignInExpiredError: it is older than ten minutes.
            SignInReplayedError: it was redeemed before, or is being redeemed at this moment.
        """
        signed = self._signer.verified(state or "")
        if state is None or signed is None:
            raise ForeignStateError
        if self._clock.now() >= _issued_at(signed) + ATTEMPT_LIFE:
            raise SignInExpiredError
        attempt = self._opened(cookies)
        if attempt is None or attempt.state != state:
            used = await self._states.is_claimed(fingerprint(state))
            raise SignInReplayedError if used else ForeignStateError
        await self._states.claim(fingerprint(state))
        return attempt

    def _opened(self, cookies: Mapping[str, str]) -> SignInAttempt | None:
        try:
            return SignInAttempt.model_validate_json(self._sealer.open(cookies.get(self._cookie.name, "")))
        except (UnreadableError, ValidationError):
            return None


def _issued_at(signed: str) -> datetime:
    return datetime.fromtimestamp(int(signed.rpartition(".")[2]), UTC)

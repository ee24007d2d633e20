"""Operators by token: with every request, or once for a session of twelve hours."""

import secrets
from collections.abc import Mapping

import structlog
from limits import RateLimitItemPerMinute

from app.accounts.cookies import Cookie, host_cookie
from app.accounts.crypto import Keyring, fingerprint
from app.admin.models import OPERATOR_SESSION_LIFE, OperatorSession
from app.admin.repository import OperatorSessionsRepository
from app.clock import Clock
from app.errors import Action, ForbiddenError, TooManyRequestsError
from app.rate_limits import RateLimit
from app.settings import Settings

ID_BYTES = 32
WRONG_TOKENS = RateLimitItemPerMinute(10)

log = structlog.get_logger(__name__)


class NotOperatorError(ForbiddenError):
    """The caller is no operator."""

    title = "This is for operators"
    action = Action("How to get in", "/operator")


class TooManyTriesError(TooManyRequestsError):
    """Too many wrong tokens came from one address."""

    code = "too-many-tries"
    title = "Too many wrong tokens"
    safe = "From elsewhere, and with an account of ADMIN_USERS, operators get in as before."
    action = Action("Try again", "/operator")


def operator_cookie(settings: Settings) -> Cookie:
    """Return the cookie that names an operator session; its exact end is judged by the server."""
    return host_cookie(settings, "operator", life=OPERATOR_SESSION_LIFE)


class OperatorsService:
    """Knows the operators' token, and the sessions that were given for it.

    A cookie holds a signed id of 256 bits, the store its SHA-256. The token has a part in the signature: once
    it is changed or taken away, every session is over.
    """

    def __init__(
        self,
        repository: OperatorSessionsRepository,
        token: str | None,
        *,
        keyring: Keyring,
        clock: Clock,
        cookie: Cookie,
    ) -> None:
        self._repository, self._token, self._cookie, self._clock = repository, token, cookie, clock
        self._signer = keyring.signer(f"operator-session:{token or ''}")
        self._tries = RateLimit(clock, WRONG_TOKENS, TooManyTriesError)

    @property
    def has_token(self) -> bool:
        """Whether there is a token to give."""
        return self._token is not None

    def is_token(self, given: str, *, address: str) -> bool:
        """Return whether this is the token; where none is set, nothing is.

        Raises:
            TooManyTriesError: too many wrong ones came from this address.
        """
        if self._token is None:
            return False
        self._tries.check(address)
        if secrets.compare_digest(given.encode(), self._token.encode()):
            return True
        self._tries.note(address)
        log.warning("operator.wrong-token", address=address)
        return False

    async def enter(self, given: str, *, address: str, replacing: Mapping[str, str]) -> str | None:
        """Begin a session for the token and return its cookie; None when it is the wrong one.

        The session in `replacing` ends. Both are only queued: while the store fails operators get in.

        Raises:
            TooManyTriesError: too many wrong ones came from this address.
            KVError: there is no room left in the queue.
        """
        if not self.is_token(given, address=address):
            return None
        session_id = secrets.token_urlsafe(ID_BYTES)
        session = OperatorSession(created_at=self._clock.now())
        await self._repository.begin(fingerprint(session_id), session, replacing=self._key(replacing))
        log.info("operator.entered", address=address)
        return self._signer.sign(session_id)

    async def has_session(self, cookies: Mapping[str, str]) -> bool:
        """Return whether these cookies hold a session that has not ended.

        Raises:
            KVError: the store does not answer; a session is never served stale.
        """
        key = self._key(cookies)
        session = await self._repository.find(key) if key else None
        return session is not None and self._clock.now() < session.ends_at

    async def leave(self, cookies: Mapping[str, str]) -> None:
        """End the session in these cookies at once, if there is one."""
        if key := self._key(cookies):
            await self._repository.delete(key)
            log.info("operator.left")

    def _key(self, cookies: Mapping[str, str]) -> str | None:
        session_id = self._signer.verified(cookies.get(self._cookie.name, ""))
        return fingerprint(session_id) if session_id else None

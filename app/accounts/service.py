"""Sign-in, from the link to the session."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from app.accounts.admission import Admission
from app.accounts.attempts import SignInAttempts
from app.accounts.connections import ConnectionsService
from app.accounts.deletion import DeletionService
from app.accounts.errors import (
    BeingDeletedError,
    ClientRefusedError,
    GrantRefusedError,
    MisconfiguredError,
    SignInDeniedError,
    SignInError,
    SignInExpiredError,
    SpotifyDownError,
)
from app.accounts.models import Answer, Feature, TokenGrant
from app.accounts.next_path import local_path, with_query
from app.accounts.oauth import CLIENT_ERRORS, SpotifyOAuth
from app.accounts.sessions import SessionsService
from app.events import Events, SignedIn, SignInFailed
from app.kv.errors import UserGoneError
from app.upstream.errors import UpstreamError

DENIED = "access_denied"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Started:
    """Where to send the browser, and the cookie value that it must bring back."""

    url: str
    cookie: str = field(repr=False)


@dataclass(frozen=True)
class Finished:
    """Where to go on, and the cookie value of the new session; None when the old one goes on."""

    next_path: str
    cookie: str | None = field(repr=False)


class SignInService:
    """Takes a browser through Spotify's consent and gives it a session."""

    def __init__(
        self,
        oauth: SpotifyOAuth,
        *,
        attempts: SignInAttempts,
        admission: Admission,
        sessions: SessionsService,
        connections: ConnectionsService,
        deletion: DeletionService,
        events: Events,
    ) -> None:
        self._oauth = oauth
        self._attempts = attempts
        self._admission = admission
        self._sessions = sessions
        self._connections = connections
        self._deletion = deletion
        self._events = events

    async def start(
        self,
        wanted: str | None,
        *,
        cookies: Mapping[str, str],
        renew: bool = False,
        feature: Feature | None = None,
    ) -> Started:
        """Begin a sign-in that goes on to `wanted`, if that is a page of this app.

        With `renew` Spotify asks also a person who has agreed before, which begins six new months; a
        `feature` asks for what it needs beside the usual. Both ask for what else was given before too.

        Raises:
            KVError: the store does not answer.
        """
        attempt, cookie = self._attempts.begin(local_path(wanted), renew=renew, feature=feature)
        features: set[Feature] = {feature} if feature else set()
        if renew or feature:
            features |= await self._given(cookies)
        url = self._oauth.authorization_url(
            state=attempt.state, verifier=attempt.verifier, renew=renew, features=features
        )
        return Started(url, cookie)

    async def _given(self, cookies: Mapping[str, str]) -> set[Feature]:
        user = await self._sessions.find_user(cookies)
        return await self._connections.get_features(user.id) if user else set()

    async def finish(self, answer: Answer, cookies: Mapping[str, str], *, browser: str = "") -> Finished:
        """Complete the sign-in that `answer` and the browser's cookies belong to.

        The session that this browser had is replaced; `browser` is what it calls itself. Whoever refuses a
        feature keeps the session, and goes on to a page with `refused=` and the feature in its query.

        Raises:
            SignInError: nobody was signed in; its `reason` says why.
            KVError: the store does not answer; nobody was signed in.
        """
        try:
            return await self._finish(answer, cookies, browser)
        except SignInError as error:
            log.info("signin.failed", reason=error.reason)
            await self._events.publish(SignInFailed(error.reason))
            raise

    async def _finish(self, answer: Answer, cookies: Mapping[str, str], browser: str) -> Finished:
        attempt = await self._attempts.redeem(answer.state, cookies)
        if attempt.feature and answer.error == DENIED:
            return Finished(with_query(attempt.next_path, refused=attempt.feature), None)
        grant = await self._exchange(_code(answer), attempt.verifier)
        user = await self._admission.admit(grant)
        try:
            is_back = await self._deletion.readmit(user.id)
            await self._connections.save(user.id, grant, consented=attempt.renew)
            session = await self._sessions.start(user, replacing=cookies, browser=browser)
            if is_back:  # in other browsers they went on without a name
                await self._sessions.rename(user)
        except UserGoneError as error:  # a deletion or a disconnection began after the first step
            raise BeingDeletedError from error
        await self._events.publish(SignedIn(user.id, user.name, user.avatar))
        return Finished(attempt.next_path, session)

    async def _exchange(self, code: str, verifier: str) -> TokenGrant:
        try:
            return await self._oauth.exchange(code, verifier)
        except GrantRefusedError as error:
            raise SignInExpiredError from error
        except ClientRefusedError as error:
            raise MisconfiguredError(error.detail) from error
        except UpstreamError as error:
            raise SpotifyDownError(error.detail, retry_after=error.retry_after) from error


def _code(answer: Answer) -> str:
    if answer.error == DENIED:
        raise SignInDeniedError
    if answer.error in CLIENT_ERRORS:
        raise MisconfiguredError
    if answer.error or not answer.code:
        raise SpotifyDownError
    return answer.code

"""Connections: a person's tokens, encrypted at rest, renewed by one caller at a time."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from app.accounts.crypto import Keyring
from app.accounts.errors import GrantRefusedError, UnreadableError
from app.accounts.models import Connection, ConnectionView, EndReason, Feature, TokenGrant
from app.accounts.oauth import FEATURES, SpotifyOAuth
from app.accounts.repository import ConnectionsRepository
from app.clock import Clock
from app.kv.errors import LeaseHeldError, UserGoneError
from app.spotify.errors import NeedsReconnectError, NotConnectedError
from app.spotify.tokens import TokenSource
from app.upstream.errors import UnavailableError, UpstreamError

RENEW_BEFORE_END = timedelta(seconds=60)
ACCESS, REFRESH = "access", "refresh"
LEASE_TRIES, LEASE_PAUSE_S = 20, 0.5

ENDED: dict[EndReason, str] = {
    "expired": "Spotify ends every permission six months after it was given. Connect again to go on.",
    "revoked": "The permission that you gave at Spotify was taken back. Connect again to go on.",
}


class ConnectionsService:
    """Keeps connections and hands out tokens that work."""

    def __init__(
        self, repository: ConnectionsRepository, *, oauth: SpotifyOAuth, keyring: Keyring, clock: Clock
    ) -> None:
        self._repository = repository
        self._oauth = oauth
        self._sealer = keyring.sealer("connection")
        self._clock = clock
        self._renewals: dict[str, asyncio.Task[str]] = {}

    async def save(self, user_id: str, grant: TokenGrant, *, consented: bool) -> None:
        """Keep what a sign-in brought, in the place of what an earlier one did, unless that allows more.

        Spotify sends who has agreed before back without asking, and it is not known whether that begins six
        new months: unless the person has `consented` just now, the earlier date stays.

        Raises:
            KVError: it could not be made durable.
        """
        if not consented and await self._has_more(user_id, grant):
            return
        new = Connection(
            user_id=user_id,
            sealed_access_token=self._sealer.seal(grant.access_token, user_id, ACCESS),
            sealed_refresh_token=self._sealer.seal(grant.refresh_token or "", user_id, REFRESH),
            scope=grant.scope,
            expires_at=grant.expires_at,
            authorized_at=self._clock.now(),
        )

        def joined(kept: Connection) -> Connection:
            kept_date = {} if consented or kept.ended else {"authorized_at": kept.authorized_at}
            kept_token = {} if grant.refresh_token else {"sealed_refresh_token": kept.sealed_refresh_token}
            return new.model_copy(update=kept_date | kept_token)

        await self._repository.save(new, joined)

    async def _has_more(self, user_id: str, grant: TokenGrant) -> bool:
        """Return whether what is kept allows more than a grant, and Spotify still renews it."""
        kept = await self._repository.find(user_id)
        if kept is None or kept.ended or not set(kept.scope.split()) > set(grant.scope.split()) > set():
            return False
        try:
            await self._renewed(kept)
        except NeedsReconnectError:
            return False
        except UpstreamError:  # which says nothing of it
            return True
        return True

    async def require(self, user_id: str) -> None:
        """Return if Spotify can be asked for this person.

        Raises:
            NeedsReconnectError: there is no connection, or Spotify has ended it.
        """
        await self._get(user_id)

    async def allows(self, user_id: str, scope: str) -> bool:
        """Return whether the person has agreed to a scope, as far as Spotify has told.

        Raises:
            NeedsReconnectError: there is no connection, or Spotify has ended it.
        """
        given = (await self._get(user_id)).scope.split()
        return not given or scope in given

    async def get_features(self, user_id: str) -> set[Feature]:
        """Return what the person has given a permission more for, also when Spotify has ended it since."""
        kept = await self._repository.find(user_id)
        given = set(kept.scope.split()) if kept else set()
        return {feature for feature, scope in FEATURES.items() if given >= set(scope.split())}

    async def get_view(self, user_id: str) -> ConnectionView:
        """Return what pages say of the person's connection."""
        return ConnectionView.of(await self._repository.find(user_id), self._clock.now())

    def tokens(self, user_id: str) -> TokenSource:
        """Return where the person's access tokens come from; it may be kept for as long as a job runs."""
        return UserTokens(self, user_id)

    async def access_token(self, user_id: str, *, rejected: str | None = None) -> str:
        """Return a token good for a minute or more that is not `rejected`, renewed when it must be.

        Raises:
            NeedsReconnectError: there is no consent, or Spotify has ended it.
            UpstreamError: Spotify does not renew right now; the consent is kept.
        """
        connection = await self._get(user_id)
        if self._clock.now() < connection.expires_at - RENEW_BEFORE_END:
            token = self._opened(connection, ACCESS)
            if token != rejected:
                return token
        return await self._renewed(connection)

    async def close(self) -> None:
        """Wait for renewals under way: their answers must not be lost."""
        await asyncio.gather(*self._renewals.values(), return_exceptions=True)

    async def _renewed(self, seen: Connection) -> str:
        """Join the renewal under way or start it; a caller that goes away does not stop it."""
        user_id = seen.user_id
        renewal = self._renewals.get(user_id)
        if renewal is None:
            renewal = self._renewals[user_id] = asyncio.create_task(self._renew(seen))
            renewal.add_done_callback(lambda done: self._forget(user_id, done))
        return await asyncio.shield(renewal)

    def _forget(self, user_id: str, renewal: asyncio.Task[str]) -> None:
        del self._renewals[user_id]
        if not renewal.cancelled():
            renewal.exception()  # every caller may have gone away

    async def _renew(self, seen: Connection) -> str:
        """Renew for every process at once: where another one is at it, its token is waited for."""
        for _ in range(LEASE_TRIES):
            try:
                async with self._repository.lease(seen.user_id):
                    return await self._renew_alone(seen)
            except LeaseHeldError:
                await self._clock.sleep(LEASE_PAUSE_S)
            except UserGoneError as error:
                raise NotConnectedError from error
        raise UnavailableError("The connection to Spotify is being renewed. Try again in a moment.")

    async def _renew_alone(self, seen: Connection) -> str:
        connection = await self._get(seen.user_id)
        if connection.sealed_access_token != seen.sealed_access_token:
            return self._opened(connection, ACCESS)
        try:
            new = self._with(connection, await self._oauth.refresh(self._opened(connection, REFRESH)))
        except GrantRefusedError as error:
            none = {"sealed_access_token": "", "sealed_refresh_token": "", "ended": error.reason}
            new = connection.model_copy(update=none)
        return self._opened(_usable(await self._repository.replace(connection, new)), ACCESS)

    def _with(self, connection: Connection, grant: TokenGrant) -> Connection:
        """Put new tokens in, sealed with the current key; the old refresh token stays when none came."""
        user_id = connection.user_id
        refresh_token = grant.refresh_token or self._opened(connection, REFRESH)
        return connection.model_copy(
            update={
                "sealed_access_token": self._sealer.seal(grant.access_token, user_id, ACCESS),
                "sealed_refresh_token": self._sealer.seal(refresh_token, user_id, REFRESH),
                "scope": grant.scope or connection.scope,
                "expires_at": grant.expires_at,
            }
        )

    async def _get(self, user_id: str) -> Connection:
        return _usable(await self._repository.find(user_id))

    def _opened(self, connection: Connection, kind: str) -> str:
        sealed = connection.sealed_access_token if kind == ACCESS else connection.sealed_refresh_token
        try:
            return self._sealer.open(sealed, connection.user_id, kind)
        except UnreadableError as error:
            raise NeedsReconnectError from error


def _usable(connection: Connection | None) -> Connection:
    if connection is None:
        raise NotConnectedError
    if connection.ended:
        raise NeedsReconnectError(ENDED[connection.ended])
    return connection


@dataclass(frozen=True)
class UserTokens:
    """The access tokens of one person."""

    connections: ConnectionsService
    user_id: str

    async def access_token(self, *, rejected: str | None = None) -> str:
        """Return a token that should work now."""
        return await self.connections.access_token(self.user_id, rejected=rejected)

"""Connections: a person's tokens, encrypted at rest, renewed by one caller at a time."""

import asyncio
from datetime import timedelta

from app.accounts.crypto import Keyring
from app.accounts.errors import GrantRefusedError, UnreadableError
from app.accounts.models import Connection, TokenGrant
from app.accounts.oauth import SpotifyOAuth
from app.accounts.repository import ConnectionsRepository
from app.clock import Clock
from app.spotify.errors import NeedsReconnectError
from app.spotify.tokens import TokenSource

RENEW_BEFORE_END = timedelta(seconds=60)
ACCESS, REFRESH = "access", "refresh"


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

    async def save(self, user_id: str, grant: TokenGrant) -> None:
        """Keep a new consent; it takes the place of an earlier one.

        Raises:
            KVError: it could not be made durable.
        """
        refresh_token = grant.refresh_token or ""
        await self._repository.put(
            Connection(
                user_id=user_id,
                sealed_access_token=self._sealer.seal(grant.access_token, user_id, ACCESS),
                sealed_refresh_token=self._sealer.seal(refresh_token, user_id, REFRESH),
                scope=grant.scope,
                expires_at=grant.expires_at,
                authorized_at=self._clock.now(),
            )
        )

    async def find(self, user_id: str) -> Connection | None:
        """Return the person's connection, None when there is no consent."""
        return await self._repository.find(user_id)

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
        return await self._renewed(user_id)

    async def close(self) -> None:
        """Wait for renewals under way: their answers must not be lost."""
        await asyncio.gather(*self._renewals.values(), return_exceptions=True)

    async def _renewed(self, user_id: str) -> str:
        """Join the renewal under way or start it; a caller that goes away does not stop it."""
        renewal = self._renewals.get(user_id)
        if renewal is None:
            renewal = self._renewals[user_id] = asyncio.create_task(self._renew(user_id))
            renewal.add_done_callback(lambda done: self._forget(user_id, done))
        return await asyncio.shield(renewal)

    def _forget(self, user_id: str, renewal: asyncio.Task[str]) -> None:
        del self._renewals[user_id]
        if not renewal.cancelled():
            renewal.exception()  # every caller may have gone away

    async def _renew(self, user_id: str) -> str:
        connection = await self._get(user_id)
        try:
            grant = await self._oauth.refresh(self._opened(connection, REFRESH))
        except GrantRefusedError:
            await self._repository.delete(connection)
            raise NeedsReconnectError from None
        life = connection.reconnect_by - self._clock.now()
        kept = await self._repository.replace(connection, self._with(connection, grant), ttl=life)
        if kept is None:
            raise NeedsReconnectError
        return self._opened(kept, ACCESS)

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
        connection = await self._repository.find(user_id)
        if connection is None:
            raise NeedsReconnectError
        return connection

    def _opened(self, connection: Connection, kind: str) -> str:
        sealed = connection.sealed_access_token if kind == ACCESS else connection.sealed_refresh_token
        try:
            return self._sealer.open(sealed, connection.user_id, kind)
        except UnreadableError as error:
            raise NeedsReconnectError from error


class UserTokens:
    """The access tokens of one person."""

    def __init__(self, connections: ConnectionsService, user_id: str) -> None:
        self._connections = connections
        self._user_id = user_id

    async def access_token(self, *, rejected: str | None = None) -> str:
        """Return a token that should work now."""
        return await self._connections.access_token(self._user_id, rejected=rejected)

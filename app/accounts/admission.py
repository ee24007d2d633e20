"""Admission: whose tokens these are, and whether that account may come in."""

from app.accounts.errors import (
    NotAllowedError,
    NotRegisteredError,
    OwnerWithoutPremiumError,
    SpotifyDownError,
)
from app.accounts.models import TokenGrant, User
from app.spotify.client import SpotifyClient
from app.spotify.errors import NeedsReconnectError, SpotifyRefusedError
from app.spotify.models import SpotifyUser
from app.upstream.errors import UpstreamError


class Admission:
    """Asks Spotify once who somebody is and compares with the allowed accounts; none named, all are."""

    def __init__(self, spotify: SpotifyClient, *, allowed: frozenset[str]) -> None:
        self._spotify = spotify
        self._allowed = allowed

    async def admit(self, grant: TokenGrant) -> User:
        """Return whose tokens these are.

        Raises:
            SignInError: Spotify or the list does not let the account in, or Spotify does not answer.
        """
        account = await self._ask(grant)
        if self._allowed and self._allowed.isdisjoint({account.id, account.username}):
            raise NotAllowedError(f"Tell the operator your account id: {account.id}")
        avatar = next((image.url for image in account.images if image.url), None)
        return User(id=account.id, name=account.display_name or account.id, avatar=avatar)

    async def _ask(self, grant: TokenGrant) -> SpotifyUser:
        try:
            return await self._spotify.me(_FreshToken(grant))
        except SpotifyRefusedError as error:
            if error.reason == "owner_without_premium":
                raise OwnerWithoutPremiumError from error
            raise NotRegisteredError from error
        except UpstreamError as error:
            raise SpotifyDownError(error.detail, retry_after=error.retry_after) from error


class _FreshToken:
    """A token that Spotify gave a moment ago: when it is refused, another would be too."""

    def __init__(self, grant: TokenGrant) -> None:
        self._grant = grant

    async def access_token(self, *, rejected: str | None = None) -> str:
        if rejected:
            raise NeedsReconnectError
        return self._grant.access_token

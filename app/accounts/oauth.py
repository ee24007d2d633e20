"""Spotify's sign-in pages and token service: authorization code with PKCE (RFC 6749, RFC 7636)."""

from collections.abc import Awaitable, Collection, Mapping
from datetime import timedelta
from typing import Any

import httpx
import structlog
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from pydantic import BaseModel, ConfigDict, Field

from app.accounts.errors import ClientRefusedError, GrantRefusedError
from app.accounts.models import Feature, TokenGrant
from app.clock import Clock
from app.settings import Settings
from app.spotify.errors import COVERS_SCOPE, PLAYER_SCOPE, UNFOLLOW_SCOPE
from app.upstream.errors import RateLimitedError, UnavailableError
from app.upstream.http import LIMITS, authorities, user_agent
from app.upstream.retry import retry_after_s

SCOPES = "user-library-read playlist-read-private playlist-read-collaborative playlist-modify-private"
FEATURES: Mapping[Feature, str] = {
    "unfollow": UNFOLLOW_SCOPE,
    "covers": COVERS_SCOPE,
    "player": PLAYER_SCOPE,
}
"""Scopes that are asked for with what needs them."""
TIMEOUT = httpx.Timeout(10.0, connect=5.0)

# RFC 6749, 4.1.2.1 and 5.2: what trying again cannot mend
CLIENT_ERRORS = frozenset(
    {
        "invalid_client",
        "unauthorized_client",
        "invalid_request",
        "invalid_scope",
        "unsupported_grant_type",
        "unsupported_response_type",
    }
)

log = structlog.get_logger(__name__)


class _TokenAnswer(BaseModel):
    """RFC 6749, 5.1; since June 2026 a refresh brings no refresh token, or an empty one."""

    model_config = ConfigDict(frozen=True)

    access_token: str = Field(min_length=1)
    refresh_token: str | None = None
    scope: str = ""
    expires_in: int = Field(default=3600, ge=0)


class SpotifyOAuth:
    """Spotify's side of a sign-in. Both addresses come from the settings; redirects are not followed."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        secret = settings.spotify_client_secret
        self._clock = clock
        self._authorize_url = f"{settings.spotify_accounts_url}/authorize"
        self._redirect_uri = settings.redirect_uri
        self._token_url = f"{settings.spotify_accounts_url}/api/token"
        self._client: Any = AsyncOAuth2Client(
            client_id=settings.spotify_client_id,
            client_secret=secret.get_secret_value() if secret else None,
            redirect_uri=settings.redirect_uri,
            code_challenge_method="S256",
            headers={"User-Agent": user_agent(settings.contact)},
            timeout=TIMEOUT,
            limits=LIMITS,
            follow_redirects=False,
            trust_env=False,
            verify=authorities(),
        )
        for hook in ("access_token_response", "refresh_token_response"):
            self._client.register_compliance_hook(hook, self._passing)

    def authorization_url(
        self, *, state: str, verifier: str, renew: bool = False, features: Collection[Feature] = ()
    ) -> str:
        """Return the address of the consent page.

        With `renew` it asks also who has agreed before; `features` add the scopes that they need.
        """
        dialog = {"show_dialog": "true"} if renew else {}
        scope = " ".join([SCOPES, *(scope for feature, scope in FEATURES.items() if feature in features)])
        url, _ = self._client.create_authorization_url(
            self._authorize_url, state=state, code_verifier=verifier, scope=scope, **dialog
        )
        return str(url)

    async def exchange(self, code: str, verifier: str) -> TokenGrant:
        """Return the tokens for a code that the consent page gave.

        Raises:
            GrantRefusedError: the code is unknown, used, too old or of another sign-in.
            ClientRefusedError: the client id, the secret or the redirect address is wrong.
            UpstreamError: Spotify does not answer, or not usefully.
        """
        return await self._ask(
            self._client.fetch_token(
                self._token_url, grant_type="authorization_code", code=code, code_verifier=verifier
            )
        )

    async def refresh(self, refresh_token: str) -> TokenGrant:
        """Return a new access token; `refresh_token` in it is None when the old one stays good.

        Raises:
            GrantRefusedError: the consent was taken back or is over.
            ClientRefusedError: the client id or the secret is wrong.
            UpstreamError: Spotify does not answer, or not usefully.
        """
        return await self._ask(self._client.refresh_token(self._token_url, refresh_token=refresh_token))

    async def close(self) -> None:
        """Close the connections to the token service."""
        await self._client.aclose()

    async def _ask(self, answer: Awaitable[object]) -> TokenGrant:
        asked_at = self._clock.now()
        try:
            token = _TokenAnswer.model_validate(await answer)
        except OAuthError as error:
            raise self._refusal(str(error.error), str(error.description)) from error
        except (httpx.HTTPError, ValueError) as error:
            log.warning("oauth.unavailable", error=type(error).__name__)
            raise UnavailableError("Spotify's sign-in service gave no usable answer.") from error
        return TokenGrant(
            access_token=token.access_token,
            refresh_token=token.refresh_token or None,
            scope=token.scope,
            expires_at=asked_at + timedelta(seconds=token.expires_in),
        )

    def _refusal(self, error: str, description: str) -> Exception:
        """Return what an OAuth error code means: for the grant, for the installation, or for now."""
        log.warning("oauth.refused", error=error[:100], description=description[:200])
        about = description.lower()
        if "redirect" in about:
            return ClientRefusedError(
                "Spotify does not know this redirect URI. Add it to the app at Spotify, to the letter: "
                f"{self._redirect_uri}"
            )
        if error == "invalid_grant":
            return GrantRefusedError("expired" if "expired" in about else "revoked")
        if error in CLIENT_ERRORS:
            return ClientRefusedError(
                "Spotify does not accept SPOTIFY_CLIENT_ID or SPOTIFY_CLIENT_SECRET. Compare both with the "
                "app's page on Spotify's developer dashboard."
            )
        return UnavailableError("Spotify's sign-in service gave no usable answer.")

    def _passing(self, response: httpx.Response) -> httpx.Response:
        """Stop answers that say nothing about the code or token that was sent."""
        if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
            wait_s = retry_after_s(response.headers.get("retry-after"), now=self._clock.now())
            raise RateLimitedError("Spotify's sign-in service needs a pause.", retry_after=wait_s)
        if response.is_server_error:
            raise UnavailableError("Spotify's sign-in service does not answer.")
        return response

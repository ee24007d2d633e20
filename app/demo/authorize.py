"""Which requests for consent are valid, by the rules of Spotify's authorization guide (November 2026)."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from app.demo.options import SimulatorOptions
from app.demo.scopes import SCOPES
from app.demo.tokens import Authorization

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
# An address by number; its port is in neither group.
LOOPBACK_URI = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\]))(?::\d{1,5})?(/.*)")


class RefusedPageError(Exception):
    """Nobody may be sent anywhere: the person sees this error on a page of Spotify's."""


class RefusedRedirectError(Exception):
    """The person is sent back to the app at `url`, which tells it what was wrong."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.url = url


def authorization(query: Mapping[str, str], options: SimulatorOptions) -> Authorization:
    """Return what the app asks for.

    Raises:
        RefusedPageError: the app or the place to go back to is not registered.
        RefusedRedirectError: anything else is wrong.
    """
    if query.get("client_id") != options.client_id:
        raise RefusedPageError("INVALID_CLIENT: Invalid client")
    redirect_uri = query.get("redirect_uri", "")
    _check_redirect_uri(redirect_uri, options.redirect_uris)
    state = query.get("state")
    scopes = tuple(query.get("scope", "").split())
    challenge = query.get("code_challenge")
    if fault := _fault(query, scopes, challenge):
        raise RefusedRedirectError(redirect_with(redirect_uri, error=fault, state=state))
    return Authorization(redirect_uri=redirect_uri, state=state, scopes=scopes, challenge=challenge)


def _fault(query: Mapping[str, str], scopes: tuple[str, ...], challenge: str | None) -> str | None:
    if query.get("response_type") != "code":
        return "unsupported_response_type"
    if not SCOPES.keys() >= set(scopes):
        return "invalid_scope"
    method = query.get("code_challenge_method")
    if challenge is None and method is None:
        return None
    good = method == "S256" and challenge is not None and CHALLENGE.fullmatch(challenge)
    return None if good else "invalid_request"


def _check_redirect_uri(uri: str, registered: tuple[str, ...]) -> None:
    loopback = LOOPBACK_URI.fullmatch(uri)
    if uri not in registered and not (loopback and loopback[1] + loopback[2] in registered):
        raise RefusedPageError("INVALID_CLIENT: Invalid redirect URI")
    if not (loopback or uri.startswith("https://")):
        raise RefusedPageError("INVALID_CLIENT: Insecure redirect URI")


def redirect_with(redirect_uri: str, **answer: str | None) -> str:
    """Return `redirect_uri` with the answer in its query."""
    given = urlencode({name: value for name, value in answer.items() if value is not None})
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{given}"


def origin_of(uri: str) -> str:
    """Return scheme, host and port."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"

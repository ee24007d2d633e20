"""The HTTP client that all outside services share."""

import ssl
from functools import cache

import httpx

from app import __version__

TIMEOUT = httpx.Timeout(connect=5.0, read=30.0, write=10.0, pool=10.0)
LIMITS = httpx.Limits(max_connections=20, max_keepalive_connections=10, keepalive_expiry=30.0)


def build_http(*, contact: str, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """Build the client; whoever builds it closes it.

    Redirects are not followed, because a redirect could carry a token to another host. Proxies and .netrc of
    the environment are left alone: the settings are the only reader of the environment.

    Args:
        contact: email or web address of who runs this app; MusicBrainz refuses callers without one.
        transport: replaces the network, for tests.
    """
    return httpx.AsyncClient(
        headers={"User-Agent": user_agent(contact)},
        timeout=TIMEOUT,
        limits=LIMITS,
        follow_redirects=False,
        trust_env=False,
        transport=transport,
        verify=authorities(),
    )


@cache
def authorities() -> ssl.SSLContext:
    """Return whose certificates are believed; all clients share them, as reading them takes a while."""
    return httpx.create_ssl_context(trust_env=False)


def user_agent(contact: str) -> str:
    """Name this app the way MusicBrainz asks for: `name/version ( contact )`, in plain ASCII."""
    plain = "".join(char for char in contact if char.isascii() and char.isprintable()).strip()
    return f"genre-sorter/{__version__} ( {plain or 'no contact given'} )"

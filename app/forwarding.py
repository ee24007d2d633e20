"""Proxies in front of the app: whose word is taken on where a request came from."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import Any

import structlog
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

log = structlog.get_logger(__name__)


class TrustedProxies:
    """Replaces the peer by whom a trusted proxy names in X-Forwarded-For.

    Any other peer stays who it is, whatever it says. It may be a proxy that nobody has configured, behind
    which all people look like one, so it is told to the desk and, once, to the log.
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[IPv4Network | IPv6Network]) -> None:
        build: Any = ProxyHeadersMiddleware  # its types of ASGI are narrower than Starlette's
        self.app = app
        self.believing = build(app, [str(network) for network in trusted])
        self.logged = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Replace the peer or note it, and go on."""
        app = self.app
        if scope["type"] == "http" and "x-forwarded-for" in Headers(scope=scope):
            peer = scope["client"][0] if scope["client"] else ""
            if peer in self.believing.trusted_hosts:
                app = self.believing
            else:
                self._note(scope, peer)
        await app(scope, receive, send)

    def _note(self, scope: Scope, peer: str) -> None:
        scope.setdefault("state", {})["untrusted_proxy"] = peer
        if not self.logged:
            self.logged = True
            log.warning("proxy.not_trusted", peer=peer, setting="TRUSTED_PROXIES")

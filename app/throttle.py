"""The limit of what one address may ask in all."""

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import TooManyRequestsError
from app.rate_limits import RateLimit
from app.senders import address_of, is_the_machine
from app.settings import Settings
from app.templating import STATIC_PREFIX

PROBES = frozenset({"/healthz", "/readyz"})


class Throttle:
    """Refuses what comes too often from one address, before any work is done for it.

    What watches the process is always answered, and so are files, which cost next to nothing. Who sits at the
    machine can do worse, and has to be able to measure what it bears.
    """

    def __init__(
        self,
        app: ASGIApp,
        settings: Settings,
        *,
        limit: Callable[[Scope], RateLimit],
        respond: Callable[[Request, Exception], Response],
    ) -> None:
        self.app = app
        self.settings = settings
        self.limit = limit
        self.respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse or go on."""
        app = self.app
        if scope["type"] == "http" and not _is_free(scope["path"]):
            app = self._refusal(scope) or app
        await app(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        request = Request(scope)
        if is_the_machine(request, self.settings):
            return None
        try:
            self.limit(scope).take(address_of(request))
        except TooManyRequestsError as error:
            return self.respond(request, error)
        return None


def _is_free(path: str) -> bool:
    return path in PROBES or path.startswith(f"{STATIC_PREFIX}/")

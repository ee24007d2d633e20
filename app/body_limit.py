"""The limit of what may be sent: told before any of it is read where the length is announced."""

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import AppError


class BodyTooLargeError(AppError):
    """More was sent at once than any request of this app needs."""

    status = 413
    code = "body-too-large"
    title = "Too much was sent at once"
    safe = "Nothing of it was used."


class BodyLimit:
    """Refuses requests that announce more than `limit` bytes.

    Starlette's own middleware counts those that announce nothing. It would answer the others too, with a text
    that has none of our headers and an exception that looks like a fault of ours.
    """

    def __init__(self, app: ASGIApp, limit: int, respond: Callable[[Request, Exception], Response]) -> None:
        self.app = app
        self.limit = limit
        self.respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse or go on."""
        if scope["type"] != "http" or _announced(scope) <= self.limit:
            await self.app(scope, receive, send)
            return
        response = self.respond(Request(scope), BodyTooLargeError())
        await response(scope, receive, send)


def _announced(scope: Scope) -> int:
    """Return the announced length; a header that is no number is for the server to refuse."""
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else 0

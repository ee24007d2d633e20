"""Answers that are none, the same for every simulated genre source."""

from collections.abc import Mapping
from typing import Literal

from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SourceFault = Literal["none", "down", "html", "cut", "empty", "refused", "stop"]
STOP_S = 4 * 3600
PAGE = "<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>"

_INSTEAD: Mapping[SourceFault, Response] = {
    "down": PlainTextResponse("upstream connect error", 503),
    "html": HTMLResponse(PAGE),
    "empty": Response(media_type="application/json"),
    "refused": PlainTextResponse("Please set a User-Agent that says who to contact.", 403),
    "stop": PlainTextResponse("Too many requests", 429, {"Retry-After": str(STOP_S)}),
}


def spoiled(app: ASGIApp, fault: SourceFault) -> ASGIApp:
    """Return what answers instead of `app`."""
    if fault == "none":
        return app
    return _Cut(app) if fault == "cut" else _INSTEAD[fault]


class _Cut:
    """Sends the first half of each answer, as if that were all."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, keep)
        body = b"".join(message.get("body", b"") for message in messages)
        half = body[: len(body) // 2]
        headers = [(name, value) for name, value in messages[0]["headers"] if name != b"content-length"]
        await send({**messages[0], "headers": [*headers, (b"content-length", b"%d" % len(half))]})
        await send({"type": "http.response.body", "body": half})

"""What stands before the simulated Web API: limits, quotas and faults, each as Spotify shows it."""

import math
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.demo.world import World

NOT_REGISTERED = "User not registered in the Developer Dashboard"
OWNER_WITHOUT_PREMIUM = (
    "Active premium subscription required for the owner of the app. "
    "When the subscription status changes, it can take a few hours before requests are allowed again."
)
HTML_FAULT = "<html><head><title>Error</title></head><body><h1>Bad Gateway</h1></body></html>"
FLAKY_STATUSES = (500, 502, 503)


def api_error(status: int, message: str, **more: Any) -> JSONResponse:
    """Return an error in the form of Spotify's Web API."""
    return JSONResponse({"error": {"status": status, "message": message, **more}}, status)


class WebApiGate:
    """Answers instead of the Web API while a switch says so, and loses the answers of writes."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self.app = app
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, then refuse, answer, or answer to nobody."""
        await self.world.wait()
        await self.world.wait_at_times()
        if refusal := self._refusal():
            await refusal(scope, receive, send)
        elif scope["method"] != "GET" and self.world.switches.drop_after_write_next:
            await self._lose_answer(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _refusal(self) -> Response | None:
        return self._shut_out() or self._over_limit() or self._broken()

    def _shut_out(self) -> Response | None:
        if self.world.switches.owner_without_premium:
            return PlainTextResponse(OWNER_WITHOUT_PREMIUM, 403)
        if self.world.switches.not_registered:
            return PlainTextResponse(NOT_REGISTERED, 403)
        return None

    def _over_limit(self) -> Response | None:
        """Count a call, unless it is one too many."""
        if (left_s := self.world.quota_left_s()) > 0:
            return self._limited(left_s, "QUOTA_EXCEEDED")
        if (left_s := self.world.window_left_s()) > 0:
            return self._limited(left_s)
        if self.world.take("rate_limit_next"):
            return self._limited(self.world.switches.retry_after_s)
        self.world.count_as_used()
        return None

    def _broken(self) -> Response | None:
        if self.world.take("fail_next"):
            return self._failed(self.world.switches.fail_status)
        if self.world.flakiness.random() < self.world.switches.fail_share:
            return self._failed(self.world.flakiness.choice(FLAKY_STATUSES))
        return None

    def _limited(self, retry_after_s: float | None, reason: str | None = None) -> Response:
        """Refuse for now; the daily quota alone has a reason, and is never plain text."""
        self.world.limited_calls += 1
        switches = self.world.switches
        if reason:
            refusal: Response = api_error(429, "Too many requests", reason=reason)
        elif switches.rate_limit_plain:
            refusal = PlainTextResponse("Too many requests", 429)
        else:
            refusal = api_error(429, "API rate limit exceeded")
        if retry_after_s is not None and switches.retry_after_s is not None:
            refusal.headers["Retry-After"] = str(math.ceil(retry_after_s))
        return refusal

    def _failed(self, status: int) -> Response:
        body = HTML_FAULT if self.world.switches.fail_body == "html" else ""
        return HTMLResponse(body, status)

    async def _lose_answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.app(scope, receive, keep)
        if messages[0]["status"] >= 400:  # noqa: PLR2004 - nothing was written
            for message in messages:
                await send(message)
            return
        self.world.take("drop_after_write_next")
        if self.world.switches.drop_how == "502":
            await HTMLResponse(HTML_FAULT, 502)(scope, receive, send)
        else:
            # A body that never comes: the server ends the connection when the app returns.
            await send({**messages[0], "headers": [(b"content-length", b"4096")]})

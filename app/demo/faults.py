"""What stands before the simulated services: limits, quotas and faults, each as the real service shows it."""

import math
import re
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.demo.world import World

NOT_REGISTERED = "User not registered in the Developer Dashboard"
OWNER_WITHOUT_PREMIUM = (
    "Active premium subscription required for the owner of the app. "
    "When the subscription status changes, it can take a few hours before requests are allowed again."
)
HTML_FAULT = "<html><head><title>Error</title></head><body><h1>Bad Gateway</h1></body></html>"

BUSY = "The MusicBrainz web server is currently busy. Please try again later."
TOO_FAST = "Your requests are exceeding the allowable rate limit. Please wait and try again."
NO_CONTACT = "Your User-Agent does not say who to contact. See https://musicbrainz.org/doc/MusicBrainz_API"
# `name/version ( contact )`, the contact an address of mail or web.
GOOD_USER_AGENT = re.compile(r"\S+/\S+ *\(.*(@|://).*\)")
MUSICBRAINZ_PER_SECOND = 1.1
MUSICBRAINZ_BURST = 2.0


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
        if refusal := self._refusal():
            await refusal(scope, receive, send)
        elif scope["method"] != "GET" and self.world.switches.drop_after_write_next:
            await self._lose_answer(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _refusal(self) -> Response | None:
        switches = self.world.switches
        if switches.owner_without_premium:
            return PlainTextResponse(OWNER_WITHOUT_PREMIUM, 403)
        if switches.not_registered:
            return PlainTextResponse(NOT_REGISTERED, 403)
        quota_left_s = (self.world.quota_back_at - self.world.clock.now()).total_seconds()
        if quota_left_s > 0:
            refusal = api_error(429, "Too many requests", reason="QUOTA_EXCEEDED")
            refusal.headers["Retry-After"] = str(math.ceil(quota_left_s))
            return refusal
        if self.world.take("rate_limit_next"):
            return self._rate_limited()
        if self.world.take("fail_next"):
            return HTMLResponse(HTML_FAULT, switches.fail_status)
        return None

    def _rate_limited(self) -> Response:
        switches = self.world.switches
        plain = PlainTextResponse("Too many requests", 429)
        refusal = plain if switches.rate_limit_plain else api_error(429, "API rate limit exceeded")
        if switches.retry_after_s is not None:
            refusal.headers["Retry-After"] = str(switches.retry_after_s)
        return refusal

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


class MusicBrainzGate:
    """Refuses what MusicBrainz refuses: callers without a contact, and, if strict, those too fast."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self.app = app
        self.world = world
        self._in_flight = 0
        self._credit = MUSICBRAINZ_BURST
        self._credit_at = world.clock.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse or answer; a call is in flight until its answer is out."""
        if refusal := self._refusal(Headers(scope=scope).get("User-Agent", "")):
            await refusal(scope, receive, send)
            return
        self._in_flight += 1
        try:
            await self.world.wait()
            await self.app(scope, receive, send)
        finally:
            self._in_flight -= 1

    def _refusal(self, user_agent: str) -> Response | None:
        if not GOOD_USER_AGENT.match(user_agent):
            return JSONResponse({"error": NO_CONTACT}, 403)
        if self.world.switches.musicbrainz_strict and (self._in_flight or not self._in_time()):
            return JSONResponse({"error": TOO_FAST}, 503)
        if self.world.chance.random() < self.world.switches.musicbrainz_busy_share:
            return JSONResponse({"error": BUSY}, 503, {"Retry-After": "0", "X-RateLimit-Zone": "global"})
        return None

    def _in_time(self) -> bool:
        now = self.world.clock.monotonic()
        earned = (now - self._credit_at) * MUSICBRAINZ_PER_SECOND
        self._credit = min(MUSICBRAINZ_BURST, self._credit + earned)
        self._credit_at = now
        if self._credit < 1:
            return False
        self._credit -= 1
        return True

"""What stands before the simulated MusicBrainz."""

import re

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.demo.limits import Credit
from app.demo.source_faults import spoiled
from app.demo.world import World

BUSY = "The MusicBrainz web server is currently busy. Please try again later."
TOO_FAST = "Your requests are exceeding the allowable rate limit. Please wait and try again."
NO_CONTACT = "Your User-Agent does not say who to contact. See https://musicbrainz.org/doc/MusicBrainz_API"
# `name/version ( contact )`, the contact an address of mail or web.
GOOD_USER_AGENT = re.compile(r"\S+/\S+ *\(.*(@|://).*\)")
MUSICBRAINZ_PER_SECOND = 1.1
MUSICBRAINZ_BURST = 2.0


class MusicBrainzGate:
    """Refuses what MusicBrainz refuses: callers without a contact, and, if strict, those too fast."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self.app = app
        self.world = world
        self._in_flight = 0
        self._credit = Credit(world.clock, per_second=MUSICBRAINZ_PER_SECOND, most=MUSICBRAINZ_BURST)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse or answer; a call is in flight until its answer is out."""
        if refusal := self._refusal(Headers(scope=scope).get("User-Agent", "")):
            await refusal(scope, receive, send)
            return
        self._in_flight += 1
        try:
            await self.world.wait()
            answer = spoiled(self.app, self.world.switches.musicbrainz_fault)
            await answer(scope, receive, send)
        finally:
            self._in_flight -= 1

    def _refusal(self, user_agent: str) -> Response | None:
        if not GOOD_USER_AGENT.match(user_agent):
            return JSONResponse({"error": NO_CONTACT}, 403)
        if self.world.switches.musicbrainz_strict and (self._in_flight or not self._credit.spend()):
            return JSONResponse({"error": TOO_FAST}, 503)
        if self.world.chance.random() < self.world.switches.musicbrainz_busy_share:
            return JSONResponse({"error": BUSY}, 503, {"Retry-After": "0", "X-RateLimit-Zone": "global"})
        return None

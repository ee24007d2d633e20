"""What stands before the simulated Wikidata and Last.fm."""

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.demo.lastfm_shapes import error
from app.demo.musicbrainz_gate import GOOD_USER_AGENT
from app.demo.world import World

NO_CONTACT = "Please set a user-agent with contact information: https://w.wiki/4wJS"
TOO_MANY = "Rate limit exceeded"


class WikidataGate:
    """Refuses what Wikidata refuses: callers without a contact, those too many, and some by chance."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self.app = app
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse or answer."""
        await self.world.wait()
        refusal = self._refusal(Headers(scope=scope).get("User-Agent", ""))
        await (refusal or self.app)(scope, receive, send)

    def _refusal(self, user_agent: str) -> Response | None:
        switches = self.world.switches
        if not GOOD_USER_AGENT.match(user_agent):
            return PlainTextResponse(NO_CONTACT, 403)
        if self.world.take("wikidata_too_many_next"):
            wait_s = switches.wikidata_retry_after_s
            return PlainTextResponse(TOO_MANY, 429, None if wait_s is None else {"Retry-After": str(wait_s)})
        if self.world.wikidata_chance.random() < switches.wikidata_busy_share:
            return PlainTextResponse("upstream connect error", 503)
        return None


class LastFmGate:
    """Answers some calls with an error, which is HTTP 200."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self.app = app
        self.world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse or answer."""
        await self.world.wait()
        switches = self.world.switches
        is_wrong = self.world.lastfm_chance.random() < switches.lastfm_error_share
        answer = JSONResponse(error(switches.lastfm_error)) if is_wrong else self.app
        await answer(scope, receive, send)

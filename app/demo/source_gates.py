"""What stands before the simulated Wikidata and Last.fm."""

from starlette.datastructures import Headers
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.demo.lastfm_shapes import error
from app.demo.limits import Credit
from app.demo.musicbrainz_gate import GOOD_USER_AGENT
from app.demo.source_faults import spoiled
from app.demo.world import World

NO_CONTACT = "Please set a user-agent with contact information: https://w.wiki/4wJS"
TOO_MANY = "Rate limit exceeded"
# Wikidata allows five queries at a time and counts running time, a minute in each minute (its user manual,
# "Query limits", November 2026). A query for hundreds of artists may take seconds: one in two seconds it is.
WIKIDATA_PER_SECOND, WIKIDATA_BURST, WIKIDATA_IN_FLIGHT = 0.55, 2.0, 5
# Last.fm's terms speak of five calls a second and address, averaged over five minutes; here over a second.
LASTFM_PER_SECOND, LASTFM_BURST = 5.0, 5.0
LASTFM_TOO_FAST = 29


class WikidataGate:
    """Refuses what Wikidata refuses: callers without a contact, those too many, and some by chance."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self.app = app
        self.world = world
        self._in_flight = 0
        self._credit = Credit(world.clock, per_second=WIKIDATA_PER_SECOND, most=WIKIDATA_BURST)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse or answer; a query is in flight until its answer is out."""
        refusal = self._refusal(Headers(scope=scope).get("User-Agent", ""))
        self._in_flight += 1
        try:
            await self.world.wait()
            answer = refusal or spoiled(self.app, self.world.switches.wikidata_fault)
            await answer(scope, receive, send)
        finally:
            self._in_flight -= 1

    def _refusal(self, user_agent: str) -> Response | None:
        switches = self.world.switches
        if not GOOD_USER_AGENT.match(user_agent):
            return PlainTextResponse(NO_CONTACT, 403)
        if self._is_too_fast() or self.world.take("wikidata_too_many_next"):
            wait_s = switches.wikidata_retry_after_s
            return PlainTextResponse(TOO_MANY, 429, None if wait_s is None else {"Retry-After": str(wait_s)})
        if self.world.wikidata_chance.random() < switches.wikidata_busy_share:
            return PlainTextResponse("upstream connect error", 503)
        return None

    def _is_too_fast(self) -> bool:
        is_strict = self.world.switches.wikidata_strict
        return is_strict and (self._in_flight >= WIKIDATA_IN_FLIGHT or not self._credit.spend())


class LastFmGate:
    """Answers some calls with an error, which is HTTP 200."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self.app = app
        self.world = world
        self._credit = Credit(world.clock, per_second=LASTFM_PER_SECOND, most=LASTFM_BURST)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse or answer."""
        refusal = self._refusal()
        await self.world.wait()
        answer = refusal or spoiled(self.app, self.world.switches.lastfm_fault)
        await answer(scope, receive, send)

    def _refusal(self) -> Response | None:
        switches = self.world.switches
        if switches.lastfm_strict and not self._credit.spend():
            return JSONResponse(error(LASTFM_TOO_FAST))
        if self.world.lastfm_chance.random() < switches.lastfm_error_share:
            return JSONResponse(error(switches.lastfm_error))
        return None

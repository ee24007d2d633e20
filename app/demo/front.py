"""The simulator's one entrance: counts every call before anything else may fail, and guards the rest."""

from collections.abc import Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.demo.calls import Service, call_of
from app.demo.faults import WebApiGate
from app.demo.musicbrainz_gate import MusicBrainzGate
from app.demo.source_gates import LastFmGate, WikidataGate
from app.demo.world import World

LARGEST_BODY_BYTES = 128 * 1024
# Pictures of playlists may be larger, and Spotify's own words tell if they are too large.
LARGEST_PICTURE_BYTES = 1024 * 1024
GUARDS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-site",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


class Front:
    """Pure ASGI around the simulator's routes, for http alone."""

    def __init__(self, app: ASGIApp, world: World) -> None:
        self.app = app
        self.world = world
        self.gates: Mapping[Service | None, ASGIApp] = {
            "spotify": WebApiGate(app, world),
            "musicbrainz": MusicBrainzGate(app, world),
            "wikidata": WikidataGate(app, world),
            "lastfm": LastFmGate(app, world),
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count the call, let its gate decide, and add the headers that every answer has."""
        call = call_of(scope["method"], scope["path"].removeprefix(scope.get("root_path", "")))
        if call:
            self.world.count(call)
        answer = self.gates.get(call.service if call else None, self.app)
        largest = LARGEST_PICTURE_BYTES if scope["path"].endswith("/images") else LARGEST_BODY_BYTES
        if _has_large_body(Headers(scope=scope), largest):
            answer = PlainTextResponse("Payload Too Large", 413)

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in GUARDS.items():
                    headers.setdefault(name, value)
            await send(message)

        await answer(scope, receive, send_guarded)


def _has_large_body(headers: Headers, largest: int) -> bool:
    """A body whose length is not told counts as large: no client of these services sends one."""
    length = headers.get("Content-Length", "0")
    return "Transfer-Encoding" in headers or not length.isdecimal() or int(length) > largest

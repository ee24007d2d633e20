"""Support: the whole app over ASGI, browsers of their own, and what Spotify is asked."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import respx

from app.clock import SystemClock
from app.kv.stores import StoreOpener, open_store
from app.main import create_app
from app.settings import Settings

CODE = "canary-code"
ACCESS = "canary-access"
REFRESH = "canary-refresh"
PAGE = {"sec-fetch-mode": "navigate", "sec-fetch-site": "cross-site", "accept": "text/html"}
FORM = {"sec-fetch-mode": "navigate", "sec-fetch-site": "same-origin", "accept": "text/html"}


class JumpingClock(SystemClock):
    """The machine's clock, moved ahead at will, or set back; pauses stay real."""

    def __init__(self) -> None:
        self._ahead = self._back = timedelta()

    def now(self) -> datetime:
        return super().now() + self._ahead - self._back

    def monotonic(self) -> float:
        return super().monotonic() + self._ahead.total_seconds()

    def jump(self, **by: float) -> None:
        self._ahead += timedelta(**by)

    def set_back(self, **by: float) -> None:
        """Have somebody set the clock back; as much time has passed as before."""
        self._back += timedelta(**by)


@dataclass
class Spotify:
    """What Spotify was asked and what it answers."""

    token: respx.Route
    me: respx.Route
    sent: list[dict[str, str]] = field(default_factory=list)

    def grant(self, request: httpx.Request) -> httpx.Response:
        self.sent.append(dict(parse_qsl(request.content.decode())))
        tokens = {"access_token": ACCESS, "refresh_token": REFRESH, "expires_in": 3600, "scope": "a"}
        return httpx.Response(200, json=tokens)


Browser = Callable[[], httpx.AsyncClient]


@asynccontextmanager
async def running(
    settings: Settings, clock: JumpingClock, opener: StoreOpener = open_store
) -> AsyncIterator[Browser]:
    """Run the app's whole life, and give out browsers that share no cookies."""
    app = create_app(settings, clock=clock, opener=opener)
    async with app.router.lifespan_context(app) as state:

        async def served(scope, receive, send):  # noqa: ANN001, ANN202 - an ASGI app
            await app({**scope, "state": dict(state)}, receive, send)

        yield lambda: httpx.AsyncClient(
            transport=httpx.ASGITransport(served), base_url=settings.public_url, headers=PAGE
        )


async def started(client: httpx.AsyncClient, wanted: str = "/genres") -> dict[str, str]:
    """Press Sign in, and return what Spotify's consent page was asked."""
    response = await client.get("/auth/spotify", params={"next": wanted})
    assert response.status_code == 303
    query = parse_qs(urlsplit(response.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


async def called_back(client: httpx.AsyncClient, **answer: str) -> httpx.Response:
    """Come back from Spotify."""
    return await client.get("/auth/spotify/callback", params=answer)


async def signed_in(client: httpx.AsyncClient) -> httpx.AsyncClient:
    """Go the whole way."""
    asked = await started(client)
    response = await called_back(client, code=CODE, state=asked["state"])
    assert response.status_code == 303, response.text
    return client


async def who(client: httpx.AsyncClient) -> str | None:
    """Return the id of who is signed in."""
    user = (await client.get("/session")).json()["user"]
    return user["id"] if user else None

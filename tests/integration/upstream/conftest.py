"""The whole app in the test's own time, with a Spotify that tells people apart."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx
import pytest
import respx

from app.clock import Clock
from app.kv.store import Store
from app.kv.stores.memory import MemoryStore
from app.main import create_app
from app.settings import Settings
from tests.fakes import FakeClock, settle
from tests.integration.accounts.journey import PAGE, Browser, signed_in
from tests.unit.genres.wire import MUSICBRAINZ, SPOTIFY, MusicBrainzWire, artist_id, tracks
from tests.unit.playlists.spotify_wire import PlaylistsAtSpotify

T = TypeVar("T")

BUDGET, RESERVE = 120, 20


class Town:
    """Everybody who uses the installation.

    Attributes:
        calls: what Spotify was asked since the beginning: when, by whom and for what.
    """

    def __init__(self, wire: respx.MockRouter, clock: FakeClock, *, songs: int) -> None:
        self.calls: list[tuple[float, str, str]] = []
        self.clock = clock
        self.rows = tracks(songs)
        self.people = 0
        wire.post("https://accounts.spotify.com/api/token").mock(side_effect=self._grant)
        wire.get(f"{SPOTIFY}/me").mock(side_effect=self._me)
        wire.get(f"{SPOTIFY}/me/tracks").mock(side_effect=self._page)
        self.playlists = PlaylistsAtSpotify(wire)
        MusicBrainzWire(wire, {artist_id(number): {"bebop": 8} for number in range(40)})

    def _grant(self, _request: httpx.Request) -> httpx.Response:
        self.people += 1
        tokens = {"refresh_token": "r", "expires_in": 86_400 * 9, "scope": "a"}
        return httpx.Response(200, json={"access_token": f"person-{self.people}", **tokens})

    def _me(self, request: httpx.Request) -> httpx.Response:
        who = self._note(request)
        return httpx.Response(200, json={"account_id": who, "id": who, "display_name": who, "images": []})

    def _page(self, request: httpx.Request) -> httpx.Response:
        self._note(request)
        offset, limit = int(request.url.params["offset"]), int(request.url.params["limit"])
        items = self.rows[offset : offset + limit]
        return httpx.Response(200, json={"items": items, "total": len(self.rows)})

    def _note(self, request: httpx.Request) -> str:
        who = request.headers["authorization"].removeprefix("Bearer ")
        self.calls.append((self.clock.monotonic(), who, request.url.path))
        return who


class LastingStore(MemoryStore):
    """A memory that outlives processes."""

    async def close(self) -> None:
        pass


class Installation:
    """An app that can be started again on what it has stored."""

    def __init__(self, settings: Settings, clock: FakeClock) -> None:
        self.settings, self.clock = settings, clock
        self.store = LastingStore(clock)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Browser]:
        app = create_app(self.settings, clock=self.clock, opener=self._open)
        async with app.router.lifespan_context(app) as state:

            async def served(scope, receive, send):  # noqa: ANN001, ANN202 - an ASGI app
                await app({**scope, "state": dict(state)}, receive, send)

            yield lambda: httpx.AsyncClient(
                transport=httpx.ASGITransport(served), base_url=self.settings.public_url, headers=PAGE
            )

    async def _open(self, _url: str, *, clock: Clock) -> Store:
        return self.store

    async def person(self, browser: Browser) -> httpx.AsyncClient:
        """Sign somebody in who was not there before."""
        client = await self.in_time(signed_in(browser()))
        client.headers["sec-fetch-site"] = "same-origin"
        return client

    async def in_time(self, work: Coroutine[Any, Any, T]) -> T:
        """Await something for as long as it takes."""
        task = asyncio.ensure_future(work)
        await settle()
        while not task.done():
            await self.clock.advance(0.25)
        return await task


@pytest.fixture
def settings() -> Settings:
    return Settings(
        _env_file=None,
        base_url="http://127.0.0.1:8000",
        secret_key="a-secret-of-tests-" * 3,
        kv_url="memory://",
        spotify_client_id="client",
        spotify_api_url=SPOTIFY,
        spotify_daily_budget=BUDGET,
        spotify_write_reserve=RESERVE,
        musicbrainz_url=MUSICBRAINZ,
        genre_sources=("musicbrainz",),
        musicbrainz_rate_per_second=1000.0,
        contact="me@example.com",
    )


@pytest.fixture
def installation(settings: Settings, clock: FakeClock) -> Installation:
    return Installation(settings, clock)


@pytest.fixture
def new_town(clock: FakeClock) -> Any:
    with respx.mock(assert_all_called=False) as wire:
        made: Callable[..., Town] = lambda songs: Town(wire, clock, songs=songs)  # noqa: E731
        yield made

"""The app with a listener signed in who has switched now playing on, and Spotify's player by respx."""

from collections.abc import AsyncIterator

import httpx
import pytest
import respx

from app.settings import Settings
from app.spotify.errors import PLAYER_SCOPE
from tests.integration.accounts.journey import ACCESS, REFRESH, Browser, JumpingClock, running, signed_in
from tests.integration.genres.conftest import liked, musicbrainz, playlists, wire
from tests.integration.genres.conftest import settings as usual_settings
from tests.integration.genres.test_genres_api import FETCH
from tests.integration.listening.player import PlayerAtSpotify
from tests.unit.genres.wire import LikedSongs

__all__ = ["liked", "musicbrainz", "playlists", "usual_settings", "wire"]


@pytest.fixture
def jumping() -> JumpingClock:
    return JumpingClock()


@pytest.fixture
def settings(request: pytest.FixtureRequest, usual_settings: Settings) -> Settings:
    return usual_settings.model_copy(update=getattr(request, "param", {}))


@pytest.fixture
def scope() -> str:
    return f"user-library-read {PLAYER_SCOPE}"


@pytest.fixture
def player(wire: respx.MockRouter, jumping: JumpingClock, scope: str) -> PlayerAtSpotify:
    tokens = {"access_token": ACCESS, "refresh_token": REFRESH, "expires_in": 3600, "scope": scope}
    wire.post("https://accounts.spotify.com/api/token").mock(
        side_effect=lambda _: httpx.Response(200, json=tokens)
    )
    return PlayerAtSpotify(wire, jumping)


@pytest.fixture
async def browsers(
    settings: Settings, jumping: JumpingClock, player: PlayerAtSpotify, liked: LikedSongs
) -> AsyncIterator[Browser]:
    async with running(settings, jumping) as new_browser:
        yield new_browser


@pytest.fixture
async def listener(browsers: Browser) -> httpx.AsyncClient:
    """A browser of Anna's, who wants to see what plays."""
    client = await signed_in(browsers())
    await wish(client, nowPlaying=True)
    return client


async def wish(client: httpx.AsyncClient, **fields: bool) -> None:
    answer = await client.post("/api/preferences", json=fields, headers=FETCH)
    assert answer.status_code == 200, answer.text

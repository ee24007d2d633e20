"""The app, listeners who come one after the other, and playlists at Spotify by respx."""

from collections.abc import AsyncIterator
from typing import Protocol

import httpx
import pytest
import respx

from app.settings import Settings
from tests.integration.accounts.journey import Browser, JumpingClock, running, signed_in
from tests.integration.genres.conftest import liked, musicbrainz, settings, wire
from tests.unit.genres.wire import SPOTIFY, LikedSongs
from tests.unit.playlists.spotify_wire import PlaylistsAtSpotify

__all__ = ["liked", "musicbrainz", "settings", "wire"]


class Arrive(Protocol):
    """Signs somebody in, in a browser of their own."""

    async def __call__(self, name: str, *, called: str = "") -> httpx.AsyncClient: ...


@pytest.fixture
def at_spotify(wire: respx.MockRouter) -> PlaylistsAtSpotify:
    return PlaylistsAtSpotify(wire)


@pytest.fixture
def jumping() -> JumpingClock:
    return JumpingClock()


@pytest.fixture
async def new_browser(
    settings: Settings, liked: LikedSongs, at_spotify: PlaylistsAtSpotify, jumping: JumpingClock
) -> AsyncIterator[Browser]:
    async with running(settings, jumping) as new:
        yield new


@pytest.fixture
def arrive(new_browser: Browser, wire: respx.MockRouter) -> Arrive:
    async def sign_in(name: str, *, called: str = "") -> httpx.AsyncClient:
        ids = {"account_id": f"acc-{name.lower()}", "id": name.lower()}
        wire.get(f"{SPOTIFY}/me").respond(json={**ids, "display_name": called or name, "images": []})
        return await signed_in(new_browser())

    return sign_in

"""The app with a listener signed in whose library is read, and playlists at Spotify by respx."""

import httpx
import pytest
import respx

from tests.integration.accounts.journey import FORM
from tests.integration.genres.conftest import browser, liked, musicbrainz, settings, wire
from tests.integration.genres.test_genres_api import events
from tests.unit.playlists.spotify_wire import PlaylistsAtSpotify

__all__ = ["browser", "liked", "musicbrainz", "settings", "wire"]


@pytest.fixture
def at_spotify(wire: respx.MockRouter) -> PlaylistsAtSpotify:
    return PlaylistsAtSpotify(wire)


@pytest.fixture
async def scanned(browser: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify) -> httpx.AsyncClient:
    await browser.post("/scan", data={"source": "liked"}, headers=FORM)
    await events(browser)
    return browser

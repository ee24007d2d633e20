"""A client on a faked Web API; recorded answers and Spotify's document are read where a machine has them."""

import os
from collections.abc import AsyncIterator
from typing import Any

import pytest
import respx

from app.spotify.client import SpotifyClient
from app.upstream.gate import Gate
from app.upstream.http import build_http
from tests.fakes import FakeClock
from tests.unit.spotify.answers import API, Tokens

NEEDED = {
    "GENRE_SORTER_SAMPLES": "test_spotify_samples.py",
    "GENRE_SORTER_OPENAPI": "test_spotify_openapi.py",
}
collect_ignore = [file for name, file in NEEDED.items() if not os.environ.get(name)]


@pytest.fixture
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture
def gate(clock: FakeClock) -> Gate:
    return Gate("Spotify", rate_per_second=1, clock=clock, burst=100)


@pytest.fixture
async def spotify(gate: Gate, clock: FakeClock) -> AsyncIterator[SpotifyClient]:
    async with build_http(contact="me@example.org") as http:
        yield SpotifyClient(http, gate, api_url=API + "/", clock=clock)


@pytest.fixture
def api() -> Any:
    with respx.mock(base_url=API, assert_all_called=False) as router:
        yield router

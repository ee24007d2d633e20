"""The real client over a faked wire, in time that passes by itself."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
import respx

from app.kv.cached import CachedKV
from app.spotify.client import SpotifyClient
from app.upstream.gate import Gate
from app.upstream.http import build_http
from tests.fakes import FakeClock
from tests.unit.playlists.bench import Bench
from tests.unit.playlists.spotify_wire import API, PlaylistsAtSpotify


@pytest.fixture
def wire() -> Iterator[respx.MockRouter]:
    with respx.mock(assert_all_called=False) as router:
        yield router


@pytest.fixture
def at_spotify(wire: respx.MockRouter) -> PlaylistsAtSpotify:
    return PlaylistsAtSpotify(wire)


@pytest.fixture
async def spotify(clock: FakeClock, wire: respx.MockRouter) -> AsyncIterator[SpotifyClient]:
    gate = Gate("spotify", rate_per_second=100, burst=100, clock=clock)
    async with build_http(contact="me@example.org") as http:
        ticking = asyncio.ensure_future(_tick(clock))
        yield SpotifyClient(http, gate, api_url=API, clock=clock)
        ticking.cancel()


@pytest.fixture
async def bench(kv: CachedKV, clock: FakeClock, spotify: SpotifyClient) -> AsyncIterator[Bench]:
    bench = Bench(kv, clock, spotify)
    yield bench
    await bench.jobs.close()


async def _tick(clock: FakeClock) -> None:
    """Let time pass whenever somebody waits for it."""
    while True:
        await asyncio.sleep(0)
        if clock.sleeping:
            await clock.advance(1)

"""A listener at the simulated Spotify, whose library has 400 songs that it knows."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from app.demo.dispatcher import PathDispatcher
from app.demo.models import DemoArtist, DemoLibrary, DemoTrack
from app.demo.options import SimulatorOptions
from app.demo.simulator import build_simulator
from app.demo.switches import Switches
from app.genres.families import Families
from app.kv.cached import CachedKV
from app.upstream.http import build_http
from tests.fakes import FakeClock
from tests.integration.demo.conftest import id_of, outside
from tests.integration.demo.visitor import BASE_URL, Visitor
from tests.integration.keeping.listener import SCOPES, Listener, Shelf, Wire, tick

SONGS = 400


@pytest.fixture(scope="session")
def families() -> Families:
    return Families.load()


@pytest.fixture
def app(clock: FakeClock) -> PathDispatcher:
    artists = {id_of("Artist", n): DemoArtist(id_of("Artist", n), f"Artist {n}", ()) for n in range(30)}
    tracks = (
        DemoTrack(
            id=id_of("Track", n),
            name=f"Song {n}",
            artists=(id_of("Artist", n % 30),),
            album="Album",
            album_id=id_of("Album", n),
            release_date="1984",
            duration_ms=200_000,
            added_at=clock.now() - timedelta(days=n),
            isrc=f"SEABC26{n:05}",
        )
        for n in range(SONGS)
    )
    options = SimulatorOptions(
        base_url=BASE_URL,
        account_lifetime=timedelta(days=400),
        switches=Switches(token_lifetime_s=10**8),
    )
    return PathDispatcher(build_simulator(DemoLibrary(tuple(tracks), artists), options, clock=clock), outside)


@pytest.fixture
def wire(app: PathDispatcher) -> Wire:
    return Wire(httpx.ASGITransport(app))


@pytest.fixture
def shelf(families: Families, clock: FakeClock) -> Shelf:
    return Shelf(families, clock)


@pytest.fixture
async def listener(
    app: PathDispatcher, kv: CachedKV, clock: FakeClock, wire: Wire, shelf: Shelf
) -> AsyncIterator[Listener]:
    visitor = Visitor(app)
    await visitor.sign_in(scope=SCOPES)
    async with build_http(contact="me@example.org", transport=wire) as http:
        ticking = asyncio.ensure_future(tick(clock))
        listener = Listener(kv, clock, http, visitor=visitor, shelf=shelf)
        yield listener
        await listener.jobs.close()
        ticking.cancel()

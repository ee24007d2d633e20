"""A listener at the simulated Spotify, whose library has 400 songs that it knows."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from app.demo.dispatcher import PathDispatcher
from app.genres.families import Families
from app.kv.cached import CachedKV
from app.upstream.http import build_http
from tests.fakes import FakeClock
from tests.integration.demo.numbered import numbered_simulator
from tests.integration.demo.visitor import Visitor
from tests.integration.keeping.listener import SCOPES, Listener, Shelf, Wire, tick

SONGS = 400


@pytest.fixture(scope="session")
def families() -> Families:
    return Families.load()


@pytest.fixture
def app(clock: FakeClock) -> PathDispatcher:
    return numbered_simulator(SONGS, clock)


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

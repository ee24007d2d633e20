"""The whole app on a clock that is told what time it is, at the simulated Spotify and MusicBrainz."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import respx

from app.demo.dispatcher import PathDispatcher
from tests.fakes import FakeClock
from tests.integration.autosort.home import Home
from tests.integration.demo.conftest import id_of
from tests.integration.demo.numbered import numbered_simulator
from tests.integration.demo.visitor import Visitor

SONGS = 400
GENRES = ("bebop", "techno", "")


@pytest.fixture
def simulator(clock: FakeClock) -> PathDispatcher:
    """Four hundred songs; a third by artists of one genre each, a third by artists without any."""
    return numbered_simulator(SONGS, clock, genres=GENRES)


@pytest.fixture
def calls(simulator: PathDispatcher) -> Iterator[respx.Route]:
    """The way to the simulator."""
    transport = httpx.ASGITransport(simulator)
    with respx.mock(assert_all_called=False) as router:
        yield router.route(host="127.0.0.1").mock(side_effect=transport.handle_async_request)


@pytest.fixture
async def home(simulator: PathDispatcher, calls: respx.Route, clock: FakeClock) -> AsyncIterator[Home]:
    """Somebody who likes the last 300 songs, which are read."""
    visitor = await Visitor(simulator).sign_in()
    await visitor.switch(library={"unlike": [id_of("Track", n) for n in range(100)]})
    home = Home(visitor, clock)
    await home.open()
    await home.connect()
    await home.scan()
    yield home
    await home.close()

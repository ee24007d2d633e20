"""The whole app on a clock that is told what time it is, at the simulated Spotify and MusicBrainz."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import httpx
import pytest
import respx

from app.demo.dispatcher import PathDispatcher
from app.demo.models import DemoArtist, DemoLibrary, DemoTrack
from app.demo.options import SimulatorOptions
from app.demo.simulator import build_simulator
from app.demo.switches import Switches
from tests.fakes import FakeClock
from tests.integration.autosort.home import Home
from tests.integration.demo.conftest import id_of, outside
from tests.integration.demo.visitor import BASE_URL, Visitor

SONGS = 400
GENRES = ("bebop", "techno", "")


@pytest.fixture
def simulator(clock: FakeClock) -> PathDispatcher:
    """Four hundred songs; a third by artists of one genre each, a third by artists without any."""
    artists = {
        id_of("Artist", n): DemoArtist(
            id_of("Artist", n), f"Artist {n}", tuple(filter(None, [GENRES[n % 3]]))
        )
        for n in range(30)
    }
    tracks = (
        DemoTrack(
            id=id_of("Track", n),
            name=f"Song {n}",
            artists=(id_of("Artist", n % 30),),
            album="Album",
            album_id=id_of("Album", n),
            release_date="1984",
            duration_ms=200_000,
            added_at=clock.now() - timedelta(days=n + 1),
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

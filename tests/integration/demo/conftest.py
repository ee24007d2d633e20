from collections.abc import Callable
from datetime import timedelta

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.demo.dispatcher import PathDispatcher
from app.demo.models import DemoArtist, DemoLibrary, DemoTrack
from app.demo.options import SimulatorOptions
from app.demo.simulator import build_simulator
from tests.fakes import FakeClock
from tests.integration.demo.visitor import BASE_URL, Visitor

LIKED_SONGS = 130
ARTISTS = 30

BuildApp = Callable[..., ASGIApp]


def id_of(kind: str, number: int) -> str:
    return f"{kind}{number:0{22 - len(kind)}}"


@pytest.fixture
def library(clock: FakeClock) -> DemoLibrary:
    artists = [
        DemoArtist(id_of("Artist", n), f"Artist & {n}", ("jazz", "soul jazz") if n % 3 else ())
        for n in range(ARTISTS)
    ]
    tracks = [
        DemoTrack(
            id=id_of("Track", n),
            name=f"Song {n}",
            artists=(artists[n % ARTISTS].id, artists[(n + 1) % ARTISTS].id),
            album=f"Album {n // 5}",
            album_id=id_of("Album", n // 5),
            release_date=("1984", "1984-05", "1984-05-21")[n % 3],
            duration_ms=200_000 + n,
            added_at=clock.now() - timedelta(days=n),
            isrc=f"SEABC26{n:05}" if n % 10 else None,
            playable=n != 7,
        )
        for n in range(LIKED_SONGS - 1)
    ]
    local = DemoTrack(
        id=None,
        name="Demo: take 1",
        artists=(artists[0].id,),
        album="Tape",
        album_id="",
        release_date="",
        duration_ms=61_500,
        added_at=clock.now() - timedelta(days=LIKED_SONGS),
        isrc=None,
        is_local=True,
    )
    return DemoLibrary((*tracks, local), {artist.id: artist for artist in artists})


async def outside(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse(f"outside {scope['type']}")(scope, receive, send)


@pytest.fixture
def build(library: DemoLibrary, clock: FakeClock) -> BuildApp:
    def build_app(**options: object) -> ASGIApp:
        made = SimulatorOptions.model_validate({"base_url": BASE_URL, **options})
        return PathDispatcher(build_simulator(library, made, clock=clock), outside)

    return build_app


@pytest.fixture
def app(build: BuildApp) -> ASGIApp:
    return build()


@pytest.fixture
def visitor(app: ASGIApp) -> Visitor:
    return Visitor(app)


@pytest.fixture
async def signed_in(visitor: Visitor) -> Visitor:
    return await visitor.sign_in()

"""The app, a clock to move, and Spotify's answers by respx."""

from collections.abc import AsyncIterator, Iterator

import pytest
import respx

from app.genres.families import Families
from app.settings import Settings
from tests.fakes import FakeClock
from tests.integration.accounts.household import World
from tests.integration.accounts.journey import Browser, JumpingClock, Spotify, running


@pytest.fixture
def spotify() -> Iterator[Spotify]:
    with respx.mock(assert_all_called=False) as router:
        service = Spotify(
            token=router.post("https://accounts.spotify.com/api/token"),
            me=router.get("https://api.spotify.com/v1/me"),
        )
        service.token.side_effect = service.grant
        service.me.respond(
            json={"account_id": "acc-anna", "id": "anna", "display_name": "Anna", "images": []}
        )
        yield service


@pytest.fixture
def jumping() -> JumpingClock:
    return JumpingClock()


@pytest.fixture
def base_url() -> str:
    return "http://127.0.0.1:8000"


@pytest.fixture
def settings(base_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("data")
    return Settings(
        _env_file=None,
        base_url=base_url,
        secret_key="canary-secret-" * 4,
        kv_url=f"sqlite:///{folder}/kv.db",
        spotify_client_id="client",
        spotify_client_secret="canary-client-secret",
        spotify_rate_per_second=1000.0,
        contact="me@example.com",
    )


@pytest.fixture
async def browser(settings: Settings, jumping: JumpingClock, spotify: Spotify) -> AsyncIterator[Browser]:
    async with running(settings, jumping) as new_browser:
        yield new_browser


@pytest.fixture(scope="session")
def families() -> Families:
    return Families.load()


@pytest.fixture
def world(clock: FakeClock, families: Families) -> Iterator[World]:
    with respx.mock(assert_all_called=False) as wire:
        yield World(wire, clock, families)

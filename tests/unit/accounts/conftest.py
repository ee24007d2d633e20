"""The parts of sign-in, put together on the memory store."""

from collections.abc import AsyncIterator, Iterator

import pytest
import respx

from app.accounts.attempts import SignInAttempts
from app.accounts.connections import ConnectionsService
from app.accounts.cookies import Cookie, session_cookie, signin_cookie
from app.accounts.crypto import Keyring
from app.accounts.oauth import SpotifyOAuth
from app.accounts.repository import ConnectionsRepository, SessionsRepository, StatesRepository
from app.accounts.sessions import SessionsService
from app.kv.cached import CachedKV
from app.settings import Settings
from tests.fakes import FakeClock

TOKEN_URL = "https://accounts.spotify.com/api/token"


@pytest.fixture
def settings() -> Settings:
    return Settings(_env_file=None, spotify_client_id="client", contact="me@example.com")


@pytest.fixture
def keyring() -> Keyring:
    return Keyring("secret-" * 6)


@pytest.fixture
def session(settings: Settings) -> Cookie:
    return session_cookie(settings)


@pytest.fixture
def signin(settings: Settings) -> Cookie:
    return signin_cookie(settings)


@pytest.fixture
def sessions(kv: CachedKV, keyring: Keyring, clock: FakeClock, session: Cookie) -> SessionsService:
    return SessionsService(SessionsRepository(kv), keyring=keyring, clock=clock, cookie=session)


@pytest.fixture
def attempts(kv: CachedKV, keyring: Keyring, clock: FakeClock, signin: Cookie) -> SignInAttempts:
    return SignInAttempts(StatesRepository(kv), keyring=keyring, clock=clock, cookie=signin)


@pytest.fixture
async def oauth(settings: Settings, clock: FakeClock) -> AsyncIterator[SpotifyOAuth]:
    client = SpotifyOAuth(settings, clock)
    yield client
    await client.close()


@pytest.fixture
def connections(kv: CachedKV, oauth: SpotifyOAuth, keyring: Keyring, clock: FakeClock) -> ConnectionsService:
    return ConnectionsService(ConnectionsRepository(kv), oauth=oauth, keyring=keyring, clock=clock)


@pytest.fixture
def token_service() -> Iterator[respx.Route]:
    with respx.mock:
        yield respx.post(TOKEN_URL)

"""A sign-out racing touches of the session and renewals of the tokens, on a store as slow as it likes."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import respx
from hypothesis import given, settings
from hypothesis import strategies as st

from app.accounts.connections import ConnectionsService
from app.accounts.cookies import session_cookie
from app.accounts.crypto import Keyring
from app.accounts.models import TokenGrant, User
from app.accounts.oauth import SpotifyOAuth
from app.accounts.repository import SESSION, USER_SESSIONS, ConnectionsRepository, SessionsRepository
from app.accounts.sessions import SessionsService
from app.kv.cached import CachedKV
from app.kv.errors import KVError
from app.kv.options import KVOptions
from app.kv.store import Outcome, Put, Write
from app.kv.stores.memory import MemoryStore
from app.settings import Settings
from tests.fakes import FakeClock, settle

ANNA = User(id="anna", name="Anna", avatar=None)
SETTINGS = Settings(_env_file=None, spotify_client_id="client", contact="me@example.com")
KEYRING = Keyring("secret-" * 6)
ANSWERS = ("done", "done", "refused", "lost")


class SlowStore(MemoryStore):
    """Answers each call when told to, and how."""

    def __init__(self, clock: FakeClock, rows: Mapping[str, Put] | None = None) -> None:
        super().__init__(clock)
        self._rows = dict(rows or {})
        self.slow = False
        self.waiting: list[asyncio.Future[str]] = []

    async def get(self, key: str) -> bytes | None:
        await self._turn()
        return await super().get(key)

    async def apply(self, writes: Sequence[Write]) -> Mapping[str, Outcome]:
        answer = await self._turn()
        outcomes = await super().apply(writes)
        if answer == "lost":
            raise ConnectionError("the answer got lost")
        return outcomes

    async def close(self) -> None:
        """Keep everything for the next process."""

    def let(self, number: int, answer: str) -> None:
        self.waiting.pop(number % len(self.waiting)).set_result(answer)

    def hurry(self) -> None:
        """Answer everything at once from now on."""
        self.slow = False
        while self.waiting:
            self.let(0, "done")

    async def _turn(self) -> str:
        if not self.slow:
            return "done"
        turn: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.waiting.append(turn)
        answer = await turn
        if answer == "refused":
            raise ConnectionError("refused")
        return answer


class Process:
    """The services of one process, and a listener who is signed in."""

    def __init__(self, store: SlowStore, clock: FakeClock, oauth: SpotifyOAuth) -> None:
        self.store, self.clock = store, clock
        self.kv = CachedKV(store, clock=clock, options=KVOptions(ledger=False))
        cookie = session_cookie(SETTINGS)
        self.sessions = SessionsService(
            SessionsRepository(self.kv), keyring=KEYRING, clock=clock, cookie=cookie
        )
        self.connections = ConnectionsService(
            ConnectionsRepository(self.kv), oauth=oauth, keyring=KEYRING, clock=clock
        )
        self.name = cookie.name
        self.cookies: dict[str, str] = {}
        self.signed_out = False
        self.rows_then: Mapping[str, Put] = {}
        self.late: list[asyncio.Future[User | None]] = []
        self.tasks: list[asyncio.Future[Any]] = []

    async def sign_in(self) -> None:
        ends = self.clock.now() + timedelta(hours=1)
        grant = TokenGrant(access_token="a", refresh_token="r", scope="", expires_at=ends)
        await self.connections.save(ANNA.id, grant, consented=False)
        self.cookies = {self.name: await self.sessions.start(ANNA, replacing={})}

    async def sign_out(self) -> None:
        """Press Sign out until it is confirmed."""
        while not self.signed_out:
            try:
                await self.sessions.end(self.cookies)
            except KVError:
                await self.clock.sleep(0.1)
            else:
                self.signed_out, self.rows_then = True, dict(self.store._rows)

    def begin(self, call: Coroutine[Any, Any, Any]) -> "asyncio.Future[Any]":
        self.tasks.append(asyncio.ensure_future(call))
        return self.tasks[-1]

    def visit(self) -> None:
        """Open a page; after the sign-out nobody may be found."""
        found = self.begin(self.sessions.find_user(self.cookies))
        if self.signed_out:
            self.late.append(found)

    async def finish(self) -> None:
        self.store.hurry()
        while not all(task.done() for task in self.tasks):
            await self.clock.advance(1)
        closing = self.begin(self.kv.close())
        while not closing.done():
            await self.clock.advance(1)


@asynccontextmanager
async def token_service() -> AsyncIterator[None]:
    with respx.mock(assert_all_called=False) as wire:
        answer = {"access_token": "new", "expires_in": 3600, "refresh_token": "rotated"}
        wire.post("https://accounts.spotify.com/api/token").respond(json=answer)
        yield


async def race(steps: list[tuple[int, int, int]]) -> None:
    clock = FakeClock()
    store, oauth = SlowStore(clock), SpotifyOAuth(SETTINGS, clock)
    process = Process(store, clock, oauth)
    await process.kv.start()
    await process.sign_in()
    await clock.advance(timedelta(days=2).total_seconds())
    store.slow = True
    for deed, which, answer in steps:
        if deed == 0:
            process.begin(process.sign_out())
        elif deed == 1:
            process.visit()
        elif deed == 2:
            process.begin(process.connections.access_token(ANNA.id))
        elif store.waiting:
            store.let(which, ANSWERS[answer])
        await settle()
        if process.signed_out:
            process.visit()
    process.begin(process.sign_out())
    await process.finish()
    await asyncio.gather(*process.tasks, return_exceptions=True)
    assert not [user for user in map(found, process.late) if user]
    killed_then = SlowStore(clock, process.rows_then)
    for left in (killed_then, store):
        await stays_signed_out(Process(left, clock, oauth), process.cookies)
    await oauth.close()


def found(visit: "asyncio.Future[User | None]") -> User | None:
    error = visit.exception()
    assert error is None or isinstance(error, KVError)
    return None if error else visit.result()


async def stays_signed_out(again: Process, cookies: dict[str, str]) -> None:
    await again.kv.start()
    assert await again.sessions.find_user(cookies) is None
    assert await again.kv.keys(SESSION) == []
    assert await again.connections.access_token(ANNA.id) in {"a", "new"}
    await again.kv.close()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3), st.integers(0, 3)), max_size=40))
def test_a_session_that_was_ended_stays_ended(steps: list[tuple[int, int, int]]) -> None:
    async def run() -> None:
        async with token_service():
            await race(steps)

    asyncio.run(run())


async def sign_in_and_out_everywhere(turns: list[bool]) -> None:
    """Sign in, and out everywhere wherever `turns` says so instead of letting the store answer."""
    clock = FakeClock()
    store = SlowStore(clock)
    kv = CachedKV(store, clock=clock, options=KVOptions(ledger=False))
    repository = SessionsRepository(kv)
    sessions = SessionsService(repository, keyring=KEYRING, clock=clock, cookie=session_cookie(SETTINGS))
    await kv.start()
    store.slow = True
    tasks = [asyncio.ensure_future(sessions.start(ANNA, replacing={}))]
    for out in turns:
        if out:
            tasks.append(asyncio.ensure_future(sessions.end_all(ANNA.id)))
        elif store.waiting:
            store.let(0, "done")
        await settle()
    store.hurry()
    await asyncio.gather(*tasks)
    listed = await kv.get(USER_SESSIONS(ANNA.id))
    assert await kv.keys(SESSION) == [SESSION(ref.key) for ref in (listed.sessions if listed else ())]
    await kv.close()


@settings(max_examples=200, deadline=None)
@given(st.lists(st.booleans(), max_size=15))
def test_a_session_that_began_while_its_person_signed_out_everywhere_is_listed_or_ended(
    turns: list[bool],
) -> None:
    asyncio.run(sign_in_and_out_everywhere(turns))

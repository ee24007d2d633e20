import asyncio
from collections.abc import Callable

import pytest

from app.accounts.cookies import Cookie
from app.accounts.crypto import Keyring, fingerprint
from app.accounts.models import User
from app.accounts.repository import SESSION, USER_SESSIONS
from app.accounts.sessions import MOST_SESSIONS, SessionsService
from app.kv.cached import CachedKV
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio

DAY = 86_400
ANNA = User(id="anna", name="Anna", avatar=None)
BERT = User(id="bert", name="Bert", avatar=None)

Start = Callable[..., dict[str, str]]


@pytest.fixture
def start(sessions: SessionsService, session: Cookie) -> Start:
    async def _start(user: User = ANNA, *, replacing: dict[str, str] | None = None) -> dict[str, str]:
        return {session.name: await sessions.start(user, replacing=replacing or {})}

    return _start


async def test_who_signs_in_is_found_again(sessions: SessionsService, start: Start) -> None:
    assert await sessions.find_user(await start()) == ANNA


async def test_the_store_knows_the_hash_of_the_id_alone(
    kv: CachedKV, keyring: Keyring, session: Cookie, start: Start
) -> None:
    cookies = await start()
    session_id = keyring.signer("session").verified(cookies[session.name])
    assert session_id is not None
    assert len(session_id) == 43  # 256 bits in base64
    assert await kv.get(SESSION(session_id)) is None
    assert await kv.get(SESSION(fingerprint(session_id))) is not None


async def test_an_invented_cookie_costs_no_read(
    kv: CachedKV, sessions: SessionsService, session: Cookie, start: Start
) -> None:
    real = (await start())[session.name]
    before = kv.snapshot().totals
    changed = real.translate({ord(real[0]): "-" if real[0] == "_" else "_"})
    for invented in ("", "x", "x.y", real[:-1], real.partition(".")[0], changed):
        assert await sessions.find_user({session.name: invented}) is None
    assert await sessions.find_user({}) is None
    assert kv.snapshot().totals == before


async def test_signing_in_again_gives_a_new_id_and_ends_the_old_session(
    sessions: SessionsService, start: Start
) -> None:
    first = await start()
    second = await start(BERT, replacing=first)
    assert first != second
    assert await sessions.find_user(first) is None
    assert await sessions.find_user(second) == BERT


async def test_signing_out_ends_this_session_alone(sessions: SessionsService, start: Start) -> None:
    here, there = await start(), await start()
    await sessions.end(here)
    assert await sessions.find_user(here) is None
    assert await sessions.find_user(there) == ANNA
    await sessions.end(here)
    await sessions.end({})


async def test_signing_out_everywhere_ends_all_of_one_person(sessions: SessionsService, start: Start) -> None:
    first, second, other = await start(), await start(), await start(BERT)
    await sessions.end_all("anna")
    assert await sessions.find_user(first) is None
    assert await sessions.find_user(second) is None
    assert await sessions.find_user(other) == BERT
    await sessions.end_all("nobody")


async def test_a_session_ends_after_seven_idle_days_to_the_second(
    clock: FakeClock, sessions: SessionsService, start: Start
) -> None:
    kept, idle = await start(), await start()
    await clock.advance(7 * DAY - 1)
    assert await sessions.find_user(kept) == ANNA
    await clock.advance(1)
    assert await sessions.find_user(idle) is None
    assert await sessions.find_user(kept) == ANNA


async def test_a_session_in_daily_use_ends_after_thirty_days_to_the_second(
    clock: FakeClock, sessions: SessionsService, start: Start
) -> None:
    cookies = await start()
    for _ in range(29):
        await clock.advance(DAY)
        assert await sessions.find_user(cookies) == ANNA
    await clock.advance(DAY - 1)
    assert await sessions.find_user(cookies) == ANNA
    await clock.advance(1)
    assert await sessions.find_user(cookies) is None


async def test_the_idle_end_moves_at_most_once_a_day(
    clock: FakeClock, kv: CachedKV, sessions: SessionsService, start: Start
) -> None:
    cookies = await start()
    before = kv.snapshot().totals.writes
    await clock.advance(DAY - 1)
    await sessions.find_user(cookies)
    assert kv.snapshot().totals.writes == before
    await clock.advance(1)
    await asyncio.gather(*(sessions.find_user(cookies) for _ in range(20)))
    assert kv.snapshot().totals.writes == before + 1


async def test_a_touch_does_not_bring_an_ended_session_back(
    clock: FakeClock, sessions: SessionsService, start: Start
) -> None:
    cookies = await start()
    await clock.advance(2 * DAY)
    await asyncio.gather(sessions.end(cookies), *(sessions.find_user(cookies) for _ in range(5)))
    assert await sessions.find_user(cookies) is None


async def test_the_list_of_sessions_is_bounded_and_what_falls_off_ends(
    kv: CachedKV, sessions: SessionsService, start: Start
) -> None:
    opened = [await start() for _ in range(MOST_SESSIONS + 2)]
    alive = [await sessions.find_user(cookies) is not None for cookies in opened]
    assert alive == [False] * 2 + [True] * MOST_SESSIONS
    listed = await kv.get(USER_SESSIONS("anna"))
    assert listed is not None
    assert len(listed.sessions) == MOST_SESSIONS


async def test_the_list_forgets_what_has_ended(
    clock: FakeClock, kv: CachedKV, sessions: SessionsService, start: Start
) -> None:
    await start()
    signed_out = await start()
    await clock.advance(15 * DAY)
    await sessions.end(await start())
    await clock.advance(15 * DAY)
    await start()
    await sessions.end(signed_out)
    listed = await kv.get(USER_SESSIONS("anna"))
    assert listed is not None
    assert len(listed.sessions) == 1

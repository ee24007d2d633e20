import asyncio
from collections.abc import Callable

import pytest

from app.accounts.cookies import Cookie
from app.accounts.crypto import Keyring, fingerprint
from app.accounts.models import User, UserSessions
from app.accounts.repository import SESSION, USER_SESSIONS, SessionsRepository
from app.accounts.sessions import MOST_SESSIONS, SessionsService
from app.accounts.settings_models import OpenSession
from app.kv.cached import CachedKV
from app.kv.codec import unseal
from app.kv.errors import KVError, UserGoneError
from app.kv.options import KVOptions
from app.kv.store import Put
from app.kv.stores.memory import MemoryStore
from tests.fakes import FakeClock
from tests.unit.kv.stand_ins import ScriptedStore

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


async def test_a_session_whose_account_is_being_deleted_ends_without_an_error(
    clock: FakeClock, kv: CachedKV, sessions: SessionsService, start: Start
) -> None:
    touched, ended, all_ended = await start(), await start(), await start()
    await clock.advance(2 * DAY)
    await kv.retire_user("anna")
    assert await sessions.find_user(touched) is None
    await sessions.end(ended)
    assert await kv.keys(SESSION) != []
    await sessions.end_all("anna")
    assert await kv.keys(SESSION) == []
    assert await sessions.find_user(all_ended) is None


async def test_a_sign_out_is_confirmed_only_when_the_store_has_it(
    clock: FakeClock, keyring: Keyring, session: Cookie
) -> None:
    """The first try is refused and queued, so the session seems to be gone; the second has to wait for it."""
    store = ScriptedStore(MemoryStore(clock))
    kv = CachedKV(store, clock=clock, options=KVOptions(ledger=False))
    await kv.start()
    service = SessionsService(SessionsRepository(kv), keyring=keyring, clock=clock, cookie=session)
    cookies = {session.name: await service.start(ANNA, replacing={})}
    store.down = True
    for _ in range(2):
        ending = asyncio.ensure_future(service.end(cookies))
        await clock.advance(2)
        with pytest.raises(KVError):
            await ending
    assert await service.find_user(cookies) is None
    store.down = False
    ending = asyncio.ensure_future(service.end(cookies))
    await clock.advance(2)
    await ending
    assert (await store.inner.scan("session:")).keys == ()


async def test_nobody_signs_in_to_an_account_that_is_being_deleted(
    kv: CachedKV, sessions: SessionsService, start: Start
) -> None:
    await kv.retire_user("anna")
    with pytest.raises(UserGoneError):
        await start()
    assert await kv.keys(SESSION) == await kv.keys(USER_SESSIONS) == []


async def test_a_session_is_in_its_persons_list_before_it_is_alive(
    clock: FakeClock, keyring: Keyring, session: Cookie
) -> None:
    """Whatever ends the process in between: deleting the account finds every session."""
    store = ScriptedStore(MemoryStore(clock))
    kv = CachedKV(store, clock=clock, options=KVOptions(ledger=False))
    await kv.start()
    service = SessionsService(SessionsRepository(kv), keyring=keyring, clock=clock, cookie=session)
    for _ in range(MOST_SESSIONS + 1):
        await service.start(ANNA, replacing={})
    listed: set[str] = set()
    alive: set[str] = set()
    for batch in store.batches:
        for write in batch:
            kind, _, name = write.key.partition(":")
            if kind == "session":
                alive = alive | {name} if isinstance(write, Put) else alive - {name}
            elif isinstance(write, Put):
                sessions = UserSessions.model_validate_json(unseal(write.data).body).sessions
                listed = {ref.key for ref in sessions}
        assert alive <= listed
    assert len(alive) == MOST_SESSIONS


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


async def test_the_list_says_where_and_since_when_and_which_of_them_asks(
    clock: FakeClock, kv: CachedKV, sessions: SessionsService, session: Cookie, start: Start
) -> None:
    begun = clock.now()
    old = await start()
    await start(BERT)
    await clock.advance(2 * DAY)
    phone = {session.name: await sessions.start(ANNA, replacing={}, browser="Safari, iPhone")}
    await sessions.find_user(old)
    later = clock.now()
    before = kv.snapshot().totals.reads
    assert await sessions.list_open("anna", phone) == (
        OpenSession("Safari, iPhone", created_at=later, seen_at=later, here=True),
        OpenSession("", created_at=begun, seen_at=later, here=False),
    )
    assert kv.snapshot().totals.reads == before
    await sessions.end(phone)
    assert [one.here for one in await sessions.list_open("anna", old)] == [True]


async def test_a_session_that_has_ended_is_in_no_list(
    clock: FakeClock, sessions: SessionsService, start: Start
) -> None:
    await start()
    await clock.advance(7 * DAY)
    assert await sessions.list_open("anna", await start(BERT)) == ()
    assert await sessions.list_open("nobody", {}) == ()


async def test_a_person_has_a_name_for_as_long_as_they_are_signed_in_anywhere(
    sessions: SessionsService, clock: FakeClock, start: Start
) -> None:
    desktop = await start()
    await clock.advance(60)
    await start(ANNA.model_copy(update={"name": "Anna B."}))
    assert await sessions.find_name("anna") == "Anna B."
    await clock.advance(6 * DAY)
    assert await sessions.find_user(desktop)
    await clock.advance(DAY)
    assert await sessions.find_name("anna") == "Anna"
    assert await sessions.find_names(["anna", "bert"]) == {"anna": "Anna"}
    await sessions.end_all("anna")
    assert await sessions.find_name("anna") == ""

"""What is kept of operators."""

import pytest

from app.accounts.crypto import Keyring, fingerprint
from app.admin.operators import OperatorsService, operator_cookie
from app.admin.repository import OPERATOR_SESSION, OperatorSessionsRepository
from app.kv.cached import CachedKV
from app.settings import Settings
from tests.fakes import FakeClock
from tests.unit.kv.stand_ins import Bench

pytestmark = pytest.mark.anyio

KEYRING = Keyring("secret-" * 6)
COOKIE = operator_cookie(Settings(_env_file=None))


def operators(kv: CachedKV, clock: FakeClock, token: str | None) -> OperatorsService:
    repository = OperatorSessionsRepository(kv)
    return OperatorsService(repository, token, keyring=KEYRING, clock=clock, cookie=COOKIE)


async def test_the_store_knows_the_hash_of_the_id_alone(kv: CachedKV, clock: FakeClock) -> None:
    value = await operators(kv, clock, "token").enter("token", address="", replacing={})
    assert value
    session_id = KEYRING.signer("operator-session:token").verified(value)
    assert session_id is not None
    assert len(session_id) == 43  # 256 bits in base64
    assert await kv.get(OPERATOR_SESSION(session_id)) is None
    assert await kv.get(OPERATOR_SESSION(fingerprint(session_id))) is not None


async def test_while_the_store_fails_an_operator_gets_in_and_stays_in() -> None:
    async with Bench() as bench:
        service = operators(bench.kv, bench.clock, "token")
        before = await service.enter("token", address="", replacing={})
        await bench.kv.flush()
        bench.store.down = True
        cookies = {COOKIE.name: before or ""}
        value = await service.enter("token", address="", replacing=cookies)
        for _ in range(2):
            assert await service.has_session({COOKIE.name: value or ""})
            assert not await service.has_session(cookies)
            bench.store.heal()
            await bench.let_pass(bench.kv.flush())


async def test_where_there_is_no_token_none_is_right(kv: CachedKV, clock: FakeClock) -> None:
    service = operators(kv, clock, None)
    assert not service.has_token
    for given in ("", "None", "token"):
        assert await service.enter(given, address="", replacing={}) is None
    assert kv.snapshot().totals.writes == 0

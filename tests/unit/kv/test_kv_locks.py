import asyncio

import pytest

from app.kv.locks import KeyLocks

pytestmark = pytest.mark.anyio


async def test_holders_of_one_key_take_turns_and_leave_nothing_behind() -> None:
    locks, order = KeyLocks(), []

    async def visit(key: str, name: str) -> None:
        async with locks.hold(key):
            order.append(f"{name} in")
            await asyncio.sleep(0)
            order.append(f"{name} out")

    await asyncio.gather(visit("a", "1"), visit("a", "2"), visit("b", "3"))

    assert order == ["1 in", "3 in", "1 out", "3 out", "2 in", "2 out"]
    assert not locks._locks
    assert not locks._users


async def test_who_gives_up_waiting_leaves_nothing_behind() -> None:
    locks = KeyLocks()
    async with locks.hold("a"):
        waiting = asyncio.create_task(locks.hold("a").__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    assert not locks._users

"""A user whom one process has deleted is not brought back by another one on the same store."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

import pytest

from app.kv.cached import CachedKV
from app.kv.errors import KVError
from app.kv.keyspace import Key
from app.kv.options import KVOptions
from app.kv.store import Delete, Outcome, Write
from app.kv.stores.memory import MemoryStore
from app.kv.tombstones import mark_of
from tests.fakes import FakeClock
from tests.unit.kv.stand_ins import NOTE, ScriptedStore, note
from tests.unit.kv.test_registry import ALL, DOOR, KEYS, PINBOARD, SONGS, WITH_SHARED, Door, Pinboard

pytestmark = pytest.mark.anyio

ANNA = "anna"


class Process(ScriptedStore):
    """A process on a store that it shares, and which outlives it."""

    def __init__(self, inner: MemoryStore, clock: FakeClock) -> None:
        super().__init__(inner, single_writer=False)
        self.kv = CachedKV(self, clock=clock, options=KVOptions(ledger=False, batch_delay_s=1e9))

    async def close(self) -> None:
        """Leave the store to the others."""


class FailingOnce(Process):
    """Fails when it is asked for tombstones, or to remove what was written: once."""

    def __init__(self, inner: MemoryStore, clock: FakeClock, fault: str) -> None:
        super().__init__(inner, clock)
        self.fault = fault

    async def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        if self.fault == "marks" and keys == [mark_of(ANNA).text]:
            self.fault = ""
            raise ConnectionError("refused")
        return await super().get_many(keys)

    async def apply(self, writes: Sequence[Write]) -> Mapping[str, Outcome]:
        if self.fault == "removal" and isinstance(writes[0], Delete):
            self.fault = ""
            return {write.key: Outcome.FAILED for write in writes}
        return await super().apply(writes)


@pytest.fixture
def inner(clock: FakeClock) -> MemoryStore:
    return MemoryStore(clock)


@pytest.fixture
async def processes(inner: MemoryStore, clock: FakeClock) -> AsyncIterator[tuple[Process, Process]]:
    one, other = Process(inner, clock), Process(inner, clock)
    for process in (one, other):
        await process.kv.start()
    yield one, other
    for process in (one, other):
        await process.kv.close()


async def delete_anna(process: Process) -> None:
    await process.kv.retire_user(ANNA)
    await ALL.purge(process.kv, ANNA)
    await WITH_SHARED.purge(process.kv, ANNA)


async def left(inner: MemoryStore) -> list[str]:
    rows = {key: await inner.get(key) for key in (await inner.scan("")).keys}
    return [key for key, data in rows.items() if ANNA in key or ANNA.encode() in (data or b"")]


async def test_what_another_process_had_queued_is_taken_back(
    processes: tuple[Process, Process], inner: MemoryStore
) -> None:
    one, other = processes
    await other.kv.put_later(SONGS(ANNA), note(1))
    await other.kv.put_later(DOOR("d"), Door(user=ANNA))
    await other.kv.put_later(SONGS("berta"), note(1))
    await other.kv.put_later(NOTE("n"), note(1))
    await delete_anna(one)
    await other.kv.flush()
    assert await left(inner) == []
    assert (await inner.scan("")).keys == ("note:n", mark_of(ANNA).text, "songs:berta")
    assert await other.kv.get(SONGS(ANNA)) is None
    assert await other.kv.get(SONGS("berta")) == note(1)


@pytest.mark.parametrize("key", [SONGS(ANNA), KEYS(ANNA)])
async def test_what_another_process_writes_later_is_gone_at_once(
    processes: tuple[Process, Process], inner: MemoryStore, key: Key[Any]
) -> None:
    one, other = processes
    await delete_anna(one)
    await other.kv.put(key, note(1))
    assert await left(inner) == []
    assert await other.kv.get(key) is None


async def test_a_write_and_a_deletion_at_the_same_moment_leave_nothing(
    processes: tuple[Process, Process], inner: MemoryStore
) -> None:
    """The write reaches the store before, in, or behind the deletion's list of keys."""
    one, other = processes
    for late in range(12):
        other.writes_go.clear()
        writing = asyncio.ensure_future(other.kv.put(SONGS(ANNA, late), note(1)))
        deleting = asyncio.ensure_future(delete_anna(one))
        for _ in range(late):
            await asyncio.sleep(0)
        other.writes_go.set()
        await asyncio.gather(writing, deleting)
        assert await left(inner) == [], late
        await one.kv.readmit_user(ANNA)


async def test_others_stay_on_a_value_that_another_process_writes_as_it_knew_it(
    processes: tuple[Process, Process], inner: MemoryStore
) -> None:
    one, other = processes
    await one.kv.put(PINBOARD("all"), Pinboard(users=(ANNA, "berta")))
    assert await other.kv.get(PINBOARD("all"))
    await delete_anna(one)
    await other.kv.update(PINBOARD("all"), lambda board: Pinboard(users=(*board.users, "carla")))
    assert await left(inner) == []
    assert await other.kv.get(PINBOARD("all")) == Pinboard(users=("berta", "carla"))


async def test_kinds_that_a_user_has_not_taken_back_are_written(
    processes: tuple[Process, Process], inner: MemoryStore
) -> None:
    one, other = processes
    await one.kv.retire_user(ANNA, kinds=[SONGS.prefix])
    await other.kv.put_many({SONGS(ANNA): note(1), KEYS(ANNA): note(2)})
    assert await left(inner) == [KEYS(ANNA).text]


async def test_who_has_come_back_in_one_process_is_taken_in_by_the_other(
    processes: tuple[Process, Process], inner: MemoryStore
) -> None:
    one, other = processes
    await delete_anna(one)
    await other.kv.put(SONGS(ANNA), note(1))
    await one.kv.readmit_user(ANNA)
    await other.kv.put(SONGS(ANNA), note(2))
    assert await left(inner) == [SONGS(ANNA).text]


@pytest.mark.parametrize("fault", ["marks", "removal"])
async def test_a_store_that_fails_then_has_it_taken_back_with_the_next_round(
    processes: tuple[Process, Process], inner: MemoryStore, clock: FakeClock, fault: str
) -> None:
    failing = FailingOnce(inner, clock, fault)
    await failing.kv.start()
    await delete_anna(processes[0])
    with pytest.raises(KVError):
        await failing.kv.put(SONGS(ANNA), note(1))
    assert await left(inner) == [SONGS(ANNA).text]
    flushing = asyncio.ensure_future(failing.kv.flush())
    while not flushing.done():
        await clock.advance(1)
        await asyncio.sleep(0)
    assert await left(inner) == []
    await failing.kv.close()

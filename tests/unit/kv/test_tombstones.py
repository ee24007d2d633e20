"""For a user who is gone nothing is written any more, whatever was under way."""

import asyncio
from collections.abc import Awaitable, Callable
from hashlib import sha256

import pytest

from app.kv.cached import CachedKV
from app.kv.errors import KVError, UserGoneError, WithdrawnError
from app.kv.keyspace import Counters, Keyspace, Members, Owner
from app.kv.options import KVOptions
from app.kv.tombstones import LIFE, RETIRED_USER
from tests.fakes import settle
from tests.unit.kv.stand_ins import NOTE, Bench, note
from tests.unit.kv.test_registry import ALL, DOOR, KEYS, SONGS, Door

pytestmark = pytest.mark.anyio

USER = "anna:1"
VIEWS = Keyspace("views", Counters, owner=Owner.KEY)
SEEN_BY = Keyspace("seen-by", Members, owner=Owner.KEY)
MARK = RETIRED_USER(sha256(USER.encode()).hexdigest())

Write = Callable[[CachedKV], Awaitable[object]]

WRITES: dict[str, Write] = {
    "put": lambda kv: kv.put(SONGS(USER, 1), note(1)),
    "put of a value that names the user": lambda kv: kv.put(DOOR("k"), Door(user=USER)),
    "put_later": lambda kv: kv.put_later(SONGS(USER), note(1)),
    "put_many": lambda kv: kv.put_many({NOTE("a"): note(1), SONGS(USER): note(1)}),
    "update": lambda kv: kv.update(SONGS(USER), lambda _: note(2), default=note(1)),
    "later update": lambda kv: kv.update(SONGS(USER), lambda _: note(2), default=note(1), later=True),
    "count": lambda kv: kv.count(VIEWS(USER), {"a": 1}),
    "add": lambda kv: kv.add(SEEN_BY(USER), "a"),
}


@pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
async def test_every_way_to_write_is_refused(write: Write) -> None:
    async with Bench() as bench:
        await bench.kv.retire_user(USER)
        with pytest.raises(UserGoneError):
            await write(bench.kv)
        await bench.kv.flush()
        for key in (SONGS(USER), SONGS(USER, 1), DOOR("k"), VIEWS(USER), SEEN_BY(USER)):
            assert await bench.store.holds(key) is None


async def test_what_there_is_can_still_be_read_and_deleted() -> None:
    async with Bench() as bench:
        await bench.kv.put(SONGS(USER), note(1))
        await bench.kv.put_later(SONGS(USER, "queued"), note(1))
        await bench.kv.put(SONGS(USER, "old"), note(1))
        await bench.kv.retire_user(USER)
        assert await bench.kv.get(SONGS(USER)) == note(1)
        await bench.kv.update(SONGS(USER, "old"), lambda _: None)
        assert await ALL.purge(bench.kv, USER) == 2
        await bench.kv.flush()

        assert (await bench.store.inner.scan("")).keys == (MARK.text,)


async def test_others_and_what_is_nobodys_are_written() -> None:
    async with Bench() as bench:
        await bench.kv.retire_user(USER)
        await bench.kv.put(SONGS("anna"), note(1))
        await bench.kv.put(DOOR("k"), Door(user="anna"))
        await bench.kv.put(NOTE(USER), note(1))

        assert await bench.kv.get(NOTE(USER)) == note(1)


async def test_the_store_knows_the_user_by_the_hash_alone_for_a_week() -> None:
    async with Bench() as bench:
        await bench.kv.retire_user(USER)
        assert (await bench.store.inner.scan("")).keys == (MARK.text,)
        assert USER not in (await bench.store.holds(MARK) or USER)
        await bench.clock.advance(LIFE.total_seconds())
        assert await bench.kv.keys(RETIRED_USER) == []


async def test_a_restart_remembers_until_the_user_comes_back() -> None:
    async with Bench() as bench:
        await bench.kv.retire_user(USER)
        again = CachedKV(bench.store, clock=bench.clock, options=KVOptions(ledger=False))
        await again.start()
        assert again.is_retired(USER)
        assert not again.is_retired("anna")
        with pytest.raises(UserGoneError):
            await again.put(SONGS(USER), note(1))
        await again.readmit_user(USER)
        await again.put(SONGS(USER), note(1))
        assert not again.is_retired(USER)
        assert await bench.store.holds(MARK) is None


async def test_a_service_that_cannot_know_who_is_gone_does_not_start() -> None:
    bench = Bench()
    bench.store.down = True
    with pytest.raises(KVError):
        await bench.kv.start()
    with pytest.raises(KVError):
        await bench.kv.put(SONGS(USER), note(1))
    await bench.kv.close()


async def test_no_write_slips_in_that_was_under_way() -> None:
    """An update that reads, a put that waits for room: both look again when they write."""
    async with Bench(KVOptions(queue_entries=3, batch_size=1000, batch_delay_s=1e9, ledger=False)) as bench:
        await bench.kv.put(SONGS(USER), note(1))
        bench.store.reads_go.clear()
        updating = await bench.begun(bench.kv.update(SONGS(USER), lambda _: note(2)))
        bench.store.writes_go.clear()
        for number in range(3):
            await bench.kv.put_later(NOTE(number), note(1))
        waiting = await bench.begun(bench.kv.put(SONGS(USER, "late"), note(1)))
        retiring = await bench.begun(bench.kv.retire_user(USER))
        bench.store.writes_go.set()
        bench.store.reads_go.set()
        await retiring

        for call in (updating, waiting):
            with pytest.raises(UserGoneError):
                await call
        assert await bench.store.holds(SONGS(USER)) == '{"text":"1"}'
        assert await bench.store.holds(SONGS(USER, "late")) is None


async def test_writes_are_refused_before_the_tombstone_is_durable() -> None:
    async with Bench() as bench:
        bench.store.writes_go.clear()
        retiring = await bench.begun(bench.kv.retire_user(USER))
        with pytest.raises(UserGoneError):
            await bench.kv.put_later(SONGS(USER), note(1))
        bench.store.writes_go.set()
        await retiring


async def test_a_tombstone_that_is_not_durable_is_told_and_kept() -> None:
    async with Bench() as bench:
        bench.store.down = True
        with pytest.raises(KVError):
            await bench.kv.retire_user(USER)
        assert bench.kv.is_retired(USER)
        bench.store.down = False
        await bench.let_pass(asyncio.ensure_future(bench.kv.retire_user(USER)))
        assert USER not in (await bench.store.holds(MARK) or USER)


async def test_who_cannot_be_readmitted_stays_gone() -> None:
    async with Bench() as bench:
        await bench.kv.retire_user(USER)
        bench.store.down = True
        with pytest.raises(KVError):
            await bench.kv.readmit_user(USER)
        assert bench.kv.is_retired(USER)


async def test_a_write_queued_before_is_not_resurrected_by_a_retry() -> None:
    """The round with the user's value is lost on the way; the retry has to carry the removal instead."""
    async with Bench() as bench:
        await bench.kv.put_later(KEYS(USER), note(1))
        bench.store.mute = True
        flushing = await bench.begun(bench.kv.flush())
        await bench.clock.advance(5)
        await flushing
        bench.store.writes_go.clear()
        bench.store.mute = False
        purging = await bench.begun(retire_and_purge(bench.kv))
        await bench.clock.advance(2)
        await settle()
        bench.store.writes_go.set()
        await bench.let_pass(purging)
        await bench.kv.flush()

        assert (await bench.store.inner.scan("")).keys == (MARK.text,)


async def retire_and_purge(kv: CachedKV) -> None:
    await kv.retire_user(USER)
    await ALL.purge(kv, USER)


def test_the_error_is_no_storage_error() -> None:
    assert not issubclass(UserGoneError, KVError)
    assert (UserGoneError.status, UserGoneError.code) == (410, "account-gone")


async def test_some_kinds_of_a_user_go_and_others_stay() -> None:
    async with Bench() as bench:
        await bench.kv.put(KEYS(USER), note("k"))
        await bench.kv.retire_user(USER, kinds=["songs"])
        with pytest.raises(WithdrawnError):
            await bench.kv.put(SONGS(USER), note(1))
        await bench.kv.put(DOOR("k"), Door(user=USER))
        await bench.kv.put(SONGS("anna"), note(1))
        kv = bench.kv
        assert [kv.is_retired(USER), kv.is_retired(USER, SONGS), kv.is_retired(USER, DOOR)] == [
            True,
            True,
            False,
        ]
        again = CachedKV(bench.store, clock=bench.clock, options=KVOptions(ledger=False))
        await again.start()
        assert again.is_retired(USER, SONGS)
        assert not again.is_retired(USER, DOOR)
        await again.readmit_user(USER)
        await again.put(SONGS(USER), note(1))


@pytest.mark.parametrize("whole_first", [True, False])
async def test_who_is_gone_wholly_stays_so_whatever_kinds_go_as_well(*, whole_first: bool) -> None:
    async with Bench() as bench:
        for kinds in (None, ["songs"], ["keys"]) if whole_first else (["songs"], ["keys"], None):
            await bench.kv.retire_user(USER, kinds=kinds)
        again = CachedKV(bench.store, clock=bench.clock, options=KVOptions(ledger=False))
        await again.start()
        assert all(kv.is_retired(USER, space) for kv in (bench.kv, again) for space in (SONGS, KEYS, DOOR))


async def test_kinds_that_go_one_after_the_other_are_all_gone() -> None:
    async with Bench() as bench:
        for kind in (SONGS, KEYS):
            await bench.kv.retire_user(USER, kinds=[kind.prefix])
        assert bench.kv.is_retired(USER, SONGS)
        assert bench.kv.is_retired(USER, KEYS)
        assert not bench.kv.is_retired(USER, DOOR)

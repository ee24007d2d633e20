"""Rules of the queue: loads are shared, and never show what a write has overtaken."""

import asyncio

import pytest

from app.kv.cache import LARGEST_ENTRY
from app.kv.store import Put
from tests.fakes import settle
from tests.unit.kv.stand_ins import (
    NOTE,
    PLAN,
    Bench,
    note,
)

pytestmark = pytest.mark.anyio


# 9. A load that a write overtook is neither cached nor returned.


@pytest.mark.parametrize("space", [NOTE, PLAN])
async def test_a_load_that_a_put_overtook(space: type) -> None:
    async with Bench() as bench:
        await bench.store.inner.apply([])
        bench.store.reads_go.clear()
        get = await bench.begun(bench.kv.get(space("a")))
        many = await bench.begun(bench.kv.get_many([space("a"), space("b")]))
        await bench.kv.put(space("a"), note("new"))
        bench.store.reads_go.set()

        assert await get == note("new")
        assert await many == {space("a"): note("new")}
        assert await bench.kv.get(space("a")) == note("new")


async def test_a_load_that_a_delete_overtook() -> None:
    async with Bench() as bench:
        await bench.kv.put(PLAN("a"), note(1))
        bench.store.reads_go.clear()
        get = await bench.begun(bench.kv.get(PLAN("a")))
        await bench.kv.delete_later(PLAN("a"))
        bench.store.reads_go.set()

        assert await get is None
        assert await bench.kv.get(PLAN("a")) is None


async def test_who_comes_after_the_write_does_not_join_the_overtaken_load() -> None:
    async with Bench() as bench:
        bench.store.reads_go.clear()
        await bench.begun(bench.kv.get(PLAN("a")))
        await bench.kv.put(PLAN("a"), note("new"))
        late = await bench.begun(bench.kv.get(PLAN("a")))
        assert bench.store.seen["reads"] == 2
        bench.store.reads_go.set()

        assert await late == note("new")


# 11. Single flight.


async def test_two_hundred_cold_gets_are_one_read() -> None:
    async with Bench() as bench:
        await bench.kv.put(PLAN("a"), note(1))
        bench.store.reads_go.clear()
        gets = [bench.begin(bench.kv.get(PLAN("a"))) for _ in range(200)]
        await settle()
        bench.store.reads_go.set()

        assert await asyncio.gather(*gets) == [note(1)] * 200
        assert bench.store.seen["reads"] == 1
        assert bench.kv.snapshot().kinds["plan"].misses == 200


async def test_the_first_callers_cancellation_does_not_cancel_the_others() -> None:
    async with Bench() as bench:
        await bench.kv.put(PLAN("a"), note(1))
        bench.store.reads_go.clear()
        first = await bench.begun(bench.kv.get(PLAN("a")))
        second = await bench.begun(bench.kv.get(PLAN("a")))
        first.cancel()
        await settle()
        bench.store.reads_go.set()

        assert await second == note(1)
        assert bench.store.seen["reads"] == 1


async def test_get_many_joins_loads_under_way_and_asks_for_the_rest_in_one_call() -> None:
    async with Bench() as bench:
        bench.store.reads_go.clear()
        bench.store.seen.clear()
        await bench.begun(bench.kv.get(PLAN(0)))
        await bench.begun(bench.kv.get_many(PLAN(number) for number in range(5)))

        assert (bench.store.seen["calls"], bench.store.seen["reads"]) == (2, 5)


# 12. Short negative caching.


async def test_an_absent_key_is_not_asked_for_again_for_five_seconds() -> None:
    async with Bench() as bench:
        for _ in range(3):
            assert await bench.kv.get(NOTE("a")) is None
        assert bench.store.seen["reads"] == 1

        await bench.clock.advance(5)
        await bench.kv.get(NOTE("a"))
        assert bench.store.seen["reads"] == 2


async def test_a_key_just_written_is_not_absent() -> None:
    async with Bench() as bench:
        assert await bench.kv.get(NOTE("a")) is None
        await bench.kv.put(NOTE("a"), note(1))

        assert await bench.kv.get(NOTE("a")) == note(1)


async def test_a_load_that_began_before_the_write_leaves_no_absence_behind() -> None:
    async with Bench() as bench:
        bench.store.reads_go.clear()
        load = await bench.begun(bench.kv.get(NOTE("a")))
        await bench.kv.put(NOTE("a"), note(1))
        bench.kv._cache.discard(NOTE("a"))
        bench.store.reads_go.set()
        assert await load == note(1)

        bench.kv._cache.discard(NOTE("a"))
        assert await bench.kv.get(NOTE("a")) == note(1)


async def test_a_value_too_large_for_memory_is_not_absent_either() -> None:
    async with Bench() as bench:
        assert await bench.kv.get(NOTE("a")) is None
        large = note("x" * (LARGEST_ENTRY + 1))
        await bench.kv.put(NOTE("a"), large)

        assert await bench.kv.get(NOTE("a")) == large


async def test_a_removed_key_is_asked_for_once_more() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE("a"), note(1))
        await bench.kv.delete(NOTE("a"))
        await bench.store.inner.apply([Put("note:a", b'1 9 - json\n{"text":"of somebody else"}', None)])

        assert await bench.kv.get(NOTE("a")) == note("of somebody else")

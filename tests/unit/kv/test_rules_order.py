"""Rules of the queue: what is written is seen, and in the order in which it was written."""

from datetime import timedelta

import pytest

from app.kv.options import KVOptions
from tests.fakes import settle
from tests.unit.kv.stand_ins import NEVER_BY_ITSELF, NOTE, PLAN, Bench, note

pytestmark = pytest.mark.anyio


# 2. Read your writes.


async def test_a_write_is_readable_while_queued_in_flight_and_afterwards() -> None:
    async with Bench(NEVER_BY_ITSELF) as bench:
        await bench.kv.put_later(PLAN("a"), note(1))
        assert await bench.kv.get(PLAN("a")) == note(1)

        bench.store.writes_go.clear()
        await bench.begun(bench.kv.flush())
        assert bench.store.writing == 1
        assert await bench.kv.get(PLAN("a")) == note(1)
        assert bench.store.seen["reads"] == 0

        bench.store.writes_go.set()
        await bench.kv.flush()
        assert await bench.kv.get(PLAN("a")) == note(1)
        assert bench.store.seen["reads"] == 1


async def test_a_queued_value_ends_in_time() -> None:
    async with Bench(NEVER_BY_ITSELF) as bench:
        await bench.kv.put(NOTE("a"), note(1))
        await bench.kv.put_later(NOTE("a"), note(2), ttl=timedelta(seconds=10))
        await bench.clock.advance(10)
        assert await bench.kv.get(NOTE("a")) is None

        await bench.kv.flush()
        assert await bench.kv.get(NOTE("a")) is None
        assert await bench.store.holds(NOTE("a")) is None


async def test_a_life_of_nothing_is_over_at_once() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE("a"), note(1), ttl=timedelta(0))

        assert await bench.kv.get(NOTE("a")) is None


# 3. The queue is not the cache.


@pytest.mark.parametrize(
    "options", [KVOptions(cache_entries=0, ledger=False), KVOptions(memory_cache=False, ledger=False)]
)
async def test_a_queued_write_does_not_need_the_cache(options: KVOptions) -> None:
    async with Bench(options) as bench:
        for number in range(9):
            await bench.kv.put_later(NOTE(number), note(number))

        assert await bench.kv.get(NOTE(0)) == note(0)
        await bench.kv.flush()
        assert [await bench.store.holds(NOTE(n)) for n in range(9)] == [f'{{"text":"{n}"}}' for n in range(9)]


# 4. A delete is a tombstone in the same queue.


async def test_a_delete_is_not_undone_by_a_queued_put() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE("a"), note(1))
        await bench.kv.put_later(NOTE("a"), note(2))
        await bench.kv.delete(NOTE("a"))
        await bench.kv.flush()

        assert await bench.kv.get(NOTE("a")) is None
        assert await bench.store.holds(NOTE("a")) is None


async def test_a_delete_is_not_undone_by_a_put_in_flight_that_fails_and_comes_back() -> None:
    async with Bench() as bench:
        await bench.kv.put_later(NOTE("a"), note(1))
        bench.store.writes_go.clear()
        await bench.begun(bench.kv.flush())
        await bench.kv.delete_later(NOTE("a"))
        assert await bench.kv.get(NOTE("a")) is None

        bench.store.down = True
        bench.store.writes_go.set()
        await settle()
        bench.store.down = False
        await bench.let_pass(bench.kv.flush())
        assert await bench.store.holds(NOTE("a")) is None
        assert bench.store.written(-1) == {"note:a": None}


async def test_a_queued_delete_hides_the_value_at_once_and_a_later_put_shows() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE("a"), note(1))
        await bench.kv.delete_later(NOTE("a"))
        assert await bench.kv.get(NOTE("a")) is None
        assert await bench.kv.update(NOTE("a"), lambda _: note(9)) is None

        await bench.kv.put(NOTE("a"), note(2))
        assert await bench.store.holds(NOTE("a")) == '{"text":"2"}'


# 5. An immediate write goes through the queue.


async def test_an_older_queued_value_does_not_overwrite_a_newer_immediate_one() -> None:
    async with Bench() as bench:
        await bench.kv.put_later(NOTE("a"), note("old"))
        await bench.kv.put(NOTE("a"), note("new"))
        await bench.kv.flush()

        assert await bench.store.holds(NOTE("a")) == '{"text":"new"}'


async def test_an_older_value_in_flight_does_not_overwrite_a_newer_immediate_one() -> None:
    async with Bench() as bench:
        await bench.kv.put_later(NOTE("a"), note("old"))
        bench.store.writes_go.clear()
        await bench.begun(bench.kv.flush())
        newer = await bench.begun(bench.kv.put(NOTE("a"), note("new")))
        assert not newer.done()
        assert await bench.kv.get(NOTE("a")) == note("new")

        bench.store.writes_go.set()
        await newer
        assert [bench.store.written(n)["note:a"] for n in (0, 1)] == ['{"text":"old"}', '{"text":"new"}']


async def test_two_queued_writes_to_a_key_arrive_in_order() -> None:
    async with Bench(KVOptions(batch_size=1, ledger=False)) as bench:
        bench.store.writes_go.clear()
        await bench.kv.put_later(NOTE("a"), note(1))
        await settle()
        await bench.kv.put_later(NOTE("a"), note(2))
        bench.store.writes_go.set()
        await bench.kv.flush()

        assert [bench.store.written(n)["note:a"] for n in (0, 1)] == ['{"text":"1"}', '{"text":"2"}']
        assert await bench.store.holds(NOTE("a")) == '{"text":"2"}'


async def test_an_immediate_write_is_durable_when_it_returns_and_not_before() -> None:
    async with Bench() as bench:
        bench.store.writes_go.clear()
        put = await bench.begun(bench.kv.put(NOTE("a"), note(1)))
        assert not put.done()

        bench.store.writes_go.set()
        await put
        assert await bench.store.holds(NOTE("a")) == '{"text":"1"}'


async def test_many_immediate_writes_are_one_round() -> None:
    async with Bench() as bench:
        await bench.kv.put_many({NOTE(number): note(number) for number in range(50)})
        await bench.kv.put_many({})

        assert [len(batch) for batch in bench.store.batches] == [50]

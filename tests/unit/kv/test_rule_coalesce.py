"""Rule of the queue: coalesce per key, and skip what changes nothing."""

from datetime import timedelta

import pytest

from app.kv.errors import KVError
from tests.fakes import settle
from tests.unit.kv.stand_ins import FOREVER, NOTE, ONE_AT_A_TIME, Bench, note

pytestmark = pytest.mark.anyio


# 1. Coalesce per key; skip what changes nothing.


async def test_ten_writes_to_a_key_are_one_store_write() -> None:
    async with Bench() as bench:
        for number in range(10):
            await bench.kv.put_later(NOTE("a"), note(number))
        await bench.kv.flush()

        assert len(bench.store.batches) == 1
        assert bench.store.written(0) == {"note:a": '{"text":"9"}'}
        assert bench.store.seen["writes"] == 1
        assert bench.kv.snapshot().kinds["note"].coalesced == 9


async def test_an_equal_write_is_skipped_while_more_than_half_of_its_life_is_left() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE("a"), note(1))
        await bench.clock.advance(1700)
        await bench.kv.put(NOTE("a"), note(1))
        await bench.kv.put_later(NOTE("a"), note(1))

        assert bench.store.seen["writes"] == 1
        assert bench.kv.snapshot().kinds["note"].skipped == 2
        await bench.clock.advance(101)
        await bench.kv.put(NOTE("a"), note(1))
        assert bench.store.seen["writes"] == 2


async def test_a_value_that_was_loaded_is_skipped_too() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE("a"), note(1))
        await bench.kv.delete(NOTE("a"))
        await bench.kv.put(NOTE("a"), note(2))
        await bench.kv.get(NOTE("a"))
        await bench.kv.put(NOTE("a"), note(2))

        assert bench.store.seen["writes"] == 2


async def test_a_shorter_life_is_never_skipped() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE("a"), note(1))
        await bench.kv.put(NOTE("a"), note(1), ttl=timedelta(seconds=10))
        await bench.clock.advance(10)

        assert await bench.kv.get(NOTE("a")) is None


async def test_without_an_end_only_an_equal_endless_write_is_skipped() -> None:
    async with Bench() as bench:
        await bench.kv.put(FOREVER("a"), note(1))
        await bench.kv.put(FOREVER("a"), note(1))
        assert bench.store.seen["writes"] == 1
        await bench.kv.put(FOREVER("a"), note(1), ttl=timedelta(seconds=10))
        assert bench.store.seen["writes"] == 2
        await bench.kv.put(FOREVER("a"), note(1))
        assert bench.store.seen["writes"] == 3


async def test_a_write_back_to_the_durable_value_withdraws_the_queued_one() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE("a"), note(1))
        await bench.kv.put_later(NOTE("a"), note(2))
        flush = bench.begin(bench.kv.flush())
        await bench.kv.put_later(NOTE("b"), note(1))
        await flush
        assert bench.store.seen["writes"] == 3

        await bench.kv.put_later(NOTE("b"), note(2))
        await bench.kv.put_later(NOTE("b"), note(1))
        await bench.kv.flush()
        assert bench.store.seen["writes"] == 3
        assert await bench.kv.get(NOTE("b")) == note(1)


async def test_who_waits_for_a_withdrawn_write_is_told_that_all_is_durable() -> None:
    async with Bench(limits=ONE_AT_A_TIME) as bench:
        await bench.kv.put(NOTE("a"), note(1))
        bench.store.writes_go.clear()
        await bench.begun(bench.kv.put(NOTE("b"), note(1)))
        waiting = await bench.begun(bench.kv.put(NOTE("a"), note(2)))
        await bench.kv.put(NOTE("a"), note(1))
        await settle()

        assert waiting.done()
        assert waiting.exception() is None


async def test_nothing_is_skipped_while_the_durable_value_is_uncertain() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE("a"), note(1))
        bench.store.writes_go.clear()
        await bench.begun(bench.kv.put(NOTE("a"), note(2)))
        await bench.kv.put_later(NOTE("a"), note(1))
        bench.store.writes_go.set()
        await bench.kv.flush()
        assert await bench.store.holds(NOTE("a")) == '{"text":"1"}'

        bench.store.mute = True
        with pytest.raises(KVError):
            await bench.kv.put(NOTE("a"), note(3))
        bench.store.mute = False
        await bench.let_pass(bench.kv.put(NOTE("a"), note(1)))
        assert await bench.store.holds(NOTE("a")) == '{"text":"1"}'


async def test_nothing_is_skipped_on_a_store_that_others_write_too() -> None:
    async with Bench(single_writer=False) as bench:
        await bench.kv.put(NOTE("a"), note(1))
        await bench.kv.put(NOTE("a"), note(1))

        assert bench.store.seen["writes"] == 2

"""Rules of the queue: when a round starts, what it takes, and who waits for it."""

import asyncio
from dataclasses import replace

import pytest

from app.kv.store import Limits
from tests.fakes import settle
from tests.unit.kv.stand_ins import (
    NEVER_BY_ITSELF,
    NOTE,
    ONE_AT_A_TIME,
    Bench,
    note,
)

pytestmark = pytest.mark.anyio


# 7. One flusher; three things wake it; a round takes everything.


async def test_ten_dirty_keys_wake_the_flusher() -> None:
    async with Bench() as bench:
        for number in range(9):
            await bench.kv.put_later(NOTE(number), note(number))
        await settle()
        assert bench.store.batches == []

        await bench.kv.put_later(NOTE(9), note(9))
        await settle()
        assert [len(batch) for batch in bench.store.batches] == [10]


async def test_the_age_of_the_oldest_wakes_the_flusher() -> None:
    async with Bench() as bench:
        await bench.kv.put_later(NOTE("a"), note(1))
        await bench.clock.advance(3)
        await bench.kv.put_later(NOTE("b"), note(2))
        await bench.clock.advance(1.9)
        assert bench.store.batches == []

        await bench.clock.advance(0.2)
        assert [len(batch) for batch in bench.store.batches] == [2]


async def test_a_key_that_is_written_again_and_again_is_not_put_off() -> None:
    async with Bench() as bench:
        for number in range(6):
            await bench.kv.put_later(NOTE("a"), note(number))
            await bench.clock.advance(0.9)

        assert bench.store.written(0) == {"note:a": '{"text":"5"}'}


async def test_a_second_window_begins_with_its_own_oldest() -> None:
    async with Bench() as bench:
        await bench.kv.put_later(NOTE("a"), note(1))
        await bench.clock.advance(3)
        await bench.kv.flush()
        await bench.kv.put_later(NOTE("a"), note(2))
        await bench.clock.advance(4)
        assert len(bench.store.batches) == 1

        await bench.clock.advance(1)
        assert len(bench.store.batches) == 2


async def test_an_earlier_look_takes_the_place_of_a_later_one(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Bench() as bench:
        monkeypatch.setattr(bench.kv._flusher, "_random", lambda: 1.0)
        bench.store.down = True
        await bench.kv.put_later(NOTE("a"), note(1))
        await bench.clock.advance(40)
        bench.store.down = False
        put = await bench.begun(bench.kv.put(NOTE("b"), note(1)))
        await bench.clock.advance(1)

        assert put.done()


async def test_concurrent_writes_share_rounds_and_rounds_never_overlap() -> None:
    async with Bench() as bench:
        bench.store.writes_go.clear()
        puts = [bench.begin(bench.kv.put(NOTE(number), note(number))) for number in range(20)]
        await settle()
        puts += [bench.begin(bench.kv.put(NOTE(number), note("again"))) for number in range(20)]
        flushes = [bench.begin(bench.kv.flush()) for _ in range(5)]
        await settle()
        assert bench.store.writing == 1

        bench.store.writes_go.set()
        await asyncio.gather(*puts, *flushes)
        assert [len(batch) for batch in bench.store.batches] == [20, 20]
        assert bench.store.most_writing == 1


async def test_a_round_is_never_larger_than_the_store_allows() -> None:
    async with Bench(NEVER_BY_ITSELF, limits=Limits(100, 10_000, 4, 10_000)) as bench:
        for number in range(10):
            await bench.kv.put_later(NOTE(number), note(number))
        await bench.kv.flush()
        assert [len(batch) for batch in bench.store.batches] == [4, 4, 2]

        for number in range(4):
            await bench.kv.put_later(NOTE(number), note("x" * 4000))
        await bench.kv.flush()
        assert [len(batch) for batch in bench.store.batches[3:]] == [2, 2]


# 14. Flush.


async def test_flush_waits_for_what_is_in_flight_and_what_is_queued() -> None:
    async with Bench(NEVER_BY_ITSELF) as bench:
        await bench.kv.put_later(NOTE("a"), note(1))
        bench.store.writes_go.clear()
        await bench.begun(bench.kv.flush())
        await bench.kv.put_later(NOTE("b"), note(1))
        flush = await bench.begun(bench.kv.flush())
        assert not flush.done()

        bench.store.writes_go.set()
        await flush
        assert [await bench.store.holds(NOTE(name)) for name in "ab"] == ['{"text":"1"}'] * 2


async def test_flush_of_nothing_returns() -> None:
    async with Bench() as bench:
        await bench.kv.flush()
        await bench.kv.flush(2)

        assert bench.store.batches == []


async def test_flush_returns_when_its_writes_have_failed_and_are_kept() -> None:
    async with Bench() as bench:
        bench.store.down = True
        await bench.kv.put_later(NOTE("a"), note(1))
        await bench.kv.flush()

        assert bench.kv.snapshot().kinds["note"].failed == 1
        assert bench.kv.snapshot().queue.depth == 1


async def test_a_flush_with_a_limit_leaves_the_round_to_the_flusher() -> None:
    async with Bench() as bench:
        await bench.kv.put_later(NOTE("a"), note(1))
        bench.store.writes_go.clear()
        flush = await bench.begun(bench.kv.flush(2))
        await bench.clock.advance(2)
        assert flush.done()
        assert flush.exception() is None

        bench.store.writes_go.set()
        await settle()
        assert await bench.store.holds(NOTE("a")) == '{"text":"1"}'
        assert len(bench.store.batches) == 1


async def test_a_round_can_be_kept_smaller_than_the_store_allows() -> None:
    async with Bench(replace(NEVER_BY_ITSELF, round_keys=3)) as bench:
        await bench.kv.put_many({NOTE(number): note(number) for number in range(7)})
        assert [len(batch) for batch in bench.store.batches] == [3, 3, 1]

    async with Bench(replace(NEVER_BY_ITSELF, round_keys=3), limits=ONE_AT_A_TIME) as bench:
        await bench.kv.put_many({NOTE(number): note(number) for number in range(2)})
        assert [len(batch) for batch in bench.store.batches] == [1, 1]

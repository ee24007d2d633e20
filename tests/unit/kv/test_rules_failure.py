"""Rules of the queue: a failed write is kept, and who waits for it is told."""

import asyncio
from datetime import timedelta

import pytest

from app.kv.errors import KVError, StoreTimeoutError, WriteRejectedError
from app.kv.store import Limits
from tests.fakes import settle
from tests.unit.kv.stand_ins import (
    NOTE,
    ONE_AT_A_TIME,
    PLAN,
    Bench,
    note,
)

pytestmark = pytest.mark.anyio


# 6. A failed batch is kept.


async def test_a_failed_batch_is_kept_and_written_later() -> None:
    async with Bench() as bench:
        bench.store.down = True
        await bench.kv.put_later(NOTE("a"), note(1))
        await bench.kv.put_later(NOTE("b"), note(2))
        await bench.kv.flush()
        assert bench.kv.snapshot().queue.depth == 2
        assert bench.kv.snapshot().queue.failing
        assert await bench.kv.get(NOTE("a")) == note(1)

        bench.store.down = False
        await bench.clock.advance(30)
        assert [await bench.store.holds(key) for key in (NOTE("a"), NOTE("b"))] == [
            '{"text":"1"}',
            '{"text":"2"}',
        ]
        counts = bench.kv.snapshot().kinds["note"]
        assert (counts.failed, counts.retried, counts.writes) == (2, 2, 4)
        assert not bench.kv.snapshot().queue.failing


async def test_a_failed_write_does_not_come_back_over_a_newer_one() -> None:
    async with Bench() as bench:
        await bench.kv.put_later(NOTE("a"), note("old"))
        bench.store.down = True
        bench.store.writes_go.clear()
        await bench.begun(bench.kv.flush())
        await bench.kv.put_later(NOTE("a"), note("new"))
        bench.store.writes_go.set()
        await settle()
        bench.store.down = False
        await bench.let_pass(bench.kv.flush())

        assert await bench.store.holds(NOTE("a")) == '{"text":"new"}'
        assert bench.kv.snapshot().queue.depth == 0
        assert bench.kv.snapshot().queue.bytes == 0


async def test_after_a_partial_success_only_the_failed_keys_go_back() -> None:
    async with Bench() as bench:
        bench.store.fails = {"note:b"}
        for name in ("a", "b", "c"):
            await bench.kv.put_later(NOTE(name), note(name))
        await bench.kv.flush()
        assert bench.kv.snapshot().queue.depth == 1

        bench.store.fails = set()
        await bench.let_pass(bench.kv.flush())
        assert bench.store.written(1) == {"note:b": '{"text":"b"}'}


async def test_failed_writes_are_first_in_line() -> None:
    async with Bench(limits=ONE_AT_A_TIME) as bench:
        bench.store.down = True
        bench.begin(bench.kv.put(NOTE("first"), note(1)))
        await bench.begun(bench.kv.put(NOTE("second"), note(1)))
        bench.store.down = False
        await bench.let_pass(bench.kv.flush())

        assert [[write.key for write in batch] for batch in bench.store.batches] == [
            ["note:first"],
            ["note:first"],
            ["note:second"],
        ]


async def test_retries_wait_exponentially_longer_up_to_thirty_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Bench() as bench:
        monkeypatch.setattr(bench.kv._flusher, "_random", lambda: 1.0)
        bench.store.down = True
        await bench.kv.put_later(NOTE("a"), note(1))
        await bench.clock.advance(5)
        pauses = []
        for number in range(2, 10):
            before = bench.clock.monotonic()
            while len(bench.store.batches) < number:
                await bench.clock.advance(0.25)
            pauses.append(bench.clock.monotonic() - before)

        assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30]


async def test_the_pause_is_any_part_of_the_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Bench() as bench:
        monkeypatch.setattr(bench.kv._flusher, "_random", lambda: 0.1)
        bench.store.down = True
        await bench.kv.put_later(NOTE("a"), note(1))
        await bench.clock.advance(5.04)
        assert len(bench.store.batches) == 1

        await bench.clock.advance(0.02)
        assert len(bench.store.batches) == 2


async def test_a_store_that_is_down_for_hours_loses_nothing() -> None:
    async with Bench() as bench:
        bench.store.down = True
        for number in range(20):
            await bench.kv.put_later(NOTE(number), note(number), ttl=timedelta(days=7))
            await bench.clock.advance(1080)
        bench.store.down = False
        await bench.clock.advance(31)

        assert [await bench.store.holds(NOTE(n)) for n in range(20)] == [
            f'{{"text":"{n}"}}' for n in range(20)
        ]


async def test_a_poison_item_becomes_a_dead_letter_and_does_not_block_the_batch() -> None:
    async with Bench(limits=Limits(20, 100, 10, 10_000)) as bench:
        large = await bench.begun(bench.kv.put(NOTE("large"), note("x" * 200)))
        long_key = bench.begin(bench.kv.delete(NOTE("k" * 30)))
        await bench.kv.put_later(NOTE("b"), note("b"))
        await bench.kv.flush()

        with pytest.raises(WriteRejectedError):
            await large
        with pytest.raises(WriteRejectedError):
            await long_key
        assert await bench.store.holds(NOTE("b")) == '{"text":"b"}'
        assert {letter.key for letter in bench.kv.dead_letters} == {"note:large", "note:" + "k" * 30}
        assert bench.kv.snapshot().queue.dead_letters == 2
        assert bench.kv.snapshot().totals.dropped == 2
        assert bench.kv.snapshot().queue.depth == 0
        assert await bench.kv.get(NOTE("large")) is None


# 8. A timeout of an immediate write means unknown.


async def test_a_refused_immediate_write_raises_and_stays_queued() -> None:
    async with Bench() as bench:
        bench.store.down = True
        with pytest.raises(KVError) as raised:
            await bench.kv.put(NOTE("a"), note(1))
        assert raised.value.status == 503
        assert await bench.kv.get(NOTE("a")) == note(1)

        bench.store.down = False
        await bench.clock.advance(1)
        assert await bench.store.holds(NOTE("a")) == '{"text":"1"}'


async def test_an_immediate_write_that_takes_too_long_raises_and_stays_queued() -> None:
    async with Bench() as bench:
        bench.store.writes_go.clear()
        put = await bench.begun(bench.kv.put(NOTE("a"), note(1)))
        await bench.clock.advance(4.9)
        assert not put.done()

        await bench.clock.advance(0.1)
        with pytest.raises(StoreTimeoutError):
            await put
        assert await bench.kv.get(NOTE("a")) == note(1)
        bench.store.writes_go.set()
        await bench.clock.advance(1)
        assert await bench.store.holds(NOTE("a")) == '{"text":"1"}'


async def test_a_hanging_store_does_not_pile_up_tasks() -> None:
    async with Bench() as bench:
        bench.store.writes_go.clear()
        bench.store.reads_go.clear()
        calls = []
        for number in range(40):
            calls += [
                bench.begin(bench.kv.put(NOTE(number), note(1))),
                bench.begin(bench.kv.get(PLAN(number))),
            ]
            await bench.clock.advance(1)
        await bench.clock.advance(12)

        assert all(isinstance(call.exception(), KVError) for call in calls)
        assert bench.store.writing <= 1
        assert len(asyncio.all_tasks()) < 10


async def test_nobody_waits_long_behind_a_batch_that_fails() -> None:
    async with Bench(limits=ONE_AT_A_TIME) as bench:
        bench.store.down = True
        puts = [bench.begin(bench.kv.put(NOTE(number), note(1))) for number in range(5)]
        await settle()

        assert all(isinstance(put.exception(), KVError) for put in puts)
        assert len(bench.store.batches) == 1


async def test_somebody_who_waits_may_have_a_failing_store_asked_once_a_second() -> None:
    async with Bench() as bench:
        bench.kv._flusher._random = lambda: 1.0
        bench.store.down = True
        await bench.kv.put_later(NOTE("a"), note(1))
        await bench.clock.advance(60)
        before = len(bench.store.batches)
        for _ in range(40):
            bench.begin(bench.kv.put(NOTE("b"), note(1)))
            await bench.clock.advance(0.25)

        assert 9 <= len(bench.store.batches) - before <= 11


async def test_a_caller_who_goes_away_takes_nobody_along() -> None:
    async with Bench() as bench:
        bench.store.writes_go.clear()
        first = await bench.begun(bench.kv.put(NOTE("a"), note(1)))
        second = await bench.begun(bench.kv.put(NOTE("a"), note(2)))
        flush = await bench.begun(bench.kv.flush())
        second.cancel()
        flush.cancel()
        await settle()
        bench.store.writes_go.set()

        await first
        await bench.kv.flush()
        assert await bench.store.holds(NOTE("a")) == '{"text":"2"}'

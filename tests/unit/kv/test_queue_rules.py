"""The rules of the write queue, in the order of their numbers."""

import asyncio
from datetime import timedelta

import pytest

from app.kv.errors import KVError, QueueFullError, StoreTimeoutError, WriteRejectedError
from app.kv.options import KVOptions
from app.kv.store import Limits
from tests.fakes import settle
from tests.unit.kv.stand_ins import BOARD, COUNTS, FOREVER, NOTE, PLAN, Bench, note

pytestmark = pytest.mark.anyio

ONE_AT_A_TIME = Limits(1024, 1024 * 1024, 1, 1024 * 1024)
NEVER_BY_ITSELF = KVOptions(batch_size=1000, batch_delay_s=1e9)


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


@pytest.mark.parametrize("options", [KVOptions(cache_entries=0), KVOptions(memory_cache=False)])
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
    async with Bench(KVOptions(batch_size=1)) as bench:
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


# 10. Bounded; at the bound each kind does what it says.


TINY = KVOptions(queue_entries=3, batch_size=1000, batch_delay_s=1e9)


async def test_a_kind_that_waits_is_refused_when_there_is_no_room_for_five_seconds() -> None:
    async with Bench(TINY) as bench:
        bench.store.writes_go.clear()
        for number in range(3):
            await bench.kv.put_later(NOTE(number), note(number))
        late = await bench.begun(bench.kv.put_later(NOTE("late"), note(1)))
        await bench.kv.put_later(NOTE(0), note("coalesced"))
        await bench.clock.advance(5)

        with pytest.raises(QueueFullError):
            await late
        assert bench.kv.snapshot().kinds["note"].dropped == 1
        assert bench.kv.snapshot().queue.depth == 3


async def test_a_kind_that_waits_goes_on_when_there_is_room() -> None:
    async with Bench(TINY) as bench:
        for number in range(3):
            await bench.kv.put_later(NOTE(number), note(number))
        late = [await bench.begun(bench.kv.put_later(NOTE(f"late{n}"), note(1))) for n in range(2)]
        assert not any(call.done() for call in late)

        await bench.kv.flush()
        await asyncio.gather(*late)
        assert bench.kv.snapshot().queue.depth == 2


async def test_bytes_are_bounded_too() -> None:
    async with Bench(KVOptions(queue_bytes=1000, batch_size=1000, batch_delay_s=1e9)) as bench:
        await bench.kv.put_later(NOTE("a"), note("x" * 1000))
        late = await bench.begun(bench.kv.put_later(NOTE("b"), note(1)))

        assert not late.done()
        await bench.kv.flush()
        await late


async def test_a_kind_that_drops_gives_up_its_own_oldest_value_but_no_delete() -> None:
    async with Bench(TINY) as bench:
        bench.store.down = True
        await bench.kv.put_later(NOTE("kept"), note(1))
        await bench.kv.delete_later(BOARD("deleted"))
        await bench.kv.put_later(BOARD("old"), note(1))
        flush = bench.begin(bench.kv.flush())
        await bench.kv.put_later(BOARD("new"), note(1))
        await flush

        queued = {entry.key.text for entry in bench.kv._queue.entries()}
        assert queued == {"note:kept", "board:deleted", "board:new"}
        assert bench.kv.snapshot().kinds["board"].dropped == 1


async def test_a_kind_that_drops_is_let_in_when_it_has_nothing_to_give_up() -> None:
    async with Bench(TINY) as bench:
        for number in range(3):
            await bench.kv.put_later(NOTE(number), note(number))
        await bench.kv.put_later(BOARD("a"), note(1))
        await bench.kv.put_later(BOARD("b"), note(1))

        assert bench.kv.snapshot().queue.depth == 4
        assert await bench.kv.get(BOARD("b")) == note(1)


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


# 13. Counters lose nothing.


async def test_twenty_concurrent_events_count_twenty() -> None:
    async with Bench() as bench:
        await asyncio.gather(*(bench.kv.count(COUNTS("today"), {"views": 1}) for _ in range(20)))
        await bench.kv.flush()

        assert await bench.store.holds(COUNTS("today")) == '{"totals":{"views":20}}'


async def test_events_count_through_failures() -> None:
    async with Bench() as bench:
        await bench.kv.count(COUNTS("today"), {"views": 1})
        bench.store.mute = True
        await bench.kv.flush()
        await asyncio.gather(*(bench.kv.count(COUNTS("today"), {"views": 1}) for _ in range(20)))
        bench.store.mute = False
        await bench.let_pass(bench.kv.flush())

        assert await bench.store.holds(COUNTS("today")) == '{"totals":{"views":21}}'


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

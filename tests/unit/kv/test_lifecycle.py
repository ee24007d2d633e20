"""Start, drain, end; and what becomes of values that cannot be read."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from app.kv.cached import CachedKV
from app.kv.errors import KVError, UnreadableValueError
from app.kv.options import KVOptions
from app.kv.store import Put
from tests.fakes import settle
from tests.unit.kv.stand_ins import COUNTS, NEVER_BY_ITSELF, NOTE, PLAN, RAW, Bench, note

pytestmark = pytest.mark.anyio


async def test_close_drains_what_is_queued() -> None:
    async with Bench(NEVER_BY_ITSELF) as bench:
        for number in range(30):
            await bench.kv.put_later(NOTE(number), note(number))
        with capture_logs() as lines:
            await bench.kv.close()

        assert sum(len(batch) for batch in bench.store.batches) == 30
        assert lines == []


async def test_close_goes_on_while_the_store_fails_for_a_moment() -> None:
    async with Bench(NEVER_BY_ITSELF) as bench:
        await bench.kv.put_later(NOTE("a"), note(1))
        bench.store.down = True
        closing = await bench.begun(bench.kv.close())
        await bench.clock.advance(6)
        bench.store.down = False
        await bench.clock.advance(1)

        assert closing.done()
        assert bench.store.written(-1) == {"note:a": '{"text":"1"}'}


@pytest.mark.parametrize("turns", range(10))
async def test_what_is_accepted_while_the_service_closes_is_durable(turns: int) -> None:
    async with Bench(NEVER_BY_ITSELF) as bench:
        bench.store.reads_go.clear()
        get = await bench.begun(bench.kv.get(PLAN("a")))
        closing = bench.begin(bench.kv.close())
        for _ in range(turns):
            await asyncio.sleep(0)
        late = await bench.begun(bench.kv.put_later(NOTE("late"), note(1)))
        await asyncio.gather(closing, get, late, return_exceptions=True)

        accepted = late.exception() is None
        assert accepted == ("note:late" in {write.key for batch in bench.store.batches for write in batch})


async def test_close_ends_after_eight_seconds_and_names_what_is_lost() -> None:
    async with Bench(NEVER_BY_ITSELF) as bench:
        await bench.kv.put_later(NOTE("a"), note(1))
        await bench.kv.put_later(PLAN("a"), note(1))
        bench.store.writes_go.clear()
        with capture_logs() as lines:
            closing = await bench.begun(bench.kv.close())
            await bench.clock.advance(7.9)
            assert not closing.done()
            await bench.clock.advance(0.1)

        assert closing.done()
        assert {
            "event": "kv.writes-lost",
            "count": 2,
            "kinds": {"note": 1, "plan": 1},
            "log_level": "error",
        } in lines
        assert bench.kv.snapshot().queue.depth == 2


async def test_who_waits_for_a_write_when_everything_ends_is_told() -> None:
    async with Bench() as bench:
        bench.store.writes_go.clear()
        put = await bench.begun(bench.kv.put(NOTE("a"), note(1)))
        late = await bench.begun(bench.kv.put(NOTE("b"), note(1)))
        bench.kv._flusher._task.cancel()  # type: ignore[union-attr]
        await bench.let_pass(bench.kv.close())

        for call in (put, late):
            with pytest.raises(KVError, match="closed"):
                await call


async def test_close_ends_loads_that_hang() -> None:
    async with Bench() as bench:
        bench.store.reads_go.clear()
        get = await bench.begun(bench.kv.get(NOTE("a")))
        overtaken = await bench.begun(bench.kv.get(PLAN("a")))
        await bench.kv.put(PLAN("a"), note(1))
        await bench.kv.close()

        with pytest.raises(KVError, match="stopped"):
            await get
        with pytest.raises(KVError):
            await overtaken


async def test_who_waits_for_room_when_everything_ends_is_told() -> None:
    async with Bench(KVOptions(queue_entries=1, ledger=False)) as bench:
        bench.store.writes_go.clear()
        await bench.kv.put_later(NOTE("a"), note(1))
        closing = await bench.begun(bench.kv.close())
        await bench.clock.advance(4)
        late = await bench.begun(bench.kv.put_later(NOTE("b"), note(1)))
        await bench.clock.advance(4)

        assert closing.done()
        assert isinstance(late.exception(), KVError)


async def test_an_update_that_waits_for_room_when_everything_ends_is_told() -> None:
    async with Bench(KVOptions(queue_entries=1, ledger=False)) as bench:
        await bench.kv.put(NOTE("b"), note(0))
        bench.store.writes_go.clear()
        await bench.kv.put_later(NOTE("a"), note(1))
        closing = await bench.begun(bench.kv.close())
        await bench.clock.advance(4)
        late = await bench.begun(bench.kv.update(NOTE("b"), lambda _: note(1)))
        await bench.clock.advance(4)

        assert closing.done()
        assert isinstance(late.exception(), KVError)


@pytest.mark.parametrize("turns", range(5))
async def test_a_load_that_begins_when_everything_ends_leaves_nobody_waiting(turns: int) -> None:
    async with Bench() as bench:
        get = bench.begin(bench.kv.get(NOTE("a")))
        for _ in range(turns):
            await asyncio.sleep(0)
        await bench.kv.close()
        await settle()

        answered = get.done()
        get.cancel()
        assert answered


async def test_before_the_start_and_after_the_end_writes_are_refused() -> None:
    async with Bench() as bench:
        other = CachedKV(bench.store, clock=bench.clock)
        with pytest.raises(KVError, match="closed"):
            await other.put(NOTE("a"), note(1))
        await bench.kv.close()

        for call in (
            bench.kv.put_later(NOTE("a"), note(1)),
            bench.kv.delete(NOTE("a")),
            bench.kv.update(COUNTS("a"), lambda counters: counters),
            bench.kv.get(NOTE("a")),
        ):
            with pytest.raises(KVError):
                await call


async def test_closing_what_was_never_started() -> None:
    async with Bench() as bench:
        await CachedKV(bench.store, clock=bench.clock).close()

        with pytest.raises(KVError):
            await bench.kv.get(NOTE("a"))


async def test_no_task_is_left_behind() -> None:
    before = asyncio.all_tasks()
    async with Bench() as bench:
        await bench.kv.put_later(NOTE("a"), note(1))
        await bench.clock.advance(1)
        await bench.kv.get(PLAN("a"))
        bench.store.reads_go.clear()
        await bench.begun(bench.kv.get(PLAN("b")))
    await settle()

    assert asyncio.all_tasks() == before


async def test_bytes_are_kept_and_sent_as_they_are() -> None:
    async with Bench() as bench:
        await bench.kv.put(RAW("a"), b'{"ready":true}')
        await bench.kv.delete(NOTE("a"))
        assert await bench.kv.get(RAW("a")) == b'{"ready":true}'
        await bench.clock.advance(timedelta(days=1).total_seconds())

        assert await bench.kv.get(RAW("a")) == b'{"ready":true}'


async def test_large_values_go_through_compressed() -> None:
    async with Bench() as bench:
        text = "genre " * 100_000
        await bench.kv.put(NOTE("a"), note(text))
        put = bench.store.batches[0][0]
        assert isinstance(put, Put)
        assert len(put.data) < 10_000

        await bench.kv.get(NOTE("a"))
        assert bench.store.seen["reads"] == 0
        await bench.clock.advance(61)
        assert await bench.kv.get(NOTE("a")) == note(text)


@pytest.mark.parametrize("data", [b"no envelope", b'1 1 - json\n{"text":1}'])
async def test_a_value_that_cannot_be_read_is_an_error_and_can_be_replaced(data: bytes) -> None:
    async with Bench() as bench:
        await bench.store.inner.apply(
            [Put("note:a", data, None), Put("note:b", b'1 1 - json\n{"text":"b"}', None)]
        )
        with pytest.raises(UnreadableValueError):
            await bench.kv.get(NOTE("a"))
        with pytest.raises(UnreadableValueError):
            await bench.kv.get_many([NOTE("a"), NOTE("b")])

        await bench.kv.put(NOTE("a"), note("new"))
        await bench.clock.advance(61)
        assert await bench.kv.get(NOTE("a")) == note("new")


async def test_an_envelope_that_ended_is_absent_though_the_store_still_has_it() -> None:
    async with Bench() as bench:
        ended = bench.clock.now().timestamp()
        await bench.store.inner.apply([Put("note:a", b'1 1 %r json\n{"text":"a"}' % ended, None)])

        assert await bench.kv.get(NOTE("a")) is None


async def test_an_adapter_that_answers_nonsense_counts_as_failing() -> None:
    async with Bench() as bench:
        bench.store.silent = True
        with pytest.raises(KVError):
            await bench.kv.put(NOTE("a"), note(1))
        bench.store.silent = False
        await bench.let_pass(bench.kv.flush())

        assert await bench.store.holds(NOTE("a")) == '{"text":"1"}'


async def test_versions_only_grow_even_when_the_wall_clock_goes_back() -> None:
    async with Bench() as bench:
        versions = []
        for number in range(3):
            await bench.kv.put(NOTE("a"), note(number))
            put = bench.store.batches[-1][0]
            assert isinstance(put, Put)
            versions.append(int(put.data.split(b" ")[1]))
            bench.clock._now -= timedelta(hours=1)

        assert versions == sorted(set(versions))

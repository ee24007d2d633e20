"""Rule of the queue: flush waits for what is queued now, however many call it and however much is queued."""

import asyncio
import gc

import pytest

from app.kv.errors import KVError
from tests.fakes import settle
from tests.unit.kv.stand_ins import FOREVER, NEVER_BY_ITSELF, NOTE, ONE_AT_A_TIME, Bench, note

pytestmark = pytest.mark.anyio


def futures() -> int:
    gc.collect()
    things = [thing for thing in gc.get_objects() if isinstance(thing, asyncio.Future)]
    return sum(not isinstance(thing, asyncio.Task) for thing in things)


async def test_many_callers_do_not_multiply_with_many_entries() -> None:
    async with Bench(NEVER_BY_ITSELF) as bench:
        bench.store.writes_go.clear()
        for number in range(500):
            await bench.kv.put_later(NOTE(number), note(number))
        before = futures()
        flushes = [bench.begin(bench.kv.flush()) for _ in range(100)]
        await settle()
        assert futures() - before < 500

        bench.store.writes_go.set()
        await asyncio.gather(*flushes)
        assert bench.kv.snapshot().queue.depth == 0


async def test_callers_with_no_write_in_between_share_one_barrier() -> None:
    async with Bench(NEVER_BY_ITSELF) as bench:
        bench.store.writes_go.clear()
        await bench.kv.put_later(NOTE("a"), note(1))
        for _ in range(3):
            await bench.begun(bench.kv.flush())
        assert len(bench.kv._queue._barriers) == 1

        await bench.kv.put_later(NOTE("b"), note(1))
        await bench.begun(bench.kv.flush())
        assert len(bench.kv._queue._barriers) == 2
        bench.store.writes_go.set()
        await bench.kv.flush()
        assert bench.kv._queue._barriers == {}


async def test_flush_does_not_wait_for_what_was_queued_after_it() -> None:
    async with Bench(NEVER_BY_ITSELF, limits=ONE_AT_A_TIME) as bench:
        await bench.kv.put_later(NOTE("a"), note(1))
        bench.store.writes_go.clear()
        flush = await bench.begun(bench.kv.flush())
        await bench.kv.put_later(NOTE("a"), note("newer"))
        await bench.kv.put_later(NOTE("b"), note(1))
        bench.store.writes_go.set()
        await flush

        assert bench.store.written(0) == {"note:a": '{"text":"1"}'}
        assert len(bench.store.batches) == 1


async def test_a_write_over_a_queued_one_keeps_its_place() -> None:
    async with Bench(NEVER_BY_ITSELF, limits=ONE_AT_A_TIME) as bench:
        await bench.kv.put_later(NOTE("a"), note("old"))
        await bench.kv.put_later(NOTE("b"), note(1))
        await bench.kv.put_later(NOTE("a"), note("new"))
        await bench.kv.flush()

        assert [bench.store.written(number) for number in (0, 1)] == [
            {"note:a": '{"text":"new"}'},
            {"note:b": '{"text":"1"}'},
        ]


async def test_a_key_that_keeps_failing_blocks_nobody_and_shows_its_age() -> None:
    async with Bench(NEVER_BY_ITSELF, limits=ONE_AT_A_TIME) as bench:
        bench.store.fails = {"note:bad"}
        await bench.kv.put_later(NOTE("bad"), note(1))
        for number in range(5):
            await bench.clock.advance(2)
            await bench.kv.put_later(NOTE(number), note(number))
            flush = await bench.begun(bench.kv.flush())
            await bench.clock.advance(2)
            assert flush.done()
            assert await bench.store.holds(NOTE(number)) == f'{{"text":"{number}"}}'

        assert bench.kv.snapshot().queue.depth == 1
        assert bench.kv.snapshot().queue.oldest_s == 20


async def test_a_write_that_follows_a_failed_one_inherits_its_age() -> None:
    async with Bench(NEVER_BY_ITSELF) as bench:
        bench.store.fails = {"note:a"}
        await bench.kv.put_later(NOTE("a"), note(1))
        await bench.clock.advance(2)
        bench.store.writes_go.clear()
        await bench.begun(bench.kv.flush())
        await bench.kv.put_later(NOTE("a"), note(2))
        bench.store.writes_go.set()
        await settle()

        assert bench.kv.snapshot().queue.depth == 1
        assert bench.kv.snapshot().queue.oldest_s == 2


async def test_a_round_that_is_refused_tells_everybody() -> None:
    async with Bench(NEVER_BY_ITSELF, limits=ONE_AT_A_TIME) as bench:
        bench.store.down = True
        await bench.kv.put_later(NOTE("a"), note(1))
        early = bench.begin(bench.kv.flush())
        await bench.kv.put_later(NOTE("b"), note(1))
        late = await bench.begun(bench.kv.flush())
        assert (early.done(), late.done()) == (True, True)

        again = await bench.begun(bench.kv.flush())
        assert not again.done()
        bench.store.down = False
        await bench.clock.advance(1)
        assert again.done()
        assert bench.kv.snapshot().queue.depth == 0


async def test_flush_returns_when_what_it_waits_for_is_no_longer_wanted() -> None:
    async with Bench(NEVER_BY_ITSELF, limits=ONE_AT_A_TIME) as bench:
        await bench.kv.put(FOREVER("a"), note(1))
        bench.store.writes_go.clear()
        await bench.kv.put_later(FOREVER("b"), note(1))
        await bench.kv.put_later(FOREVER("a"), note(2))
        flush = await bench.begun(bench.kv.flush())
        await bench.kv.put_later(FOREVER("a"), note(1))
        assert not flush.done()
        bench.store.writes_go.set()
        await flush

        assert len(bench.store.batches) == 2


async def test_who_waits_for_what_is_in_flight_does_not_hurry_the_next_window() -> None:
    async with Bench() as bench:
        await bench.kv.put_later(NOTE("a"), note(1))
        bench.store.writes_go.clear()
        first = await bench.begun(bench.kv.flush())
        second = await bench.begun(bench.kv.flush())
        bench.store.writes_go.set()
        await asyncio.gather(first, second)

        await bench.kv.put_later(NOTE("a"), note(2))
        await bench.clock.advance(4)
        assert len(bench.store.batches) == 1


async def test_a_writer_who_goes_away_leaves_nothing_behind() -> None:
    async with Bench(NEVER_BY_ITSELF) as bench:
        bench.store.writes_go.clear()
        await bench.begun(bench.kv.put(NOTE("a"), note(1)))
        stays = await bench.begun(bench.kv.put(NOTE("b"), note(1)))
        before = futures()
        for number in range(50):
            gone = asyncio.create_task(bench.kv.put(NOTE("b"), note(number)))
            await settle()
            gone.cancel()
        await asyncio.wait([gone])
        del gone
        assert futures() < before + 10

        bench.store.down = True
        bench.store.writes_go.set()
        with pytest.raises(KVError):
            await stays

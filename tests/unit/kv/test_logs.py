"""Bounded logs."""

import asyncio
from datetime import timedelta

import pytest

from app.kv.errors import KVError
from app.kv.keyspace import AtBound
from tests.unit.kv.stand_ins import LOG, Bench, note

pytestmark = pytest.mark.anyio


async def texts(bench: Bench, newest: int = 1000) -> list[int]:
    return [int(entry.text) for entry in await bench.kv.entries(LOG, newest)]


async def fill(bench: Bench, numbers: range) -> None:
    for number in numbers:
        await bench.kv.append(LOG, note(number))


async def test_an_empty_log_has_no_entries() -> None:
    async with Bench() as bench:
        assert await texts(bench) == []


async def test_entries_come_newest_first_across_segments() -> None:
    async with Bench() as bench:
        await fill(bench, range(75))

        assert await texts(bench, 30) == list(range(74, 44, -1))
        assert await texts(bench, 1) == [74]
        assert await texts(bench, 0) == []
        assert await texts(bench) == list(range(74, -1, -1))


@pytest.mark.parametrize("total", [120, 170, 171, 200, 349, 350, 351])
async def test_exactly_the_newest_are_kept(total: int) -> None:
    async with Bench() as bench:
        await fill(bench, range(total))
        await bench.kv.flush()

        assert await texts(bench) == list(range(total - 1, total - 121, -1))
        segments = (await bench.store.inner.scan("log:")).keys
        assert len(segments) <= LOG.segments_kept + 1


async def test_concurrent_appends_lose_nothing() -> None:
    async with Bench() as bench:
        await asyncio.gather(*(bench.kv.append(LOG, note(number)) for number in range(110)))

        assert sorted(await texts(bench)) == list(range(110))


async def test_fifty_appends_are_one_segment_written_once() -> None:
    async with Bench() as bench:
        await fill(bench, range(50))
        await bench.kv.flush()

        assert bench.store.seen["writes"] == 2
        assert (await bench.store.inner.scan("log:")).keys == ("log:0", "log:head")


async def test_a_record_that_is_too_old_is_gone_though_its_segment_lives() -> None:
    async with Bench() as bench:
        await fill(bench, range(2))
        await bench.clock.advance(timedelta(days=6).total_seconds())
        await fill(bench, range(2, 3))
        assert await texts(bench) == [2, 1, 0]
        await bench.clock.advance(timedelta(days=1).total_seconds())

        assert await texts(bench) == [2]
        await fill(bench, range(3, 4))
        await bench.kv.flush()
        stored = await bench.store.holds(LOG.segment(0))
        assert stored is not None
        assert '"0"' not in stored


async def test_a_lost_head_costs_no_record() -> None:
    async with Bench() as bench:
        await fill(bench, range(60))
        await bench.kv.flush()
        await bench.kv.delete(LOG.head())
        await fill(bench, range(60, 61))

        assert await texts(bench) == list(range(60, -1, -1))


async def test_a_log_gives_way_at_the_bound_and_needs_no_fresh_memory() -> None:
    async with Bench() as bench:
        assert LOG.head().space.at_bound is AtBound.DROP_OLDEST
        await fill(bench, range(3))
        await bench.kv.flush()
        bench.store.down = True
        await bench.clock.advance(600)

        assert await texts(bench) == [2, 1, 0]


async def test_a_failing_store_says_so_when_nothing_is_known_of_the_log() -> None:
    async with Bench() as bench:
        bench.store.down = True
        with pytest.raises(KVError):
            await bench.kv.append(LOG, note(1))

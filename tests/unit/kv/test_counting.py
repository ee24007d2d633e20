"""Counters and sets on a store that several processes write: no event lost, none counted twice."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from app.kv.cached import CachedKV
from app.kv.counting import PARTS_KEPT
from app.kv.errors import KVError
from app.kv.keyspace import Counters, Key
from app.kv.options import KVOptions
from app.kv.stores.memory import MemoryStore
from tests.fakes import FakeClock, settle
from tests.unit.kv.stand_ins import COUNTS, SEEN, Bench, ScriptedStore

pytestmark = pytest.mark.anyio

DAY = COUNTS("2026-11-22")
VISITORS = SEEN("2026-11-22")


class Replica:
    """A process of its own on a store that others write too."""

    def __init__(self, inner: MemoryStore, clock: FakeClock, options: KVOptions | None = None) -> None:
        self.store = ScriptedStore(inner, single_writer=False)
        self.kv = CachedKV(self.store, clock=clock, options=options or KVOptions(ledger=False))


@pytest.fixture
def inner(clock: FakeClock) -> MemoryStore:
    return MemoryStore(clock)


@pytest.fixture
async def replicas(inner: MemoryStore, clock: FakeClock) -> AsyncIterator[tuple[Replica, Replica]]:
    pair = Replica(inner, clock), Replica(inner, clock)
    for one in pair:
        await one.kv.start()
    yield pair
    for one in pair:
        one.store.heal()
        closing = asyncio.ensure_future(one.kv.close())
        while not closing.done():
            await clock.advance(1)


async def count(kv: CachedKV, times: int, key: Key[Counters] = DAY) -> None:
    await asyncio.gather(*(kv.count(key, {"views": 1}) for _ in range(times)))


async def views(kv: CachedKV, key: Key[Counters] = DAY) -> int:
    return (await kv.totals(key)).totals.get("views", 0)


async def keys(inner: MemoryStore) -> list[str]:
    return list((await inner.scan("")).keys)


async def test_twenty_events_of_each_process_are_forty(replicas: tuple[Replica, Replica]) -> None:
    one, two = replicas
    await asyncio.gather(count(one.kv, 20), count(two.kv, 20))
    assert (await views(one.kv), await views(two.kv)) == (20, 20)  # others' events show when they are durable
    await asyncio.gather(one.kv.flush(), two.kv.flush())

    assert (await views(one.kv), await views(two.kv)) == (40, 40)
    assert one.store.seen["writes"] == two.store.seen["writes"] == 1
    assert one.store.seen["reads"] + two.store.seen["reads"] == 6


async def test_a_lost_answer_and_its_retry_count_once(
    replicas: tuple[Replica, Replica], clock: FakeClock
) -> None:
    one, two = replicas
    await count(one.kv, 10)
    one.store.mute = True
    await one.kv.flush()
    one.store.mute = False
    await clock.advance(60)
    assert one.kv.snapshot().totals.retried == 1
    await asyncio.gather(count(one.kv, 10), count(two.kv, 20))
    await asyncio.gather(one.kv.flush(), two.kv.flush())

    assert (await views(one.kv), await views(two.kv)) == (40, 40)


async def test_a_write_that_was_refused_comes_with_the_next_event(
    inner: MemoryStore, clock: FakeClock
) -> None:
    one = Replica(inner, clock, KVOptions(queue_entries=1, batch_size=9, batch_delay_s=1e9, ledger=False))
    await one.kv.start()
    await one.kv.count(COUNTS("other"), {"views": 1})
    refused = asyncio.ensure_future(count(one.kv, 3))
    await settle()
    refused.cancel()
    await settle()
    await one.kv.flush()
    await count(one.kv, 1)
    await one.kv.flush()

    assert await views(one.kv) == 4


async def test_after_folding_one_key_is_left_and_the_sum_is_the_same(
    replicas: tuple[Replica, Replica], inner: MemoryStore
) -> None:
    one, two = replicas
    await asyncio.gather(count(one.kv, 20), count(two.kv, 20), one.kv.add(VISITORS, "a"))
    await two.kv.add(VISITORS, "b")
    await asyncio.gather(one.kv.flush(), two.kv.flush())
    for key in (DAY, VISITORS):
        await one.kv.fold(key)
    await one.kv.flush()

    assert await keys(inner) == [DAY.text, VISITORS.text]
    assert (await views(one.kv), await views(two.kv)) == (40, 40)
    assert await one.kv.members(VISITORS) == await two.kv.members(VISITORS) == {"a", "b"}
    writes = one.store.seen["writes"]
    await one.kv.fold(DAY)
    assert one.store.seen["writes"] == writes


async def test_what_is_added_after_folding_counts_too(
    replicas: tuple[Replica, Replica], inner: MemoryStore, clock: FakeClock
) -> None:
    """Midnight does not come to all at once: some still add to the day that others have folded."""
    one, two = replicas
    await asyncio.gather(count(one.kv, 5), count(two.kv, 5))
    await asyncio.gather(one.kv.flush(), two.kv.flush())
    await one.kv.fold(DAY)
    await asyncio.gather(count(one.kv, 1), count(two.kv, 1))
    await asyncio.gather(one.kv.flush(), two.kv.flush())
    assert await views(one.kv) == 12

    await clock.advance(120)  # what memory holds of the other's writes is too old by then
    await two.kv.fold(DAY)
    await two.kv.flush()
    assert await keys(inner) == [DAY.text]
    assert await views(two.kv) == 12


@pytest.mark.parametrize("lost", range(1, 3), ids=["after the sum", "after a part"])
async def test_folding_that_is_cut_off_is_done_again_without_counting_twice(
    replicas: tuple[Replica, Replica], inner: MemoryStore, clock: FakeClock, lost: int
) -> None:
    one, two = replicas
    await asyncio.gather(count(one.kv, 20), count(two.kv, 20))
    await asyncio.gather(one.kv.flush(), two.kv.flush())
    parts = [key for key in await keys(inner) if key != DAY.text]
    one.store.fails.update(parts[: 3 - lost])
    await one.kv.fold(DAY)
    await one.kv.flush()
    assert len(await keys(inner)) == 4 - lost

    third = Replica(inner, clock)
    await third.kv.start()
    assert await views(third.kv) == 40
    await third.kv.fold(DAY)
    await third.kv.flush()
    assert await keys(inner) == [DAY.text]
    assert await views(third.kv) == 40


async def test_an_event_during_folding_is_not_deleted_with_its_part(
    replicas: tuple[Replica, Replica], inner: MemoryStore
) -> None:
    one, two = replicas
    await asyncio.gather(count(one.kv, 1), count(two.kv, 1))
    await asyncio.gather(one.kv.flush(), two.kv.flush())
    one.store.reads_go.clear()
    folding = asyncio.ensure_future(one.kv.fold(DAY))
    await settle()
    await count(one.kv, 1)
    one.store.reads_go.set()
    await folding
    await one.kv.flush()

    assert await views(one.kv) == await views(two.kv) == 3


async def test_parts_that_memory_forgot_are_not_written_over(
    replicas: tuple[Replica, Replica],
) -> None:
    one, _ = replicas
    await count(one.kv, 3)
    for number in range(PARTS_KEPT):
        await one.kv.count(COUNTS("other", number), {"views": 1})
    await count(one.kv, 2)
    await one.kv.flush()

    assert await views(one.kv) == 5


async def test_a_day_counted_by_one_process_alone_goes_on_with_several(
    replicas: tuple[Replica, Replica], inner: MemoryStore, clock: FakeClock
) -> None:
    alone = CachedKV(inner, clock=clock, options=KVOptions(ledger=False))
    await alone.start()
    await count(alone, 7)
    await alone.flush()
    one, two = replicas
    await count(one.kv, 1)
    await one.kv.flush()
    assert await views(two.kv) == 8
    await two.kv.fold(DAY)
    await two.kv.flush()
    assert await views(one.kv) == 8


async def test_a_store_with_one_writer_has_one_key_and_lists_nothing() -> None:
    async with Bench() as bench:
        lists = bench.store.seen["lists"]
        await count(bench.kv, 20)
        await bench.kv.add(VISITORS, "a")
        await bench.kv.flush()
        await bench.kv.fold(DAY)

        assert await views(bench.kv) == 20
        assert await bench.kv.members(VISITORS) == {"a"}
        assert await bench.kv.totals(COUNTS("never")) == Counters()
        assert await bench.kv.members(SEEN("never")) == frozenset()
        assert await bench.store.holds(DAY) == '{"totals":{"views":20}}'
        assert bench.store.seen["lists"] == lists


async def test_without_batching_each_event_is_durable(inner: MemoryStore, clock: FakeClock) -> None:
    one = Replica(inner, clock, KVOptions(write_batching=False, ledger=False))
    two = Replica(inner, clock, KVOptions(write_batching=False, ledger=False))
    for replica in (one, two):
        await replica.kv.start()
        await count(replica.kv, 20)
    assert await views(two.kv) == 40


async def test_two_events_at_once_are_both_durable_where_nothing_is_queued(
    inner: MemoryStore, clock: FakeClock
) -> None:
    one = Replica(inner, clock, KVOptions(ledger=False, write_batching=False))
    await one.kv.start()
    one.store.reads_go.clear()
    one.store.writes_go.clear()
    calls = [asyncio.ensure_future(one.kv.count(DAY, {"views": 1})) for _ in range(2)]
    await settle()
    one.store.reads_go.set()
    await settle()
    assert not any(call.done() for call in calls)
    one.store.heal()
    await asyncio.gather(*calls)
    await one.kv.close()


async def test_what_cannot_be_added_counts_with_what_comes_next() -> None:
    """The day's first events come while the store does not say whether there were others before."""
    async with Bench() as bench:
        await count(bench.kv, 7)
        await bench.kv.add(VISITORS, "a")
        await bench.kv.flush()
        bench.kv.clear_memory()
        bench.store.down = True
        for call in (count(bench.kv, 1), count(bench.kv, 1), bench.kv.add(VISITORS, "b")):
            with pytest.raises(KVError):
                await call
        with pytest.raises(KVError):
            await views(bench.kv)

        bench.store.heal()
        await count(bench.kv, 1)
        assert await views(bench.kv) == 10
        assert await bench.kv.members(VISITORS) == {"a", "b"}
        await bench.kv.flush()
        assert await bench.store.holds(DAY) == '{"totals":{"views":10}}'


async def test_what_a_caller_who_went_away_was_adding_counts_too() -> None:
    async with Bench() as bench:
        bench.store.reads_go.clear()
        calls = [await bench.begun(bench.kv.count(DAY, {"views": 1})) for _ in range(200)]
        for call in calls:
            call.cancel()
        await settle()
        bench.store.heal()
        assert await views(bench.kv) == 200


@pytest.mark.parametrize(
    ("heals", "saved", "lost"),
    [(True, [{DAY.text: '{"totals":{"views":2}}'}], []), (False, [], [[DAY.text]])],
)
async def test_what_could_not_be_added_is_saved_at_the_end_or_told_to_be_lost(
    *, heals: bool, saved: list[object], lost: list[object]
) -> None:
    async with Bench() as bench:
        bench.store.down = True
        with pytest.raises(KVError):
            await count(bench.kv, 2)
        bench.store.down = not heals
        with capture_logs() as lines:
            await bench.let_pass(bench.kv.close())
        assert [bench.store.written(number) for number in range(len(bench.store.batches))] == saved
        assert [line["keys"] for line in lines if line["event"] == "kv.counts-lost"] == lost

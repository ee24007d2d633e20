"""What is counted is what happened."""

import random
from datetime import date, timedelta

import pytest

from app.kv.errors import KVError
from app.kv.guard import GuardedStore
from app.kv.options import KVOptions
from tests.fakes import settle
from tests.unit.kv.stand_ins import BOARD, COUNTS, NOTE, PLAN, SEEN, Bench, note

pytestmark = pytest.mark.anyio

AT_START = 1
"""The list of the users who are gone."""

SPACES = (NOTE, PLAN, BOARD)


async def some_traffic(bench: Bench, seed: int) -> None:
    """A hundred calls of all sorts, against a store that is down now and then."""
    chance = random.Random(seed)
    for number in range(100):
        bench.store.down = chance.random() < 0.1
        bench.store.mute = chance.random() < 0.05
        key = chance.choice(SPACES)(chance.randrange(12))
        calls = [
            lambda key=key: bench.kv.get(key),
            lambda key=key: bench.kv.get_many([key, NOTE(1), PLAN(2)]),
            lambda key=key, number=number: bench.kv.put(key, note(number)),
            lambda key=key, number=number: bench.kv.put_later(key, note(number % 3)),
            lambda key=key: bench.kv.delete_later(key),
            lambda: bench.kv.count(COUNTS("today"), {"views": 1}),
            lambda number=number: bench.kv.add(SEEN("today"), str(number)),
            bench.kv.flush,
        ]
        bench.begin(chance.choice(calls)())
        if chance.random() < 0.5:
            await bench.clock.advance(chance.random() * 4000)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    "options",
    [
        KVOptions(ledger=False),
        KVOptions(write_batching=False, ledger=False),
        KVOptions(memory_cache=False, ledger=False),
        KVOptions(trust_memory=False, ledger=False),
    ],
)
async def test_the_counts_equal_what_the_store_saw(options: KVOptions, seed: int) -> None:
    async with Bench(options) as bench:
        await some_traffic(bench, seed)
        bench.store.heal()
        await bench.let_pass(bench.kv.flush())
        snapshot, seen = bench.kv.snapshot(), bench.store.seen

        assert snapshot.calls == seen["calls"]
        for name in ("reads", "writes", "deletes", "lists"):
            assert getattr(snapshot.totals, name) == seen[name]
            assert sum(getattr(kind, name) for kind in snapshot.kinds.values()) == seen[name]
            days = [kind for day in snapshot.days.values() for kind in day.values()]
            assert sum(getattr(kind, name) for kind in days) == seen[name]
        assert seen["reads"] > 0 < seen["writes"]
        assert len(snapshot.days) > 1


async def test_operations_are_counted_by_kind() -> None:
    async with Bench() as bench:
        await bench.kv.put_many({NOTE(1): note(1), NOTE(2): note(2), PLAN(1): note(1)})
        await bench.kv.get_many([PLAN(1), PLAN(2), NOTE(1)])
        await bench.kv.delete(NOTE(2))

        kinds = bench.kv.snapshot().kinds
        assert (kinds["note"].reads, kinds["note"].writes, kinds["note"].deletes) == (0, 2, 1)
        assert (kinds["plan"].reads, kinds["plan"].writes, kinds["plan"].deletes) == (2, 1, 0)
        assert (kinds["note"].hits, kinds["note"].misses) == (1, 0)
        assert (kinds["plan"].hits, kinds["plan"].misses) == (0, 2)
        assert bench.kv.snapshot().calls == AT_START + 3


async def test_operations_are_counted_by_utc_day() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE(1), note(1))
        await bench.clock.advance(timedelta(days=1).total_seconds())
        await bench.kv.put(NOTE(1), note(2))
        await bench.kv.put(NOTE(1), note(3))

        days = bench.kv.snapshot().days
        assert {day: kinds["note"].writes for day, kinds in days.items()} == {
            date(2026, 11, 22): 1,
            date(2026, 11, 23): 2,
        }


async def test_thirty_days_are_kept() -> None:
    async with Bench() as bench:
        for _ in range(35):
            await bench.kv.get(PLAN(1))
            await bench.clock.advance(timedelta(days=1).total_seconds())

        days = bench.kv.snapshot().days
        assert len(days) == 30
        assert max(days) == date(2026, 12, 26)
        assert bench.kv.snapshot().totals.reads == 35


async def test_ratios() -> None:
    async with Bench() as bench:
        assert bench.kv.snapshot().totals.hit_ratio == 1.0
        await bench.kv.put(NOTE(1), note(1))
        for key in (NOTE(1), NOTE(1), NOTE(1), PLAN(1)):
            await bench.kv.get(key)

        assert bench.kv.snapshot().totals.hit_ratio == 0.75
        assert bench.kv.snapshot().totals.lookups == 4


async def test_the_state_of_queue_and_cache() -> None:
    async with Bench() as bench:
        started = bench.clock.now()
        await bench.kv.put(NOTE(0), note(0))
        bench.store.writes_go.clear()
        for number in range(3):
            await bench.kv.put_later(NOTE(number), note("x"))
            await bench.clock.advance(1)
        queue = bench.kv.snapshot().queue
        assert (queue.depth, queue.high_water, queue.oldest_s, queue.flushes) == (3, 3, 3.0, 1)
        assert queue.bytes > 3 * len('{"text":"x"}')
        flush = await bench.begun(bench.kv.flush())
        await bench.kv.put_later(NOTE("late"), note("x"))
        await bench.clock.advance(1)
        assert bench.kv.snapshot().queue.depth == 4
        assert bench.kv.snapshot().queue.oldest_s == 4.0
        bench.store.writes_go.set()
        await flush
        await bench.kv.flush()

        snapshot = bench.kv.snapshot()
        assert (snapshot.queue.depth, snapshot.queue.oldest_s, snapshot.queue.bytes) == (0, 0.0, 0)
        assert (snapshot.queue.high_water, snapshot.queue.flushes, snapshot.queue.last_flush_ms) == (
            4,
            3,
            0.0,
        )
        assert (snapshot.cache.entries, snapshot.cache.bytes) == (4, 4 * len('{"text":"x"}'))
        assert (snapshot.backend, snapshot.since, snapshot.taken_at) == (
            "scripted",
            started,
            bench.clock.now(),
        )


async def test_a_slow_round_shows_its_duration() -> None:
    async with Bench() as bench:
        bench.store.writes_go.clear()
        put = await bench.begun(bench.kv.put(NOTE(0), note(0)))
        await bench.clock.advance(1.5)
        bench.store.writes_go.set()
        await put

        assert bench.kv.snapshot().queue.last_flush_ms == 1500.0


async def test_a_snapshot_touches_no_store_and_stays_as_it_is() -> None:
    async with Bench() as bench:
        before = bench.kv.snapshot()
        await bench.kv.put(NOTE(0), note(0))

        assert before.totals.writes == 0
        assert bench.store.seen["calls"] == AT_START + 1
        assert bench.kv.snapshot() != before
        assert sum(kinds["note"].writes for kinds in bench.kv.snapshot().days.values()) == 1
        await bench.kv.put(NOTE(0), note(1))
        assert sum(kinds["note"].writes for kinds in bench.kv.snapshot().days.values()) == 2
        assert type(before).model_validate_json(before.model_dump_json()) == before


async def test_lists_are_counted_and_fail_like_everything_else() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE(0), note(0))
        store = GuardedStore(bench.store, bench.kv._context)
        assert (await store.scan("note:")).keys == ("note:0",)
        bench.store.down = True
        with pytest.raises(KVError):
            await store.scan("note:")
        await settle()

        assert bench.kv.snapshot().kinds["note"].lists == 2
        assert bench.store.seen["lists"] == AT_START + 2

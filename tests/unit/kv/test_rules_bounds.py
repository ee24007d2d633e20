"""Rules of the queue: it is bounded, and loses no event."""

import asyncio

import pytest

from app.kv.errors import QueueFullError
from app.kv.keyspace import AtBound, Counters, Keyspace
from app.kv.options import KVOptions
from tests.fakes import settle
from tests.unit.kv.stand_ins import (
    BOARD,
    COUNTS,
    NOTE,
    PLAN,
    Bench,
    Note,
    note,
)

pytestmark = pytest.mark.anyio


# 10. Bounded; at the bound each kind does what it says.

COUNTED = Keyspace("counted", Note, at_bound=AtBound.MERGE)

TINY = KVOptions(queue_entries=3, batch_size=1000, batch_delay_s=1e9, ledger=False)
FEW_BYTES = KVOptions(queue_bytes=2000, batch_size=1000, batch_delay_s=1e9, ledger=False)


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


async def test_a_kind_that_waits_goes_on_as_soon_as_there_is_room() -> None:
    async with Bench(TINY) as bench:
        bench.store.writes_go.clear()
        for number in range(3):
            await bench.kv.put_later(NOTE(number), note(number))
        late = [await bench.begun(bench.kv.put_later(NOTE(f"late{n}"), note(1))) for n in range(2)]
        assert not any(call.done() for call in late)

        bench.store.writes_go.set()
        await asyncio.gather(*late)
        assert bench.kv.snapshot().queue.depth == 2


async def test_bytes_are_bounded_too() -> None:
    async with Bench(FEW_BYTES) as bench:
        bench.store.writes_go.clear()
        await bench.kv.put_later(NOTE("a"), note("x" * 2000))
        late = await bench.begun(bench.kv.put_later(NOTE("b"), note(1)))

        assert not late.done()
        bench.store.writes_go.set()
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


@pytest.mark.parametrize("space", [NOTE, COUNTED], ids=["wait", "merge"])
@pytest.mark.parametrize("options", [TINY, FEW_BYTES], ids=["entries", "bytes"])
async def test_kinds_that_wait_or_merge_take_no_further_key_but_every_write_of_a_queued_one(
    options: KVOptions, space: Keyspace[Note]
) -> None:
    async with Bench(options) as bench:
        bench.store.writes_go.clear()
        for number in range(3):
            await bench.kv.put_later(space(number), note("x" * 600))
        late = await bench.begun(bench.kv.put_later(space("late"), note(1)))
        await bench.kv.put_later(space(0), note("y" * 600))
        await bench.clock.advance(5)

        assert isinstance(late.exception(), QueueFullError)
        assert await bench.kv.get(space(0)) == note("y" * 600)
        assert bench.kv.snapshot().kinds[space.prefix].dropped == 1
        assert bench.kv.snapshot().queue.depth == 3


async def test_a_kind_that_drops_gives_up_as_many_bytes_as_it_brings() -> None:
    async with Bench(FEW_BYTES) as bench:
        for number in range(20):
            await bench.kv.put_later(BOARD(number), note("x" * 200))
        for number in range(20):
            await bench.kv.put_later(BOARD("large", number), note("x" * 1500))
            assert bench.kv.snapshot().queue.bytes < 2000 + 1800

        assert await bench.kv.get(BOARD("large", 19)) == note("x" * 1500)
        queued = bench.kv.snapshot().queue.depth
        assert bench.kv.snapshot().kinds["board"].dropped == 40 - queued


async def test_a_kind_that_drops_gives_up_nothing_when_nothing_is_written() -> None:
    async with Bench(TINY) as bench:
        await bench.kv.put(BOARD("same"), note(1))
        for number in range(3):
            await bench.kv.put_later(BOARD(number), note(number))
        await bench.kv.put_later(BOARD("same"), note(1))
        assert await bench.kv.update(BOARD("same"), lambda value: value) == note(1)

        assert bench.kv.snapshot().kinds["board"].dropped == 0
        assert bench.kv.snapshot().queue.depth == 3


async def test_removals_of_a_kind_that_drops_are_bounded_too() -> None:
    async with Bench(TINY) as bench:
        bench.store.writes_go.clear()
        await bench.kv.put_later(BOARD("value"), note(1))
        for number in range(3):
            await bench.kv.delete_later(BOARD(number))
        assert bench.kv.snapshot().kinds["board"].dropped == 1
        late = await bench.begun(bench.kv.delete_later(BOARD("late")))
        await bench.clock.advance(5)

        assert isinstance(late.exception(), QueueFullError)
        assert bench.kv.snapshot().queue.depth == 3


async def test_values_that_are_removed_again_do_not_fill_the_queue_with_removals() -> None:
    async with Bench(TINY) as bench:
        bench.store.writes_go.clear()
        for number in range(3):
            await bench.kv.put_later(BOARD(number), note(number))
            await bench.kv.delete_later(BOARD(number))
        late = await bench.begun(bench.kv.put_later(BOARD("late"), note(1)))

        assert not late.done()
        assert bench.kv.snapshot().queue.depth == 3
        bench.store.writes_go.set()
        await late


async def test_updates_that_read_at_the_same_time_do_not_share_the_last_place() -> None:
    async with Bench(TINY) as bench:
        await bench.kv.put_many({PLAN(number): note(number) for number in range(9)})
        bench.store.reads_go.clear()
        updates = [
            await bench.begun(bench.kv.update(PLAN(number), lambda old: note(f"{old.text}!"), later=True))
            for number in range(9)
        ]
        bench.store.writes_go.clear()
        bench.store.reads_go.set()
        await settle()
        assert bench.kv.snapshot().queue.depth == 3

        bench.store.writes_go.set()
        await asyncio.gather(*updates)
        await bench.kv.flush()
        for number in range(9):
            assert await bench.store.holds(PLAN(number)) == f'{{"text":"{number}!"}}'


async def test_an_update_that_waited_for_room_sees_what_was_written_meanwhile() -> None:
    async with Bench(TINY) as bench:
        await bench.kv.put(PLAN("a"), note("old"))
        bench.store.reads_go.clear()
        update = await bench.begun(bench.kv.update(PLAN("a"), lambda old: note(f"{old.text}!"), later=True))
        for number in range(3):
            await bench.kv.put_later(NOTE(number), note(number))
        bench.store.writes_go.clear()
        bench.store.reads_go.set()
        put = await bench.begun(bench.kv.put(PLAN("a"), note("new")))
        bench.store.writes_go.set()
        await put

        assert await update == note("new!")


async def test_what_grows_in_the_queue_is_merged_up_to_twice_the_bytes() -> None:
    async with Bench(FEW_BYTES) as bench:
        bench.store.writes_go.clear()
        for name in ("a", "b"):
            await bench.kv.put_later(COUNTS(name), Counters(totals={"x" * 1200: 1}))
        await bench.kv.count(COUNTS("a"), {"y" * 1200: 1})
        late = await bench.begun(bench.kv.count(COUNTS("a"), {"z" * 1200: 1}))
        assert not late.done()
        assert 4000 < bench.kv.snapshot().queue.bytes < 5200

        bench.store.writes_go.set()
        await late
        assert len((await bench.kv.totals(COUNTS("a"))).totals) == 3


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

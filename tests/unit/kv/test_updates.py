"""Read, change, write: serialised per key."""

import asyncio
from datetime import timedelta

import pytest

from app.kv.errors import KVError
from app.kv.options import KVOptions
from tests.fakes import settle
from tests.unit.kv.stand_ins import COUNTS, NOTE, PLAN, SEEN, Bench, Note, note

pytestmark = pytest.mark.anyio


def longer(value: Note) -> Note:
    return note(value.text + "!")


async def test_an_absent_value_is_not_made_without_a_default() -> None:
    async with Bench() as bench:
        assert await bench.kv.update(NOTE("a"), longer) is None
        assert bench.store.batches == []

        assert await bench.kv.update(NOTE("a"), longer, default=note("hi")) == note("hi!")
        assert await bench.store.holds(NOTE("a")) == '{"text":"hi!"}'


async def test_the_same_object_is_not_written() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE("a"), note(1))
        assert await bench.kv.update(NOTE("a"), lambda value: value) == note(1)
        assert await bench.kv.update(NOTE("b"), lambda value: value, default=note(2)) == note(2)

        assert bench.store.seen["writes"] == 1
        assert await bench.kv.get(NOTE("b")) is None


async def test_a_change_to_none_deletes_durably() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE("a"), note(1))
        assert await bench.kv.update(NOTE("a"), lambda value: None if value == note(2) else value) == note(1)
        assert await bench.kv.update(NOTE("a"), lambda value: None if value == note(1) else value) is None

        assert await bench.store.holds(NOTE("a")) is None
        assert bench.store.seen["deletes"] == 1


async def test_a_change_to_none_of_nothing_writes_nothing() -> None:
    async with Bench() as bench:
        assert await bench.kv.update(NOTE("a"), lambda _: None) is None
        assert await bench.kv.update(NOTE("a"), lambda _: None, default=note(1)) is None
        assert bench.store.batches == []


async def test_a_later_change_to_none_is_queued() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE("a"), note(1))
        await bench.kv.update(NOTE("a"), lambda _: None, later=True)
        assert await bench.kv.get(NOTE("a")) is None
        assert await bench.store.holds(NOTE("a")) == '{"text":"1"}'

        await bench.kv.flush()
        assert await bench.store.holds(NOTE("a")) is None


async def test_compare_and_delete_leaves_what_came_meanwhile() -> None:
    async with Bench() as bench:
        await bench.kv.put(PLAN("a"), note("old"))
        bench.store.reads_go.clear()
        removal = await bench.begun(
            bench.kv.update(PLAN("a"), lambda value: None if value == note("old") else value)
        )
        await bench.kv.put(PLAN("a"), note("new"))
        bench.store.reads_go.set()

        assert await removal == note("new")
        assert await bench.store.holds(PLAN("a")) == '{"text":"new"}'


async def test_a_change_that_raises_writes_nothing_and_frees_the_key() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE("a"), note(1))
        with pytest.raises(ZeroDivisionError):
            await bench.kv.update(NOTE("a"), lambda _: note(1 / 0))

        assert await bench.kv.update(NOTE("a"), longer) == note("1!")


async def test_a_life_may_follow_the_new_value() -> None:
    async with Bench() as bench:

        def life(value: Note) -> timedelta:
            return timedelta(minutes=len(value.text))

        await bench.kv.update(NOTE("a"), longer, default=note("hi"), ttl=life)
        await bench.clock.advance(179)
        assert await bench.kv.get(NOTE("a")) == note("hi!")
        await bench.clock.advance(1)
        assert await bench.kv.get(NOTE("a")) is None


async def test_concurrent_updates_all_count_and_share_a_round() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE("a"), note(""))
        bench.store.writes_go.clear()
        updates = [bench.begin(bench.kv.update(NOTE("a"), longer)) for _ in range(20)]
        await settle()
        bench.store.writes_go.set()
        await asyncio.gather(*updates)

        assert await bench.store.holds(NOTE("a")) == '{"text":"' + "!" * 20 + '"}'
        assert bench.store.seen["writes"] == 2


async def test_an_update_sees_a_put_that_came_while_it_read() -> None:
    async with Bench() as bench:
        await bench.kv.put(PLAN("a"), note("old"))
        bench.store.reads_go.clear()
        update = await bench.begun(bench.kv.update(PLAN("a"), longer))
        await bench.kv.put(PLAN("a"), note("new"))
        bench.store.reads_go.set()

        assert await update == note("new!")


@pytest.mark.parametrize("turns", range(8))
async def test_an_update_does_not_undo_a_delete_that_comes_in_the_moment_in_which_its_read_ends(
    turns: int,
) -> None:
    async with Bench() as bench:
        await bench.kv.put(PLAN("a"), note("old"))
        bench.store.reads_go.clear()
        update = await bench.begun(bench.kv.update(PLAN("a"), longer))
        bench.store.reads_go.set()
        for _ in range(turns):
            await asyncio.sleep(0)
        await bench.kv.delete(PLAN("a"))
        await update

        assert await bench.store.holds(PLAN("a")) is None


async def test_a_later_update_is_queued_and_an_immediate_one_durable() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE("a"), note(1))
        await bench.kv.update(NOTE("a"), longer, later=True)
        assert await bench.store.holds(NOTE("a")) == '{"text":"1"}'

        await bench.kv.update(NOTE("a"), longer)
        assert await bench.store.holds(NOTE("a")) == '{"text":"1!!"}'


async def test_an_update_that_cannot_read_writes_nothing() -> None:
    async with Bench() as bench:
        bench.store.down = True
        with pytest.raises(KVError):
            await bench.kv.update(NOTE("a"), longer, default=note(1))

        assert bench.kv.snapshot().queue.depth == 0


async def test_an_immediate_update_that_was_refused_stays_queued_and_the_next_builds_on_it() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE("a"), note(1))
        bench.store.down = True
        with pytest.raises(KVError):
            await bench.kv.update(NOTE("a"), longer)
        bench.store.down = False

        assert await bench.let_pass(bench.kv.update(NOTE("a"), longer)) == note("1!!")


async def test_members_are_added_once() -> None:
    async with Bench() as bench:
        await asyncio.gather(*(bench.kv.add(SEEN("today"), f"v{number % 7}") for number in range(50)))
        await bench.kv.flush()

        members = await bench.kv.get(SEEN("today"))
        assert members is not None
        assert members.members == {f"v{number}" for number in range(7)}


async def test_without_batching_everything_queued_is_durable_on_return() -> None:
    async with Bench(KVOptions(write_batching=False, ledger=False)) as bench:
        await bench.kv.put_later(NOTE("a"), note(1))
        assert await bench.store.holds(NOTE("a")) == '{"text":"1"}'
        await bench.kv.delete_later(NOTE("a"))
        assert await bench.store.holds(NOTE("a")) is None
        await bench.kv.count(COUNTS("a"), {"views": 1})
        assert await bench.store.holds(COUNTS("a")) == '{"totals":{"views":1}}'


async def test_without_batching_a_failing_store_is_told_at_once() -> None:
    async with Bench(KVOptions(write_batching=False, ledger=False)) as bench:
        bench.store.down = True
        with pytest.raises(KVError):
            await bench.kv.put_later(NOTE("a"), note(1))
        await settle()

        assert bench.kv.snapshot().queue.depth == 1

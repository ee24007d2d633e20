"""A store that hangs: nobody waits for it more than once, nothing piles up, and its return is noticed."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from structlog.testing import capture_logs

from app.kv.cached import CachedKV
from app.kv.errors import KVError, StoreTimeoutError
from app.kv.options import KVOptions
from tests.fakes import settle
from tests.unit.kv.stand_ins import BOARD, NOTE, PLAN, Bench, note

pytestmark = pytest.mark.anyio


async def hanging(bench: Bench) -> None:
    """Let the store hang until a first caller has waited in vain."""
    bench.store.hang()
    first = await bench.begun(bench.kv.get(PLAN("first")))
    await bench.clock.advance(5)
    assert isinstance(first.exception(), StoreTimeoutError)


@pytest.mark.parametrize(
    "call",
    [
        lambda kv: kv.get(PLAN("a")),
        lambda kv: kv.get_many([PLAN("a"), PLAN("b")]),
        lambda kv: kv.keys(PLAN),
        lambda kv: kv.put(PLAN("a"), note(1)),
        lambda kv: kv.update(PLAN("a"), lambda value: value, default=note(1)),
    ],
    ids=["get", "get_many", "scan", "apply", "update"],
)
async def test_every_call_ends_after_five_seconds(call: Callable[[CachedKV], Awaitable[object]]) -> None:
    async with Bench() as bench:
        bench.store.hang()
        waiting = await bench.begun(call(bench.kv))
        await bench.clock.advance(4.9)
        assert not waiting.done()
        await bench.clock.advance(0.1)
        assert isinstance(waiting.exception(), StoreTimeoutError)


async def test_once_a_call_has_timed_out_reads_fail_at_once_and_ask_nothing() -> None:
    async with Bench() as bench:
        await hanging(bench)
        calls = bench.store.seen["calls"]
        for number in range(20):
            get = await bench.begun(bench.kv.get(PLAN(number)))
            assert isinstance(get.exception(), StoreTimeoutError)

        assert bench.store.seen["calls"] == calls
        assert bench.kv.snapshot().calls == calls
        assert bench.kv.snapshot().kinds["plan"].reads == bench.store.seen["reads"]


async def test_what_is_queued_or_may_be_stale_is_still_read() -> None:
    async with Bench() as bench:
        await bench.kv.put(BOARD("a"), note("stale"))
        await hanging(bench)
        await bench.kv.put_later(PLAN("a"), note("queued"))
        await bench.clock.advance(1000)

        assert await bench.kv.get(PLAN("a")) == note("queued")
        assert await bench.kv.get(BOARD("a")) == note("stale")


async def test_writes_are_refused_within_a_second_and_kept() -> None:
    async with Bench() as bench:
        await hanging(bench)
        for number in range(10):
            put = await bench.begun(bench.kv.put(NOTE(number), note(number)))
            await bench.clock.advance(1)
            assert isinstance(put.exception(), StoreTimeoutError)
        assert bench.store.batches == []
        assert bench.kv.snapshot().queue.depth == 10
        assert bench.kv.snapshot().queue.failing

        bench.store.heal()
        await bench.let_pass(bench.kv.flush())
        assert [await bench.store.holds(NOTE(n)) for n in range(10)] == [
            f'{{"text":"{n}"}}' for n in range(10)
        ]


async def test_one_ping_at_a_time_finds_out_when_the_store_is_back() -> None:
    async with Bench() as bench:
        with capture_logs() as lines:
            await hanging(bench)
            await bench.clock.advance(60)
            assert bench.store.pings == 11
            bench.store.heal()
            await bench.clock.advance(1)
        assert await bench.kv.get(PLAN("a")) is None
        assert [line["event"] for line in lines] == ["store.timeout", "store.back"]

        await bench.clock.advance(60)
        assert bench.store.pings == 11


async def test_a_store_that_answers_with_a_refusal_does_not_hang_any_more() -> None:
    async with Bench() as bench:
        await hanging(bench)
        bench.store.heal()
        bench.store.down = True
        await bench.clock.advance(7)
        with pytest.raises(KVError, match="refused"):
            await bench.kv.get(PLAN("a"))


async def test_it_may_hang_again() -> None:
    async with Bench() as bench:
        for _ in range(2):
            await hanging(bench)
            bench.store.heal()
            await bench.clock.advance(7)
            assert await bench.kv.get(PLAN("a")) is None


async def test_half_a_minute_under_load_leaves_no_pile_of_tasks() -> None:
    async with Bench() as bench:
        bench.store.hang()
        calls: list[asyncio.Task[object]] = []
        most = 0
        for second in range(30):
            for number in range(20):
                calls += [
                    bench.begin(bench.kv.put(NOTE(number), note(second))),
                    bench.begin(bench.kv.get(PLAN(20 * second + number))),
                    bench.begin(bench.kv.flush(2)),
                ]
            await bench.clock.advance(1)
            if second > 7:
                most = max(most, len(asyncio.all_tasks()))
        assert most < 200

        bench.store.heal()
        await bench.clock.advance(7)
        bench.begin(bench.kv.flush())
        await bench.clock.advance(1)
        assert all(call.done() for call in calls)
        assert len(asyncio.all_tasks()) < 8
        assert bench.kv.snapshot().queue.depth == 0
        assert await bench.store.holds(NOTE(0)) == '{"text":"29"}'


async def test_the_ledger_waits_its_turn_too() -> None:
    async with Bench(KVOptions()) as bench:
        await hanging(bench)
        await bench.clock.advance(120)
        assert bench.store.batches == []
        bench.store.heal()
        await bench.clock.advance(60)

        assert [len(batch) for batch in bench.store.batches] == [1]


async def test_closing_does_not_wait_for_a_store_that_hangs() -> None:
    async with Bench() as bench:
        await hanging(bench)
        closing = await bench.begun(bench.kv.close())
        await bench.clock.advance(1)

        assert closing.done()
        await settle()
        assert not [task for task in asyncio.all_tasks() if task.get_name() == "kv-probe"]


async def test_a_store_that_cannot_be_closed_is_left_to_itself_and_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Bench() as bench:
        await hanging(bench)
        monkeypatch.setattr(bench.store, "close", asyncio.Event().wait)
        with capture_logs() as lines:
            await bench.let_pass(bench.kv.close())
        assert {"store.timeout"} == {line["event"] for line in lines}
        monkeypatch.undo()


async def test_slow_flushes_are_told_once_until_one_is_fast_again() -> None:
    async with Bench() as bench:
        for spell in range(2):
            bench.store.writes_go.clear()
            await bench.kv.put_later(NOTE("a"), note(spell))
            with capture_logs() as lines:
                flushes = [await bench.begun(bench.kv.flush(2)) for _ in range(20)]
                await bench.clock.advance(2)
            assert all(flush.done() for flush in flushes)
            assert [line["event"] for line in lines] == ["kv.flush-slow"]
            bench.store.writes_go.set()
            await bench.kv.flush(2)


async def test_a_call_that_outlives_the_service_leaves_no_ping_behind() -> None:
    async with Bench() as bench:
        bench.store.hang()
        listing = await bench.begun(bench.kv.keys(NOTE))
        await bench.clock.advance(4)
        await bench.let_pass(bench.kv.close())
        await bench.clock.advance(5)

        assert isinstance(listing.exception(), KVError)
        assert "kv-probe" not in {task.get_name() for task in asyncio.all_tasks()}

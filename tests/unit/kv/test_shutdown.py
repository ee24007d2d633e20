"""However the store behaves, the process is let go soon after the eight seconds of draining."""

import asyncio

import pytest

from app.kv.options import KVOptions
from tests.unit.kv.stand_ins import NOTE, Bench, note

pytestmark = pytest.mark.anyio

WITH_LEDGER = KVOptions()


async def seconds_to_close(bench: Bench) -> float:
    began = bench.clock.monotonic()
    closing = await bench.begun(bench.kv.close())
    while not closing.done():
        await bench.clock.advance(0.25)
    return bench.clock.monotonic() - began


@pytest.mark.parametrize("refuses", [True, False])
async def test_a_store_that_does_not_take_the_rest_is_closed_within_a_second(
    monkeypatch: pytest.MonkeyPatch, *, refuses: bool
) -> None:
    async with Bench(WITH_LEDGER) as bench:
        await bench.kv.put_later(NOTE("a"), note(1))
        bench.store.down = refuses
        if not refuses:
            bench.store.hang()
        monkeypatch.setattr(bench.store, "close", asyncio.Event().wait)
        assert await seconds_to_close(bench) <= 9.25
        monkeypatch.undo()


async def test_counts_that_are_not_saved_are_given_no_time_of_their_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with Bench(WITH_LEDGER) as bench:
        await bench.kv.put_later(NOTE("a"), note(1))
        bench.store.writes_go.clear()
        closing = await bench.begun(bench.kv.close())
        await bench.clock.advance(4.5)
        bench.begin(bench.kv.get(NOTE("b")))
        bench.store.writes_go.set()
        while bench.kv.snapshot().queue.depth:
            await asyncio.sleep(0)
        bench.store.writes_go.clear()  # the round that is left is the ledger's own
        monkeypatch.setattr(bench.store, "close", asyncio.Event().wait)
        await bench.clock.advance(4.5)
        assert closing.done()
        monkeypatch.undo()


async def test_a_store_that_works_has_five_seconds_to_close(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Bench(WITH_LEDGER) as bench:
        await bench.kv.put(NOTE("a"), note(1))
        monkeypatch.setattr(bench.store, "close", lambda: bench.clock.sleep(4.5))
        assert await seconds_to_close(bench) == 4.5
        monkeypatch.undo()

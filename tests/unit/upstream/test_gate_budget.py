"""A gate that counts what it lets through."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.kv.stores.memory import MemoryStore
from app.upstream.blocks import Rules
from app.upstream.capacity import WINDOW
from app.upstream.errors import BudgetFullError, RateLimitedError, UncountedError
from app.upstream.gate import Gate, Priority
from tests.fakes import FakeClock, settle
from tests.unit.upstream.replica import Replica

pytestmark = pytest.mark.anyio

RULES = Rules(limit=60, reserve=15, now_playing=12)


@pytest.fixture
async def replica(clock: FakeClock) -> AsyncIterator[Replica]:
    one = Replica(MemoryStore(clock), RULES, clock=clock)
    await one.start()
    yield one
    await one.in_time(one.kv.close())


@pytest.fixture
def gate(replica: Replica, clock: FakeClock) -> Gate:
    return Gate("Spotify", rate_per_second=2, clock=clock, budget=replica.budget, kv=replica.kv)


async def call(gate: Gate, priority: Priority = Priority.SCAN) -> None:
    async with gate.slot(priority):
        pass


async def test_scans_that_wait_are_turned_away_together_and_writes_go_on(
    gate: Gate, clock: FakeClock
) -> None:
    scans = [asyncio.ensure_future(call(gate)) for _ in range(60)]
    await clock.advance(23)
    results = await asyncio.gather(*scans, return_exceptions=True)
    refused = [result for result in results if result]
    assert len(refused) == 15
    assert all(isinstance(error, BudgetFullError) for error in refused)
    with pytest.raises(BudgetFullError):
        await call(gate)
    write = asyncio.ensure_future(call(gate, Priority.WRITE))
    await clock.advance(1)
    await write
    assert gate.calls == {Priority.SCAN: 45, Priority.WRITE: 1}
    assert gate.waiting == 0


async def test_scans_go_on_when_the_calls_of_yesterday_count_no_more(gate: Gate, clock: FakeClock) -> None:
    for _ in range(45):
        task = asyncio.ensure_future(call(gate))
        await clock.advance(0.5)
        await task
    with pytest.raises(BudgetFullError) as refused:
        await call(gate)
    assert gate.capacity().blocked_until == refused.value.until
    assert gate.capacity().reason == "budget"
    await clock.advance(WINDOW.total_seconds())
    assert gate.capacity().blocked_until is None
    await call(gate)


async def test_the_services_own_word_comes_first(gate: Gate, clock: FakeClock) -> None:
    await gate.block(clock.now() + WINDOW)
    assert (gate.capacity().reason, gate.capacity().limit) == ("quota", 60)
    assert gate.capacity().rate_per_second == 2


async def test_a_person_does_not_wait_longer_for_the_store_than_for_the_gate(
    gate: Gate, replica: Replica, clock: FakeClock
) -> None:
    replica.store.hang()
    person = asyncio.ensure_future(call(gate, Priority.INTERACTIVE))
    await clock.advance(1.9)
    assert not person.done()
    await clock.advance(0.2)
    with pytest.raises(RateLimitedError):
        await person
    replica.store.heal()
    await clock.advance(10)
    await call(gate, Priority.INTERACTIVE)


async def test_what_the_store_does_not_keep_is_not_called(gate: Gate, replica: Replica) -> None:
    replica.store.down = True
    with pytest.raises(UncountedError):
        await call(gate)
    assert not gate.calls


async def test_a_call_that_had_to_be_reserved_first_does_not_bunch_up_with_the_next(
    gate: Gate, replica: Replica, clock: FakeClock
) -> None:
    starts = []

    async def note() -> None:
        async with gate.slot():
            starts.append(clock.monotonic())

    replica.store.writes_go.clear()
    tasks = [asyncio.ensure_future(note()) for _ in range(3)]
    await clock.advance(0.4)
    replica.store.writes_go.set()
    await settle()
    await clock.advance(2)
    await asyncio.gather(*tasks)
    assert starts == pytest.approx([0.4, 0.9, 1.4])


async def test_what_was_reserved_is_given_back_at_the_end(gate: Gate, replica: Replica) -> None:
    await gate.start()
    await call(gate)
    await gate.stop()
    await replica.kv.flush()
    await replica.crash()
    assert replica.budget.capacity().used == 1

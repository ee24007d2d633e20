"""What the budget keeps, gives back and refuses."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest

from app.kv.stores.memory import MemoryStore
from app.upstream.blocks import Rules
from app.upstream.capacity import WINDOW, Capacity
from app.upstream.errors import BudgetFullError, UncountedError
from app.upstream.models import CallLedger
from app.upstream.repository import CALL_LEDGER
from app.upstream.turns import Priority
from tests.fakes import FakeClock, settle
from tests.unit.upstream.replica import Replica

pytestmark = pytest.mark.anyio

RULES = Rules(limit=60, reserve=15, now_playing=12)
HOUR = 3600.0
SCANS, WRITES, PLAYING, PERSON = Priority.SCAN, Priority.WRITE, Priority.NOW_PLAYING, Priority.INTERACTIVE

NewReplica = Callable[..., Replica]


@pytest.fixture
async def new_replica(clock: FakeClock) -> AsyncIterator[NewReplica]:
    store = MemoryStore(clock)
    made: list[Replica] = []

    def new(*, alone: bool = True) -> Replica:
        made.append(Replica(store, RULES, clock=clock, alone=alone))
        return made[-1]

    yield new
    for replica in made:
        await replica.in_time(replica.kv.close())


@pytest.fixture
async def one(new_replica: NewReplica) -> Replica:
    replica = new_replica()
    await replica.start()
    return replica


async def stored(replica: Replica) -> CallLedger:
    """What would be left if the process ended now."""
    text = await replica.store.holds(CALL_LEDGER("calls"))
    return CallLedger.model_validate_json(text or '{"at": "2026-11-22T12:00:00Z"}')


async def counted(replica: Replica) -> list[int]:
    return [block.calls for block in (await stored(replica)).blocks]


async def test_ten_calls_are_one_write_before_the_first(one: Replica) -> None:
    await one.call(SCANS)
    assert await counted(one) == [10]
    await one.calls(SCANS, 9)
    assert one.store.seen["writes"] == 1
    await one.call(SCANS)
    assert await counted(one) == [10, 10]
    assert (one.store.seen["writes"], one.store.seen["reads"]) == (2, 1)  # the one at the start


async def test_scans_leave_the_reserve_to_writes_and_people(one: Replica) -> None:
    assert await one.calls(SCANS, 100) == 45
    assert not await one.call(Priority.BACKGROUND)
    assert not await one.call(PLAYING)
    assert await one.calls(WRITES, 5) == 5
    assert await one.calls(PERSON, 100) == 10
    assert not await one.call(WRITES)


async def test_now_playing_has_a_bound_of_its_own(one: Replica) -> None:
    assert await one.calls(PLAYING, 100) == 12
    assert await one.calls(SCANS, 100) == 33


async def test_what_is_at_hand_for_one_class_is_given_back_for_another(one: Replica) -> None:
    await one.call(PLAYING)
    assert await one.calls(SCANS, 100) == 44
    assert one.budget.capacity().left == 0
    assert await counted(one) == [1, 10, 10, 10, 5, 9]


async def test_a_call_counts_for_a_whole_day_from_when_it_was_made(one: Replica, clock: FakeClock) -> None:
    await one.call(SCANS)
    await clock.advance(0.45 * HOUR)
    assert await one.calls(SCANS, 100) == 44
    await clock.advance(24 * HOUR)
    assert not await one.call(SCANS)
    await clock.advance(60)
    assert await one.calls(SCANS, 100) == 45


async def test_what_was_not_used_within_half_an_hour_is_given_back_with_the_next_block(
    one: Replica, clock: FakeClock
) -> None:
    await one.call(SCANS)
    await clock.advance(0.6 * HOUR)
    await one.call(SCANS)
    assert await counted(one) == [1, 10]


async def test_a_block_is_not_used_after_half_an_hour_though_nothing_else_was(
    new_replica: NewReplica, clock: FakeClock
) -> None:
    one, other = new_replica(alone=False), new_replica(alone=False)
    await one.start()
    await other.start()
    await one.call(SCANS)
    await clock.advance(WINDOW.total_seconds() + 0.5 * HOUR)
    assert await other.calls(WRITES, 100) == 60
    assert not one.budget.draw(SCANS)
    assert not await one.call(SCANS)


async def test_a_crash_counts_what_was_reserved_and_no_more(one: Replica, clock: FakeClock) -> None:
    await one.calls(SCANS, 11)
    await one.crash()
    assert one.budget.capacity().used == 20
    assert await one.calls(SCANS, 100) == 25
    await clock.advance(WINDOW.total_seconds() + 0.5 * HOUR)
    assert await one.calls(SCANS, 100) == 45


async def test_a_restart_gives_back_what_was_not_used(one: Replica) -> None:
    await one.calls(SCANS, 11)
    await one.restart()
    assert await counted(one) == [10, 1]
    assert one.budget.capacity().used == 11
    await one.budget.stop()
    assert one.store.seen["writes"] == 0


async def test_nothing_is_called_that_cannot_be_counted_but_what_is_at_hand(one: Replica) -> None:
    await one.call(SCANS)
    one.store.down = True
    assert await one.calls(SCANS, 100) == 9
    with pytest.raises(UncountedError) as refused:
        await one.in_time(one.budget.take(SCANS))
    assert (refused.value.status, refused.value.retry_after) == (503, 5)
    one.store.heal()
    assert await one.calls(SCANS, 100) == 35


async def test_a_block_of_which_it_is_not_sure_that_it_was_reserved_is_not_counted_twice(
    one: Replica,
) -> None:
    one.store.mute = True
    assert not await one.call(SCANS)
    assert await counted(one) == [10]
    one.store.heal()
    assert await one.calls(SCANS, 100) == 45


async def test_giving_up_while_a_block_is_reserved_costs_nothing(one: Replica) -> None:
    one.store.writes_go.clear()
    waits = asyncio.ensure_future(one.budget.take(SCANS))
    await settle()
    waits.cancel()
    one.store.writes_go.set()
    assert await one.calls(SCANS, 100) == 45


async def test_callers_who_come_together_reserve_one_block(one: Replica) -> None:
    await asyncio.gather(*[one.budget.take(SCANS) for _ in range(10)])
    assert await counted(one) == [10]
    assert not one.budget.draw(SCANS)


async def test_it_goes_on_when_ten_calls_fit_again(one: Replica, clock: FakeClock) -> None:
    await one.calls(SCANS, 4)
    await one.restart()
    await clock.advance(HOUR)
    await one.calls(SCANS, 100)
    with pytest.raises(BudgetFullError) as refused:
        await one.budget.take(SCANS)

    assert refused.value.until == clock.now() + WINDOW
    with pytest.raises(BudgetFullError):
        one.budget.check(SCANS)
    one.budget.check(WRITES)
    await clock.advance(WINDOW.total_seconds())
    one.budget.check(SCANS)
    assert await one.calls(SCANS, 100) == 45


async def test_a_clock_set_back_and_right_again_lets_nothing_go_early(one: Replica, clock: FakeClock) -> None:
    await one.calls(SCANS, 20)
    clock._now -= timedelta(hours=10)
    await one.calls(SCANS, 10)
    await one.crash()
    assert await one.calls(SCANS, 100) == 15
    clock._now += timedelta(hours=10)
    await clock.advance(15 * HOUR)
    assert await one.calls(SCANS, 100) == 0
    await clock.advance(10 * HOUR)
    assert await one.calls(SCANS, 100) == 45


async def test_people_are_told_times_on_their_own_clock(one: Replica, clock: FakeClock) -> None:
    await one.calls(SCANS, 45)
    clock._now -= timedelta(hours=10)
    capacity = one.budget.capacity()
    assert capacity.blocked_until == clock.now() + WINDOW
    assert {at for at, _ in capacity.frees} == {clock.now() + WINDOW}


async def test_two_processes_share_one_limit(new_replica: NewReplica) -> None:
    one, other = new_replica(alone=False), new_replica(alone=False)
    await one.start()
    await other.start()
    made = [await replica.calls(SCANS, 7) for _ in range(10) for replica in (one, other)]
    assert sum(made) == 45


async def test_the_numbers_are_those_of_calls_made(one: Replica) -> None:
    await one.calls(SCANS, 3)
    await one.calls(PLAYING, 2)
    capacity = one.budget.capacity()
    assert (capacity.limit, capacity.used, capacity.left) == (60, 5, 40)
    assert (capacity.left_for_writes, capacity.left_for_now_playing) == (55, 10)
    assert (capacity.reason, capacity.blocked_until) == (None, None)
    assert sum(calls for _, calls in capacity.frees) == 5


async def test_an_app_with_extended_quota_is_not_counted(one: Replica) -> None:
    await one.calls(SCANS, 100)
    one.extended = True
    assert await one.calls(SCANS, 100) == 100
    one.budget.check(SCANS)
    assert one.budget.capacity() == Capacity()
    assert await counted(one) == [10, 10, 10, 10, 5]


async def test_an_end_while_the_store_is_down_leaves_the_rest_counted(new_replica: NewReplica) -> None:
    one = new_replica(alone=False)
    await one.start()
    await one.call(SCANS)
    one.store.down = True
    await one.in_time(one.budget.stop())
    await one.crash()
    assert one.budget.capacity().used == 10


async def test_a_class_that_may_not_call_at_all_is_refused_for_a_day(clock: FakeClock) -> None:
    one = Replica(MemoryStore(clock), Rules(limit=60, reserve=15, now_playing=0), clock=clock)
    await one.start()
    with pytest.raises(BudgetFullError) as refused:
        await one.budget.take(PLAYING)
    assert refused.value.until == clock.now() + WINDOW
    assert await one.call(SCANS)
    await one.in_time(one.kv.close())

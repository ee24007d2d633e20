import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from app.kv.cached import CachedKV
from app.kv.store import Limits
from app.kv.stores.memory import MemoryStore
from app.upstream.errors import BlockedError, RateLimitedError
from app.upstream.gate import Gate, Priority
from tests.fakes import FakeClock, settle

pytestmark = pytest.mark.anyio


class Caller:
    """Goes through a gate and notes when it got in."""

    def __init__(self, gate: Gate, clock: FakeClock) -> None:
        self.gate = gate
        self.clock = clock
        self.entered: list[tuple[str, float]] = []
        self.under_way = 0
        self.most_under_way = 0

    async def call(self, name: str = "", *, priority: Priority = Priority.SCAN, takes_s: float = 0.0) -> None:
        async with self.gate.slot(priority):
            self.entered.append((name, self.clock.monotonic()))
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
            if takes_s:
                await self.clock.sleep(takes_s)
            self.under_way -= 1

    def start(
        self, name: str = "", *, priority: Priority = Priority.SCAN, takes_s: float = 0.0
    ) -> asyncio.Task[None]:
        return asyncio.create_task(self.call(name, priority=priority, takes_s=takes_s))

    @property
    def times(self) -> list[float]:
        return [at for _, at in self.entered]

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.entered]


@pytest.fixture
def gate(clock: FakeClock) -> Gate:
    return Gate("Spotify", rate_per_second=2, clock=clock)


@pytest.fixture
def caller(gate: Gate, clock: FakeClock) -> Caller:
    return Caller(gate, clock)


async def test_calls_are_spaced_out(caller: Caller, clock: FakeClock) -> None:
    tasks = [caller.start() for _ in range(5)]
    await clock.advance(2)
    await asyncio.gather(*tasks)

    assert caller.times == [0, 0.5, 1, 1.5, 2]


async def test_two_a_second_are_sixty_in_thirty_seconds(caller: Caller, clock: FakeClock) -> None:
    tasks = [caller.start() for _ in range(150)]
    await clock.advance(90)
    await asyncio.gather(*tasks)

    for start in (0, 7.25, 31.5):
        assert sum(start <= at < start + 30 for at in caller.times) == 60


async def test_a_burst_goes_at_once_and_is_earned_back_by_waiting(clock: FakeClock) -> None:
    gate = Gate("Spotify", rate_per_second=2, clock=clock, max_in_flight=10, burst=3)
    caller = Caller(gate, clock)
    first = [caller.start() for _ in range(4)]
    await clock.advance(100)
    second = [caller.start() for _ in range(4)]
    await clock.advance(100)
    await asyncio.gather(*first, *second)

    assert caller.times == [0, 0, 0, 0.5, 100, 100, 100, 100.5]


@pytest.mark.parametrize("rate", [0.3, 1 / 3, 3, 7])
async def test_odd_rates_lose_no_time_to_rounding(rate: float, clock: FakeClock) -> None:
    caller = Caller(Gate("Spotify", rate_per_second=rate, clock=clock), clock)
    tasks = [caller.start() for _ in range(50)]
    await clock.advance(49 / rate + 0.001)
    await asyncio.gather(*tasks)

    assert caller.times == pytest.approx([number / rate for number in range(50)])


async def test_only_so_many_are_under_way(clock: FakeClock) -> None:
    caller = Caller(Gate("Spotify", rate_per_second=100, clock=clock, max_in_flight=2), clock)
    tasks = [caller.start(takes_s=10) for _ in range(6)]
    await clock.advance(40)
    await asyncio.gather(*tasks)

    assert caller.most_under_way == 2
    assert caller.times == pytest.approx([0, 0.01, 10, 10.01, 20, 20.01])


async def test_the_more_urgent_go_first_and_else_who_came_first(caller: Caller, clock: FakeClock) -> None:
    tasks = [caller.start("first")]
    await settle()
    arrivals = [
        ("idle", Priority.BACKGROUND),
        ("scan a", Priority.SCAN),
        ("scan b", Priority.SCAN),
        ("write", Priority.WRITE),
        ("person", Priority.INTERACTIVE),
    ]
    tasks += [caller.start(name, priority=priority) for name, priority in arrivals]
    await clock.advance(3)
    await asyncio.gather(*tasks)

    assert caller.names == ["first", "person", "write", "scan a", "scan b", "idle"]


async def test_jobs_that_ask_one_by_one_take_turns(caller: Caller, clock: FakeClock) -> None:
    async def scan(name: str) -> None:
        for _ in range(4):
            await caller.call(name)

    caller.gate.pause(1)
    tasks = [asyncio.create_task(scan(name)) for name in "abc"]
    await clock.advance(10)
    await asyncio.gather(*tasks)

    assert caller.names == list("abc") * 4


async def test_people_take_turns_however_many_callers_they_have(caller: Caller, clock: FakeClock) -> None:
    async def ask(person: str) -> None:
        async with caller.gate.slot(Priority.SCAN, turn=person):
            caller.entered.append((person, clock.monotonic()))

    async def scan(person: str) -> None:
        for _ in range(3):
            await ask(person)

    caller.gate.pause(1)
    greedy = [asyncio.create_task(ask("anna")) for _ in range(9)]
    await settle()
    modest = [asyncio.create_task(scan(person)) for person in ("bo", "cy")]
    await clock.advance(10)
    await asyncio.gather(*greedy, *modest)

    assert caller.names == ["anna", "bo", "cy"] * 3 + ["anna"] * 6


async def test_whoever_comes_back_stands_behind_those_who_wait(caller: Caller, clock: FakeClock) -> None:
    async def scan(person: str, calls: int) -> None:
        for _ in range(calls):
            async with caller.gate.slot(turn=person):
                caller.entered.append((person, clock.monotonic()))

    people = [f"person {number}" for number in range(10)]
    caller.gate.pause(1)
    tasks = [asyncio.create_task(scan(person, 5)) for person in people]
    await clock.advance(30)
    await asyncio.gather(*tasks)

    assert caller.names == people * 5


async def test_a_playlist_is_written_before_the_scans_that_wait(caller: Caller, clock: FakeClock) -> None:
    scans = [caller.start(f"scan {number}") for number in range(10)]
    await clock.advance(1)
    write = caller.start("write", priority=Priority.WRITE)
    playing = caller.start("playing", priority=Priority.NOW_PLAYING)
    await clock.advance(10)
    await asyncio.gather(*scans, write, playing)

    assert caller.names.index("write") == 3
    assert caller.names[-1] == "playing"


async def test_a_burst_too_is_at_most_so_many_in_thirty_seconds(clock: FakeClock) -> None:
    gate = Gate("Spotify", rate_per_second=2, clock=clock, max_in_flight=9, burst=30, most_in_30_s=60)
    caller = Caller(gate, clock)
    tasks = [caller.start() for _ in range(200)]
    await clock.advance(120)
    await asyncio.gather(*tasks)

    assert caller.times[29] == 0
    assert all(later - first >= 30 for first, later in zip(caller.times, caller.times[60:], strict=False))


async def test_a_person_waits_two_seconds_and_no_longer(clock: FakeClock) -> None:
    caller = Caller(Gate("Spotify", rate_per_second=2, clock=clock), clock)
    slow = caller.start("slow", takes_s=60)
    await settle()
    person = caller.start("person", priority=Priority.INTERACTIVE)
    await clock.advance(1.9)
    assert not person.done()
    await clock.advance(0.1)

    with pytest.raises(RateLimitedError) as refused:
        await person
    assert refused.value.retry_after == 1
    assert refused.value.status == 503
    assert caller.gate.waiting == 0
    await clock.advance(60)
    await slow
    await caller.call("next")
    assert caller.names == ["slow", "next"]


async def test_a_person_gets_in_within_the_two_seconds(caller: Caller, clock: FakeClock) -> None:
    slow = caller.start("slow", takes_s=1.5)
    await settle()
    person = caller.start("person", priority=Priority.INTERACTIVE)
    await clock.advance(1.5)
    await asyncio.gather(slow, person)

    assert caller.entered == [("slow", 0), ("person", 1.5)]
    assert clock.sleeping == 0


async def test_a_pause_holds_jobs_back(caller: Caller, clock: FakeClock) -> None:
    caller.gate.pause(3)
    tasks = [caller.start() for _ in range(2)]
    await clock.advance(10)
    await asyncio.gather(*tasks)

    assert caller.times == [3, 3.5]


async def test_a_pause_can_be_prolonged_and_not_shortened(caller: Caller, clock: FakeClock) -> None:
    caller.gate.pause(3)
    task = caller.start()
    await clock.advance(1)
    caller.gate.pause(5)
    caller.gate.pause(1)
    await clock.advance(10)
    await task

    assert caller.times == [6]


async def test_nobody_waits_for_a_page_through_a_long_pause(caller: Caller) -> None:
    caller.gate.pause(3)
    with pytest.raises(RateLimitedError) as refused:
        await caller.call(priority=Priority.INTERACTIVE)
    assert refused.value.retry_after == 3


async def test_a_block_turns_everybody_away_at_once(caller: Caller, clock: FakeClock) -> None:
    until = clock.now() + timedelta(hours=6)
    caller.gate.pause(1)
    waiting = [caller.start(priority=priority) for priority in Priority]
    await settle()
    waiting.pop().cancel()
    await caller.gate.block(until)
    results = await asyncio.gather(*waiting, return_exceptions=True)

    assert all(isinstance(result, BlockedError) and result.until == until for result in results)
    with pytest.raises(BlockedError) as refused:
        await caller.call()
    assert refused.value.retry_after == 6 * 3600
    assert caller.gate.blocked_until == until
    assert caller.entered == []


async def test_after_a_block_calls_go_on(caller: Caller, clock: FakeClock) -> None:
    await caller.gate.block(clock.now() + timedelta(hours=6))
    await clock.advance(6 * 3600)
    await caller.call()

    assert caller.gate.blocked_until is None
    assert len(caller.entered) == 1


async def test_a_block_is_never_shortened(gate: Gate, clock: FakeClock) -> None:
    until = clock.now() + timedelta(hours=6)
    await gate.block(until)
    await gate.block(until - timedelta(hours=5))
    assert gate.blocked_until == until


async def test_a_block_outlives_the_process(kv: CachedKV, clock: FakeClock) -> None:
    until = clock.now() + timedelta(hours=6)
    before = Gate("Spotify", rate_per_second=2, clock=clock, kv=kv)
    await before.start()
    assert before.blocked_until is None
    await before.block(until)

    after = Gate("Spotify", rate_per_second=2, clock=clock, kv=kv)
    await after.start()
    other = Gate("MusicBrainz", rate_per_second=1, clock=clock, kv=kv)
    await other.start()

    assert after.blocked_until == until
    assert other.blocked_until is None
    with pytest.raises(BlockedError):
        await Caller(after, clock).call()


async def test_a_block_holds_when_it_cannot_be_saved(clock: FakeClock) -> None:
    tiny = Limits(key_bytes=100, value_bytes=1, batch_keys=10, batch_bytes=100)
    kv = CachedKV(MemoryStore(clock, tiny), clock=clock)
    await kv.start()
    gate = Gate("Spotify", rate_per_second=2, clock=clock, kv=kv)
    until = clock.now() + timedelta(hours=6)
    with capture_logs() as logs:
        await gate.block(until)
    await kv.close()

    assert gate.blocked_until == until
    assert "gate.block_unsaved" in [entry["event"] for entry in logs]


async def test_whoever_gives_up_costs_nobody_a_turn(caller: Caller, clock: FakeClock) -> None:
    tasks = [caller.start(str(number)) for number in range(4)]
    await settle()
    tasks[1].cancel()
    tasks[2].cancel()
    await clock.advance(0.5)
    await asyncio.gather(*tasks, return_exceptions=True)

    assert caller.entered == [("0", 0), ("3", 0.5)]


async def test_giving_up_in_the_moment_of_ones_turn_frees_the_place(caller: Caller, clock: FakeClock) -> None:
    async with caller.gate.slot():
        second = caller.start("second")
        third = caller.start("third")
        await clock.advance(4)
    second.cancel()  # leaving has given it its turn, which it has not taken yet
    await clock.advance(1)
    await asyncio.gather(second, third, return_exceptions=True)

    assert second.cancelled()
    assert caller.entered == [("third", 4.5)]


async def test_a_failing_call_leaves_the_gate(caller: Caller, clock: FakeClock) -> None:
    async def fail() -> None:
        async with caller.gate.slot():
            raise ValueError("odd")

    with pytest.raises(ValueError, match="odd"):
        await fail()
    task = caller.start()
    await clock.advance(1)
    await task
    assert len(caller.entered) == 1


async def test_an_empty_queue_leaves_nothing_running(caller: Caller, clock: FakeClock) -> None:
    caller.gate.pause(30)
    task = caller.start()
    await settle()
    task.cancel()
    await settle()

    assert caller.gate.waiting == 0
    assert clock.sleeping == 0
    assert caller.gate._timer is None

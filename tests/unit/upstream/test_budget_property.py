"""Whatever happens, no 24 hours have more calls than are allowed, and what is allowed can be used."""

import asyncio
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.kv.stores.memory import MemoryStore
from app.upstream.blocks import Rules
from app.upstream.budget import BLOCK_LIFE
from app.upstream.capacity import WINDOW, Capacity
from app.upstream.turns import Priority
from tests.fakes import FakeClock
from tests.unit.upstream.replica import Replica

RULES = Rules(limit=60, reserve=15, now_playing=12)
DAY_S = 86_400.0
MEMORY_S = (WINDOW + BLOCK_LIFE).total_seconds()
FOR_WRITES = {Priority.INTERACTIVE, Priority.WRITE}
replicas = st.integers(0, 1)


def left_for(priority: Priority, capacity: Capacity) -> int | None:
    """What a class was promised."""
    if priority in FOR_WRITES:
        return capacity.left_for_writes
    return capacity.left_for_now_playing if priority is Priority.NOW_PLAYING else capacity.left


class Budgets(RuleBasedStateMachine):
    """One process, or two that share a store; all that was called since the beginning is known."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.clock = FakeClock()
        self.store = MemoryStore(self.clock)
        self.replicas: list[Replica] = []
        self.harmless = True
        self.behind = timedelta()

    @initialize(count=st.integers(1, 2))
    def begin(self, count: int) -> None:
        for _ in range(count):
            self.replicas.append(Replica(self.store, RULES, clock=self.clock, alone=count == 1))
            self.runner.run(self.replicas[-1].start())

    def teardown(self) -> None:
        for replica in self.replicas:
            self.runner.run(replica.in_time(replica.kv.close()))
        self.runner.close()

    @rule(which=replicas, priority=st.sampled_from(Priority), count=st.sampled_from([1, 3, 10, 40]))
    def call(self, which: int, priority: Priority, count: int) -> None:
        replica = self.pick(which)
        for _ in range(count):
            promised = left_for(priority, replica.budget.capacity())
            if not self.runner.run(replica.call(priority)):
                if self.harmless and len(self.replicas) == 1:
                    assert not promised
                    assert self.is_used_up(priority)
                break

    @rule(seconds=st.sampled_from([1.0, 60.0, 1700.0, 1900.0, 10_000.0, 40_000.0, DAY_S - 1, DAY_S + 61]))
    def wait(self, seconds: float) -> None:
        if seconds > 2000:
            self.heal()
        self.runner.run(self.clock.advance(seconds))

    @rule(which=replicas)
    def crash(self, which: int) -> None:
        self.harmless = False
        self.behind = timedelta()
        self.runner.run(self.pick(which).crash())

    @rule(which=replicas)
    def restart(self, which: int) -> None:
        self.harmless &= not (self.pick(which).store.down or self.pick(which).store.mute)
        self.behind = timedelta()
        self.runner.run(self.pick(which).restart())

    # What a failed write of one of two has left in its queue goes over what the other wrote meanwhile, until
    # there is a shared store whose updates compare versions.
    @precondition(lambda self: len(self.replicas) == 1)
    @rule(which=replicas, how=st.sampled_from(["down", "mute"]))
    def fail(self, which: int, how: str) -> None:
        self.harmless = False
        setattr(self.pick(which).store, how, True)

    @rule()
    def heal(self) -> None:
        for replica in self.replicas:
            replica.store.heal()

    @precondition(lambda self: len(self.replicas) == 1)  # clocks of several machines are set by NTP
    @rule(hours=st.sampled_from([1, 7, 30]))
    def set_the_clock_back(self, hours: int) -> None:
        self.harmless = False
        self.clock._now -= timedelta(hours=hours)
        self.behind += timedelta(hours=hours)

    @rule()
    def set_the_clock_right(self) -> None:
        """To a process that began while the clock was behind, this is a night that the machine slept."""
        self.clock._now += self.behind
        self.behind = timedelta()

    @invariant()
    def the_limits_hold(self) -> None:
        made = sorted(call for replica in self.replicas for call in replica.made)
        for at in {at for at, _ in made}:
            window = [priority for when, priority in made if at - DAY_S < when <= at]
            assert len(window) <= RULES.limit
            assert sum(one not in FOR_WRITES for one in window) <= RULES.limit - RULES.reserve
            assert window.count(Priority.NOW_PLAYING) <= RULES.now_playing

    def pick(self, which: int) -> Replica:
        return self.replicas[which % len(self.replicas)]

    def is_used_up(self, priority: Priority) -> bool:
        """Whether what was called lately is all that this class may use."""
        since = self.clock.monotonic() - MEMORY_S
        lately = [one for at, one in self.replicas[0].made if at > since]
        if priority in FOR_WRITES:
            return len(lately) >= RULES.limit
        playing = lately.count(Priority.NOW_PLAYING) >= RULES.now_playing
        return len(lately) >= RULES.limit - RULES.reserve or (playing and priority is Priority.NOW_PLAYING)


Budgets.TestCase.settings = settings(deadline=None, max_examples=150, stateful_step_count=30)
TestBudgets = Budgets.TestCase

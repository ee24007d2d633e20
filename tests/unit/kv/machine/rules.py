"""The state machine: every rule is something that may happen, in whatever order and at whatever moment."""

from datetime import timedelta
from itertools import cycle

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from tests.unit.kv.machine.choices import (
    Ending,
    Event,
    batch_ends,
    changes,
    contents,
    first_starts,
    focus,
    keys,
    lives,
    paces,
    read_ways,
    several,
    some,
    write_ways,
    writes,
)
from tests.unit.kv.machine.held_store import Fate, Way
from tests.unit.kv.machine.kinds import GATHERED, KEYS, NOTES, TOO_LARGE, Setup, setups
from tests.unit.kv.machine.quick_clock import pass_turns
from tests.unit.kv.machine.run import Run
from tests.unit.kv.machine.world import World
from tests.unit.kv.machine.writers import Change
from tests.unit.kv.stand_ins import Note, note

A_LONG_TIME_S = 40.0
SEEN_BY_THEN_S = 26.0
"""By then memory has looked again, and a value that another process wrote has not ended yet."""


class QueueMachine(Run):
    """Callers, a store, time, and an operator who stops and kills."""

    @initialize(
        setup=setups, focus=focus, paces=paces, ways=st.tuples(read_ways, write_ways), first=first_starts
    )
    def start(
        self, setup: Setup, focus: list[str], paces: list[int | None], ways: tuple[Way, Way], first: Way
    ) -> None:
        """Begin with a few keys, the fewer the more often they meet; the pace says what happens at once."""
        self.focus, self.paces, self.ways, self.first_start = focus, cycle(paces), ways, first
        self.world = World(setup, self.folder)
        self.start_process()

    # Calls.

    def _value(self, key: str, content: str) -> Note:
        stored = self.world.model.stored[key].value if content == "what the store has" else None
        return stored or (note(TOO_LARGE) if content == "too large" else self.process.intake.fresh())

    @rule(keys=several, content=contents, ttl=lives, later=st.booleans())
    def put(self, keys: list[str], content: str, ttl: timedelta | None, *, later: bool) -> None:
        values = {KEYS[key]: self._value(key, content) for key in keys}
        if len(values) == 1:
            self.begin(self.writers.put, *values.popitem(), ttl=ttl, later=later)
        else:
            self.begin(self.writers.put_many, values)

    @rule(key=keys, later=st.booleans())
    def delete(self, key: str, *, later: bool) -> None:
        self.begin(self.writers.delete, KEYS[key], later=later)

    @rule(key=keys, how=changes, default=st.booleans(), later=st.booleans(), ttl=lives)
    def update(self, key: str, how: Change, *, default: bool, later: bool, ttl: timedelta | None) -> None:
        base = note("default") if default else None
        self.begin(self.writers.update, KEYS[key], how, default=base, later=later, ttl=ttl)

    @rule(keys=several, times=st.integers(1, 2))
    def get(self, keys: list[str], times: int) -> None:
        """Get one value, or several together; so many callers at once."""
        for _ in range(times):
            if len(keys) == 1:
                self.begin(self.readers.get, KEYS[keys[0]])
            else:
                self.begin(self.readers.get_many, [KEYS[key] for key in keys])

    @rule(what=st.sampled_from(["count", "add", "append"]), times=st.integers(1, 4))
    def gather(self, what: str, times: int) -> None:
        for _ in range(times):
            if what == "append":
                self.begin(self.adders.append)
            else:
                self.events += 1
                self.begin(self.adders.count if what == "count" else self.adders.add, f"e{self.events}")

    @rule(timeout_s=st.sampled_from([None, None, 2.0]))
    def flush(self, timeout_s: float | None) -> None:
        self.begin(self.readers.flush, timeout_s)

    @rule(what=st.sampled_from(["fold", "log", *GATHERED, *NOTES]), newest=st.integers(0, 9))
    def ask(self, what: str, newest: int) -> None:
        """Read the log, what was counted, or which keys there are of a kind."""
        if what == "log":
            self.begin(self.readers.get_log, newest)
        elif what in NOTES:
            self.begin(self.readers.list_keys, NOTES[what])
        elif what == "fold" and not self.world.setup.single_writer:
            self.begin(self.adders.fold, list(GATHERED.values())[newest % 2])
        elif what in GATHERED:
            self.begin(self.readers.get_gathered, GATHERED[what])

    @precondition(lambda self: self.process.calls)
    @rule(which=some)
    def go_away(self, which: int) -> None:
        """A caller no longer waits."""
        self.process.go_away(which)
        self.go_on()

    # The store.

    @rule(reads=read_ways, writes=write_ways, late=st.booleans())
    def from_now_on(self, reads: Way, writes: Way, *, late: bool) -> None:
        """Calls to the store that begin now end in this way."""
        self.set_ways((reads, writes), late=late)

    @precondition(lambda self: self.process.store.reading)
    @rule(which=some, way=st.sampled_from([Way.OK, Way.EARLY, Way.REFUSED]))
    def a_read_ends(self, which: int, way: Way) -> None:
        reading = self.process.store.reading
        reading[which % len(reading)].end(way)
        self.go_on()

    @precondition(lambda self: self.process.store.writing)
    @rule(way=batch_ends)
    def a_batch_ends(self, way: Way) -> None:
        self.process.store.writing.end(way)
        self.go_on()

    @precondition(lambda self: self.process.store.writing)
    @rule(fates=st.lists(st.sampled_from(Fate), min_size=1, max_size=4))
    def a_batch_ends_in_part(self, fates: list[Fate]) -> None:
        self.process.store.writing.end(Way.OK, fates)
        self.go_on()

    @precondition(lambda self: self.process.store.writing)
    @rule()
    def a_batch_lands(self) -> None:
        """The store has written it, and has not said so yet."""
        self.process.store.land(self.process.store.writing)
        self.go_on()

    @rule(event=st.sampled_from(Event), turns=st.integers(0, 4), key=keys, write=writes)
    def a_write_comes_in_the_moment_when(
        self, event: Event, turns: int, key: str, write: tuple[str, bool]
    ) -> None:
        """It comes so many turns of the loop after the event, when not everybody knows of that yet."""
        store = self.process.store
        if event is Event.END and self.may_end():
            self.close()
        ending = {Event.READ: store.reading, Event.BATCH: [store.writing]}
        for call in ending.get(event, []):
            if call:
                call.end(Way.OK)
        self.loop.run_until_complete(pass_turns(turns))
        verb, later = write
        if verb == "put":
            self.put([key], "new", None, later=later)
        else:
            self.delete(key, later=later)

    @precondition(lambda self: not self.world.setup.single_writer)
    @rule(key=keys, then_s=st.sampled_from([None, 0.001, SEEN_BY_THEN_S]))
    def another_process_writes(self, key: str, then_s: float | None) -> None:
        """Time passes and somebody looks, or it happens before this process's next start."""
        if then_s is None:
            self.in_between.append(KEYS[key])
        else:
            self.process.change_elsewhere(KEYS[key])
            self.let_pass(then_s)
            self.get([key], 1)

    # Time, and the end.

    @rule(seconds=st.sampled_from([0.1, 1.0, 2.0, 5.0, A_LONG_TIME_S]))
    def time_passes(self, seconds: float) -> None:
        waiting = list(self.process.calls)
        self.let_pass(seconds)
        if seconds >= A_LONG_TIME_S:
            self.process.check_nobody_waits(waiting)

    @precondition(Run.may_end)
    @rule(how=st.sampled_from(Ending), ways=st.tuples(read_ways, write_ways))
    def end(self, how: Ending, ways: tuple[Way, Way]) -> None:
        """The process ends, in order or from one moment to the next, and perhaps on a store that is stuck."""
        if how in (Ending.KILLED, Ending.KILLED_LATE):
            if how is Ending.KILLED_LATE and self.process.store.writing:
                self.process.store.land(self.process.store.writing)
            self.kill()
            self.start_again()
        else:
            self.close()
            if how is Ending.STUCK:
                self.set_ways(ways, late=False)
                self.let_pass(20.0)
            self.go_on()

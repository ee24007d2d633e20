"""The life of processes, one after the other, in which the rules of the machine happen."""

import asyncio
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack
from itertools import repeat
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from hypothesis.stateful import RuleBasedStateMachine
from structlog.testing import capture_logs

from app.kv import logs, spill
from app.kv.errors import KVError
from app.kv.keyspace import Key
from tests.unit.kv.machine.adders import Adders
from tests.unit.kv.machine.choices import REST
from tests.unit.kv.machine.held_store import Way
from tests.unit.kv.machine.kinds import GATHERED, KEYS, SEGMENT_RECORDS
from tests.unit.kv.machine.process import Process
from tests.unit.kv.machine.quick_clock import AtOnce, pass_turns, rest
from tests.unit.kv.machine.readers import Readers
from tests.unit.kv.machine.world import World
from tests.unit.kv.machine.writers import Updaters
from tests.unit.kv.stand_ins import Note

LOG_READ = 5
SHORTEST_LIFE = 6
"""Steps before a process may end: one that ends at once shows nothing."""


class Run(RuleBasedStateMachine):
    """A process that starts, goes on, ends and is followed by the next, until the run is over.

    Attributes:
        paces: how many turns of the loop pass after each step.
        ways: how reads and writes end.
        first_start: how writes end in a first, failing start after a process has left something behind.
    """

    world: World
    paces: Iterator[int | None]
    ways: tuple[Way, Way]
    first_start: Way

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.patches = ExitStack()
        self.patches.enter_context(capture_logs())
        self.patches.enter_context(patch.object(logs, "SEGMENT_RECORDS", SEGMENT_RECORDS))
        self.patches.enter_context(patch.object(spill, "Worker", AtOnce))
        self.folder = Path(self.patches.enter_context(TemporaryDirectory()))
        self.in_between: list[Key[Note]] = []
        self.events = 0

    def start_process(self) -> None:
        """Start the next process; after a stuck one twice, because the first ends or fails on the way."""
        if self.world.left_behind():
            file, queue = self.world.spill.read_bytes(), dict(self.world.model.queue)
            if self._try_to_start(writes=self.first_start):
                self.kill()
                self.world.spill.write_bytes(file)
            else:
                self._end_at_once()
            self.world.model.left_behind(queue)
        self._try_to_start(writes=Way.OK)
        self.set_ways(self.ways, late=False)

    def _try_to_start(self, *, writes: Way) -> bool:
        """Return whether the store took everything that the last process left."""
        self.process, self.steps = Process(self.world), 0
        self.process.store.writes_end = writes
        self.writers, self.readers = Updaters(self.process), Readers(self.process)
        self.adders = Adders(self.process)
        try:
            self.loop.run_until_complete(self.process.kv.start())
        except KVError:
            self.process.check_not_started()
            return False
        self.world.taken_up()
        return True

    def set_ways(self, ways: tuple[Way, Way], *, late: bool) -> None:
        """Let reads and writes that begin from now on, in this process and the next, end in these ways."""
        self.ways, store = ways, self.process.store
        (store.reads_end, store.writes_end), store.late = ways, late

    def begin(self, call: Callable[..., Coroutine[Any, Any, None]], *arguments: Any, **options: Any) -> None:
        """Let somebody call."""
        self.process.calls.append(self.loop.create_task(call(*arguments, **options)))
        self.go_on()

    def let_pass(self, seconds: float) -> None:
        """Let time pass, after which what is counted is what happened."""
        self.rest()
        self.loop.run_until_complete(self.world.clock.advance(seconds))
        self.rest()
        self.process.check_counts()

    def may_end(self) -> bool:
        """Whether this process has lived for a while, and does not end already."""
        return not self.process.closing and self.steps >= SHORTEST_LIFE

    def kill(self) -> None:
        """End the process from one moment to the next."""
        self._end_at_once()
        self.world.end()

    def _end_at_once(self) -> None:
        self.process.dead = self.process.store.gone = True
        self._cancel_everything()

    def close(self) -> None:
        """Begin to end the process in order."""
        self.process.close(self.loop)

    def go_on(self) -> None:
        """Let so many turns of the loop pass as the pace says, or let everything come to rest."""
        self.steps += 1
        turns = next(self.paces)
        if turns is REST:
            self.rest()
        else:
            self.loop.run_until_complete(pass_turns(turns))

    def rest(self) -> None:
        """Let every task go as far as it can, and see that all is well."""
        self.loop.run_until_complete(rest())
        self.process.check()
        if self.process.closing and self.process.closing.done():
            self._closed()
            self.start_again()

    def _closed(self) -> None:
        self.process.closing.result()
        self.process.check_counts()
        self.loop.run_until_complete(self.process.check_closed())
        if self.world.left_behind():
            model = self.world.model
            model.left_behind({**model.in_flight, **model.queue})
        else:
            self.world.end()

    def start_again(self) -> None:
        """Start the next process a little later; meanwhile others may have written."""
        self.loop.run_until_complete(self.world.clock.advance(1))
        for key in self.in_between:
            self.process.change_elsewhere(key)
        self.in_between = []
        self.loop.run_until_complete(self.world.clock.advance(1))
        self.start_process()

    def _cancel_everything(self) -> None:
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(rest())

    def teardown(self) -> None:
        try:
            if sys.exc_info()[0] is None and hasattr(self, "process"):
                self._heal()
        finally:
            self._cancel_everything()
            self.loop.close()
            self.patches.close()

    def _heal(self) -> None:
        """In the end the store works again: everybody is told, and the store has what it should."""
        self.paces = repeat(REST)
        self.set_ways((Way.OK, Way.OK), late=False)
        store = self.process.store
        for call in [*store.reading, store.writing]:
            if call:
                call.end(Way.OK)
        self.loop.run_until_complete(self.world.clock.advance(60))
        self.rest()
        self.begin(self.readers.flush, None)
        self._read_everything()
        self.process.check_healed()
        self.close()
        self.rest()

    def _read_everything(self) -> None:
        for key in KEYS.values():
            self.begin(self.readers.get, key)
        for key in GATHERED.values():
            self.begin(self.readers.get_gathered, key)
        self.begin(self.readers.get_log, LOG_READ)

"""Everything that outlives a process: time, the disk, and what is known of both."""

from pathlib import Path

from app.kv.spill import SPILL_FILE
from tests.unit.kv.machine.disk import Disk
from tests.unit.kv.machine.gathered import gathered
from tests.unit.kv.machine.kinds import Setup, log_space
from tests.unit.kv.machine.model import Model
from tests.unit.kv.machine.promises import Promises
from tests.unit.kv.machine.quick_clock import QuickClock
from tests.unit.kv.machine.records import Records


class World:
    """One run's surroundings."""

    def __init__(self, setup: Setup, folder: Path) -> None:
        self.setup = setup
        self.spill = folder / SPILL_FILE if setup.spill else None
        self.clock = QuickClock()
        self.promises = Promises()
        self.model = Model(self.clock, self.promises)
        self.gathered = gathered(self.promises)
        self.log = log_space()
        life_s = self.log.ttl.total_seconds()
        self.records = Records(self.clock, self.promises, newest=self.log.newest, life_s=life_s)
        self.disk = Disk(self.clock, self.model, self.gathered)

    def left_behind(self) -> bool:
        """Whether the last process has left what it could not write."""
        return self.spill is not None and self.spill.exists()

    def taken_up(self) -> None:
        """A process has started: what the last one left is in the store."""
        self.model.taken_up()
        for events in self.gathered.values():
            events.flushed(frozenset(events.sure))
        self.records.flushed(self.records.sure())

    def end(self) -> None:
        """A process is gone."""
        self.model.ended()
        for events in self.gathered.values():
            events.ended()
        self.records.ended()

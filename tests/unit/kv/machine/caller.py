"""What all callers have in common: they judge the answer that they get."""

from typing import Any

from app.kv.keyspace import Key
from tests.unit.kv.machine.model import Moment
from tests.unit.kv.machine.process import Process

ROOM_WAIT_S = 5.0


class Caller:
    """Somebody who calls the service of one process."""

    def __init__(self, process: Process) -> None:
        self._process, self._world = process, process.world
        self._kv, self._intake, self._model = process.kv, process.intake, process.world.model
        self._hold = process.hold
        self._batching = process.world.setup.options.write_batching

    def _waited_for_room(self, key: Key[Any], called: Moment) -> None:
        """A write was refused because the queue is full."""
        self._model.told[key.space.prefix, "dropped"] += 1
        waited = self._model.moment().time - called.time
        self._hold(waited >= ROOM_WAIT_S, "a write is refused after five seconds without room")

    def _read_failed(self, called: Moment) -> None:
        """A call raised because a value could not be read."""
        failed = self._model.a_read_failed(called) or self._process.closing
        self._hold(failed, "a read fails only when the store fails")

"""What survives every process."""

from collections.abc import Mapping, Sequence

from app.kv.store import Put, Write
from tests.unit.kv.machine.gathered import Gathered
from tests.unit.kv.machine.model import Model, base_of
from tests.unit.kv.machine.quick_clock import QuickClock


class Disk:
    """Rows that end in time, and who follows them."""

    def __init__(self, clock: QuickClock, model: Model, gathered: Mapping[str, Gathered]) -> None:
        self.clock = clock
        self.model = model
        self._gathered = gathered
        self.rows: dict[str, Put] = {}

    def find(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Return what is there of these keys."""
        now = self.clock.now().timestamp()
        rows = (self.rows[key] for key in keys if key in self.rows)
        return {row.key: row.data for row in rows if row.expires_at is None or row.expires_at > now}

    def keys(self, prefix: str) -> tuple[str, ...]:
        """Return live keys in order."""
        return tuple(sorted(self.find([key for key in self.rows if key.startswith(prefix)])))

    def land(self, writes: Sequence[Write]) -> None:
        """Write."""
        for write in writes:
            put = write if isinstance(write, Put) else None
            if put:
                self.rows[write.key] = put
            else:
                self.rows.pop(write.key, None)
            self.model.landed(write.key)
            if events := self._gathered.get(base_of(write.key)):
                events.landed(write.key, put and put.data)

"""What every part of the service is given."""

from dataclasses import dataclass, field

from app.clock import Clock
from app.kv.metrics import Metrics
from app.kv.options import KVOptions


class Versions:
    """Numbers of writes: each higher than all before it, in this process and in earlier ones."""

    def __init__(self) -> None:
        self._last = 0

    def next(self, now: float) -> int:
        """Return the next number, which is the time in microseconds unless the clock was set back."""
        self._last = max(self._last + 1, int(now * 1_000_000))
        return self._last

    def seen(self, version: int) -> None:
        """Go on above a number that an earlier process gave out."""
        self._last = max(self._last, version)


@dataclass(frozen=True, slots=True)
class Context:
    """Time, counters and settings."""

    clock: Clock
    metrics: Metrics
    options: KVOptions
    versions: Versions = field(default_factory=Versions)

    def now(self) -> float:
        """Return seconds since 1970."""
        return self.clock.now().timestamp()

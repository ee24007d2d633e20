"""What every part of the service is given."""

from dataclasses import dataclass

from app.clock import Clock
from app.kv.metrics import Metrics
from app.kv.options import KVOptions


@dataclass(frozen=True, slots=True)
class Context:
    """Time, counters and settings."""

    clock: Clock
    metrics: Metrics
    options: KVOptions

    def now(self) -> float:
        """Return seconds since 1970."""
        return self.clock.now().timestamp()

"""Wall time that never goes back."""

from datetime import datetime, timedelta

from app.clock import Clock


class SteadyTime:
    """The clock's wall time; where that is set back, it goes on from where it was.

    So nothing becomes young again, and nothing that is counted for a day is let go before a day has passed.
    Only a step forward makes things older than they are, as they are after the machine has slept.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen = clock.monotonic()
        self._time = clock.now()

    def now(self) -> datetime:
        """Return the time, aware, in UTC."""
        seen = self._clock.monotonic()
        self._time = max(self._time + timedelta(seconds=seen - self._seen), self._clock.now())
        self._seen = seen
        return self._time

    def catch_up(self, at: datetime) -> None:
        """Be no earlier than a time that was written down by an earlier process."""
        self._time = max(self.now(), at)

    def on_the_wall(self, at: datetime) -> datetime:
        """Return what the clock will show at that time."""
        return at + (self._clock.now() - self.now())

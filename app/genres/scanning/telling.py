"""Telling the browser about a scan: often enough to look alive, never so often that it costs."""

from collections.abc import Callable

from app.clock import Clock
from app.genres.scan_schemas import ScanFamilies, ScanOut, ScanProblem
from app.jobs.progress import Channel

PROGRESS_EVERY_S = 0.4
GENRES_EVERY_S = 1.0


class Teller:
    """Publishes what has changed, together at most about four events a second."""

    def __init__(
        self,
        channel: Channel,
        clock: Clock,
        *,
        progress: Callable[[], ScanOut],
        families: Callable[[], ScanFamilies],
    ) -> None:
        self._channel = channel
        self._clock = clock
        self._progress = progress
        self._families = families
        self._progress_due = self._families_due = clock.monotonic()
        self._families_told: ScanFamilies | None = None
        self._problems_told: tuple[str, ...] = ()

    def tell(self, *, at_once: bool = False) -> None:
        """Publish progress and families where it is time to; `at_once` whatever the time."""
        now = self._clock.monotonic()
        if at_once or now >= self._progress_due:
            self._progress_due = now + PROGRESS_EVERY_S
            self._tell_progress("progress")
        if at_once or now >= self._families_due:
            self._tell_families()
            # The first families are what a person waits for: they are not held back.
            self._families_due = now + (GENRES_EVERY_S if self._has_families() else 0.0)

    def tell_end(self) -> None:
        """Publish the final state."""
        self._tell_families()
        self._tell_progress("done")

    def _tell_progress(self, event: str) -> None:
        progress = self._progress()
        if progress.problems and progress.problems[-1:] != self._problems_told[-1:]:
            self._channel.publish("problem", ScanProblem(detail=progress.problems[-1]))
        self._problems_told = progress.problems
        self._channel.publish(event, progress)

    def _has_families(self) -> bool:
        return self._families_told is not None and any(one.count for one in self._families_told.families)

    def _tell_families(self) -> None:
        families = self._families()
        if families != self._families_told:
            self._families_told = families
            self._channel.publish("genres", families)

"""Filling in later what a source could not answer during a scan."""

from app.clock import Clock
from app.genres.finder import GenreFinder
from app.genres.models import LibraryIndex
from app.genres.scanning.tools import ScanTools
from app.genres.tally import Tally
from app.jobs.runner import JobRunner

AGAIN_AFTER_S = 600.0


class GenreFiller:
    """Asks about artists that still wait, when their library is looked at."""

    def __init__(self, tools: ScanTools, jobs: JobRunner, clock: Clock) -> None:
        self._tools = tools
        self._jobs = jobs
        self._clock = clock
        self._not_before: dict[str, float] = {}

    def fill(self, user_id: str, index: LibraryIndex) -> None:
        """Ask in the background, unless a scan does so or it was tried within ten minutes."""
        name, now = f"genres:{user_id}", self._clock.monotonic()
        busy = any((job := self._jobs.find(one)) and job.running for one in (name, f"scan:{user_id}"))
        if busy or now < self._not_before.get(user_id, now):
            return
        self._not_before[user_id] = now + AGAIN_AFTER_S
        self._jobs.start(name, lambda: self._fill(user_id, index))

    def forget(self, user_id: str) -> None:
        """Know nothing more of a person."""
        self._not_before.pop(user_id, None)

    async def _fill(self, user_id: str, index: LibraryIndex) -> None:
        tally = Tally(self._tools.families)
        async for song in self._tools.library.read_songs(user_id, index.sources):
            tally.add((song,))
        finder = GenreFinder(self._tools.resolver, tally, self._clock, tell=_tell_nobody)
        finder.all_songs()
        await finder.run()
        await self._tools.library.revise(user_id, index.generation, waiting=len(tally.unresolved()))


def _tell_nobody() -> None:
    """Nobody watches."""

"""Going on behind a scan: what a source could not answer, the slow sources, and what has become old."""

import asyncio
from contextlib import suppress

from app.clock import Clock
from app.genres.finder import GenreFinder
from app.genres.scanning.tools import ScanTools
from app.genres.tally import Tally
from app.jobs.runner import JobRunner
from app.kv.deadline import deadline

AGAIN_AFTER_S = 600.0
"""How long a source is left alone that did not answer, and a library that was gone through."""
MOST_ROUNDS = 144
"""For a day a job goes on that gets no answers; then the next visit begins anew."""


class GenreFiller:
    """Asks behind, after a scan and when a library is looked at."""

    def __init__(self, tools: ScanTools, jobs: JobRunner, clock: Clock) -> None:
        self._tools = tools
        self._jobs = jobs
        self._clock = clock
        self._not_before: dict[str, float] = {}
        self._again: dict[str, asyncio.Event] = {}

    def is_busy(self, user_id: str) -> bool:
        """Whether genres of a person's library are looked for behind."""
        return self._runs(_job_name(user_id))

    def fill(self, user_id: str, *, after_scan: bool = False) -> None:
        """Ask in the background, unless a scan does so or it was tried within ten minutes.

        After a scan it is not waited for: a search that is under way takes the new library next.
        """
        now = self._clock.monotonic()
        if self.is_busy(user_id):
            if after_scan:
                self._again.setdefault(user_id, asyncio.Event()).set()
            return
        if not after_scan and (self._runs(f"scan:{user_id}") or now < self._not_before.get(user_id, now)):
            return
        self._not_before[user_id] = now + AGAIN_AFTER_S
        self._again[user_id] = asyncio.Event()
        self._jobs.start(_job_name(user_id), lambda: self._fill(user_id, self._again[user_id]))

    def forget(self, user_id: str) -> None:
        """Know nothing more of a person."""
        self._not_before.pop(user_id, None)
        self._again.pop(user_id, None)

    def _runs(self, name: str) -> bool:
        job = self._jobs.find(name)
        return job is not None and job.running

    async def _fill(self, user_id: str, again: asyncio.Event) -> None:
        for _ in range(MOST_ROUNDS):
            again.clear()
            failing = await self._round(user_id)
            if failing and not again.is_set():
                with suppress(TimeoutError):
                    async with deadline(self._clock, AGAIN_AFTER_S):
                        await again.wait()
            elif not again.is_set():
                return

    async def _round(self, user_id: str) -> bool:
        """Go through all steps, those of a scan side by side; return whether one does not answer."""
        index = await self._tools.library.find_index(user_id)
        if index is None:
            return False
        tally = Tally(self._tools.families)
        async for song in self._tools.library.read_songs(user_id, index.sources):
            tally.add((song,))
        resolver, failing = self._tools.resolver, False
        for steps in (resolver.front, *((step,) for step in resolver.behind)):
            finder = GenreFinder(resolver, tally, self._clock, tell=_tell_nobody, behind=steps)
            finder.all_songs()
            await finder.run()
            failing = failing or bool(finder.failing)
            waiting = len(tally.unresolved())
            await self._tools.library.revise(
                user_id, index.generation, waiting=waiting, learned=finder.learned
            )
        return failing


def _job_name(user_id: str) -> str:
    return f"genres:{user_id}"


def _tell_nobody() -> None:
    """Nobody watches."""

"""Going on behind a scan: what a source could not answer, the slow sources, and what has become old."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress

from app.clock import Clock
from app.genres.behind import Behind
from app.genres.finder import GenreFinder
from app.genres.models import LibraryIndex
from app.genres.scanning.tools import ScanTools
from app.genres.steps import Step
from app.genres.tally import Tally
from app.jobs.runner import JobRunner
from app.kv.deadline import deadline

AGAIN_AFTER_S = 600.0
"""How long a source is left alone that did not answer, and a library that was gone through."""
MOST_ROUNDS = 144
"""For a day a job goes on that gets no answers; then the next visit begins anew."""
SHOWN_EVERY_S = 60.0
"""How often what was found so far comes into the library."""


class _Fill:
    """One person's job.

    Attributes:
        again: set when there is a new library to take.
        finders: the searches of the round under way.
        shown: what was last said of it, which holds between two searches.
        after_scan: whether a scan asked for it, and no visit that knows of something to ask.
    """

    def __init__(self, *, after_scan: bool) -> None:
        self.after_scan = after_scan
        self.again = asyncio.Event()
        self.finders: list[GenreFinder] = []
        self.shown: Behind | None = None

    @property
    def failing(self) -> bool:
        """Whether somebody does not answer."""
        return self.shown is not None and bool(self.shown.failing)

    def look(self) -> None:
        """Take note of how far the searches are."""
        asked = [one for finder in self.finders for one in finder.left(failing=False).items()]
        failing = [one for finder in self.finders for one in finder.left(failing=True).items()]
        if asked or failing:
            self.shown = Behind(
                sources=tuple(label for label, _ in asked),
                artists=_artists(asked),
                failing=tuple(label for label, _ in failing),
                waiting=_artists(failing),
            )


class GenreFiller:
    """Asks behind, after a scan and when a library is looked at."""

    def __init__(self, tools: ScanTools, jobs: JobRunner, clock: Clock) -> None:
        self._tools = tools
        self._jobs = jobs
        self._clock = clock
        self._not_before: dict[str, float] = {}
        self._fills: dict[str, _Fill] = {}
        self._kept: set[str] = set()  # with whom a restart would go on
        self._through: dict[str, str] = {}  # the generation that was gone through, everybody answering

    def progress(self, user_id: str) -> Behind | None:
        """Return who is still being asked about a person's artists; None when nobody is."""
        fill = self._fills.get(user_id)
        if fill is None or not self._runs(_job_name(user_id)):
            return None
        fill.look()
        return fill.shown

    def fill(self, user_id: str, *, after_scan: bool = False) -> None:
        """Ask in the background, unless a scan does so or it was tried within ten minutes.

        After a scan it is not waited for: a search that is under way takes the new library next.
        """
        now = self._clock.monotonic()
        if self._runs(_job_name(user_id)):
            if after_scan:
                self._fills[user_id].again.set()
            return
        if not after_scan and (self._runs(f"scan:{user_id}") or now < self._not_before.get(user_id, now)):
            return
        self._not_before[user_id] = now + AGAIN_AFTER_S
        self._fills[user_id] = fill = _Fill(after_scan=after_scan)
        self._jobs.start(_job_name(user_id), lambda: self._fill(user_id, fill))

    async def resume_all(self) -> None:
        """Go on with every search that had no answers yet when the last process ended."""
        self._kept.update(await self._tools.scans.list_fills())
        for user_id in tuple(self._kept):
            self.fill(user_id)

    def forget(self, user_id: str) -> None:
        """Know nothing more of a person."""
        self._not_before.pop(user_id, None)
        self._fills.pop(user_id, None)
        self._kept.discard(user_id)
        self._through.pop(user_id, None)

    def _runs(self, name: str) -> bool:
        job = self._jobs.find(name)
        return job is not None and job.running

    async def _fill(self, user_id: str, fill: _Fill) -> None:
        for _ in range(MOST_ROUNDS):
            fill.again.clear()
            await self._round(user_id, fill)
            if fill.failing and not fill.again.is_set():
                with suppress(TimeoutError):
                    async with deadline(self._clock, AGAIN_AFTER_S):
                        await fill.again.wait()
            elif not fill.again.is_set():
                break
        if user_id in self._kept:
            await self._tools.scans.close_fill(user_id)
            self._kept.discard(user_id)

    async def _round(self, user_id: str, fill: _Fill) -> None:
        """Go through all steps, those of a scan side by side."""
        index = await self._tools.library.find_index(user_id)
        if index is None or (fill.after_scan and self._through.get(user_id) == index.generation):
            fill.shown = None
            return
        await self._keep(user_id, needed=index.waiting > 0)
        tally = Tally(self._tools.families)
        async for song in self._tools.library.read_songs(user_id, index.sources):
            tally.add((song,))
        resolver = self._tools.resolver
        for steps in (resolver.front, *((step,) for step in resolver.behind)):
            await self._search(user_id, fill, index, tally=tally, steps=steps)
        fill.shown = None
        fill.look()
        fill.finders.clear()  # they hold all that is known of the artists
        await self._keep(user_id, needed=fill.failing)
        if not fill.failing:
            self._through[user_id] = index.generation

    async def _search(
        self, user_id: str, fill: _Fill, index: LibraryIndex, *, tally: Tally, steps: Sequence[Step]
    ) -> None:
        """Ask some steps about everybody, and let what they find into the library on the way."""
        learned = asyncio.Event()
        finder = GenreFinder(self._tools.resolver, tally, self._clock, tell=learned.set, behind=steps)
        fill.finders.append(finder)
        finder.all_songs()
        searching = asyncio.create_task(finder.run())
        try:
            while not searching.done():
                with suppress(TimeoutError):
                    async with deadline(self._clock, SHOWN_EVERY_S):
                        await asyncio.shield(searching)
                waiting = len(tally.unresolved())
                await self._tools.library.revise(
                    user_id, index.generation, waiting=waiting, learned=learned.is_set() and finder.learned
                )
                learned.clear()
        finally:
            searching.cancel()
            await asyncio.gather(searching, return_exceptions=True)

    async def _keep(self, user_id: str, *, needed: bool) -> None:
        """Note that a restart goes on with this, once there is something that could be forgotten."""
        if needed and user_id not in self._kept:
            await self._tools.scans.open_fill(user_id, self._clock.now())
            self._kept.add(user_id)


def _artists(left: Iterable[tuple[str, set[str]]]) -> int:
    return len(set().union(*(artists for _, artists in left)))


def _job_name(user_id: str) -> str:
    return f"genres:{user_id}"

"""Auto-sort: who has it on, when whose turn is, and what is kept of its runs."""

from contextlib import suppress
from datetime import datetime
from functools import partial

import structlog

from app.errors import AppError
from app.events import AccountDeleted, Disconnected, Event, PlaylistCreated, ScheduleChanged
from app.jobs.runner import JobRunner, JobRunningError
from app.kv.errors import KVError
from app.playlists.autosort.models import AutoSort, SortingRun
from app.playlists.autosort.page_models import AutoSortView, auto_sort_view
from app.playlists.autosort.sorting import Sorter, SortingTools
from app.playlists.models import Schedule
from app.spotify.errors import QuotaExceededError
from app.upstream.capacity import Capacity
from app.upstream.errors import RateLimitedError

LOOK_S = 600.0
"""How often it is looked whose turn it is."""
LEFT_TO_PEOPLE = 0.3
"""Part of a day's calls for reading that auto-sort leaves to people."""

log = structlog.get_logger(__name__)


class AutoSortService:
    """Keeps playlists in step by itself: in the background, also for people who are not signed in.

    Who has it on is known in memory: the store is listed once, when the process starts.
    """

    def __init__(self, tools: SortingTools, jobs: JobRunner) -> None:
        self._tools = tools
        self._repository = tools.repository
        self._playlists = tools.playlists
        self._sorter = Sorter(tools)
        self._jobs = jobs
        self._clock = tools.clock
        self._next: dict[str, datetime | None] = {}

    async def start(self) -> None:
        """Take up what earlier processes were told."""
        for user_id, state in (await self._repository.list_all()).items():
            self._note(user_id, state)

    async def handle(self, event: Event) -> None:
        """Follow what becomes of playlists and people."""
        match event:
            case AccountDeleted(user_id) | Disconnected(user_id):
                self._next.pop(user_id, None)
            case ScheduleChanged(user_id) | PlaylistCreated(user_id):
                await self._plan(user_id)

    def is_on(self, user_id: str) -> bool:
        """Return whether some playlist of a listener has a schedule; asks no store."""
        return user_id in self._next

    async def get_view(self, user_id: str) -> AutoSortView:
        """Return what pages show of a listener's auto-sort."""
        made, state = await self._playlists.list_made(user_id), await self._repository.get(user_id)
        return auto_sort_view(state, made, self._clock.now(), running=self._is_running(user_id))

    async def change(self, user_id: str, *, schedule: Schedule | None = None, resume: bool = False) -> None:
        """Give every playlist of a listener the same schedule, or go on after a pause, within minutes."""
        if schedule:
            change = {"schedule": schedule}
            await self._playlists.repository.change_made(user_id, lambda one: one.model_copy(update=change))
            await self._plan(user_id)
        if resume:
            now = self._clock.now()
            self._note(user_id, await self._repository.change(user_id, lambda state: state.resumed(now)))

    def _is_running(self, user_id: str) -> bool:
        job = self._jobs.find(_job_name(user_id))
        return job is not None and job.running

    async def _plan(self, user_id: str) -> AutoSort:
        """Follow the schedules of a listener's playlists."""
        made = await self._playlists.list_made(user_id)
        wanted, now = {one.schedule for one in made if not one.gone}, self._clock.now()
        if wanted <= {"off"} and not self.is_on(user_id):
            return AutoSort()
        state = await self._repository.change(user_id, lambda state: state.planned(wanted, now))
        return self._note(user_id, state)

    def _note(self, user_id: str, state: AutoSort) -> AutoSort:
        if not state.due:
            self._next.pop(user_id, None)
            return state
        self._next[user_id] = state.next_at
        with suppress(JobRunningError):
            self._jobs.start("auto-sort-clock", self._watch)
        return state

    async def _watch(self) -> None:
        """Start whatever is due, for as long as the process lives."""
        while True:
            await self._clock.sleep(LOOK_S)
            now = self._clock.now()
            due = [user_id for user_id, at in self._next.items() if at and at <= now]
            for user_id in due if _has_room(self._tools.spotify.capacity()) else ():
                with suppress(JobRunningError):
                    self._jobs.start(_job_name(user_id), partial(self._run, user_id))

    async def _run(self, user_id: str) -> None:
        """Sort for one listener; what could not be kept, or has to wait for calls, stays due."""
        async with self._repository.lease(user_id):
            state = await self._plan(user_id)
            rhythms = state.rhythms(self._clock.now())
            if not rhythms:
                return
            try:
                run = await self._sorter.sort(user_id, state, rhythms)
            except (QuotaExceededError, RateLimitedError) as error:
                log.info("autosort.waits", error=error.code)
                return
            except KVError:
                raise
            except AppError as error:
                run = SortingRun(at=self._clock.now(), problem=error.detail or error.title)
            now = self._clock.now()
            self._note(
                user_id, await self._repository.change(user_id, lambda state: state.after(run, rhythms, now))
            )
            log.info("autosort.ran", added=run.added, removed=run.removed, failed=run.problem is not None)


def _has_room(capacity: Capacity) -> bool:
    """Whether there are more calls than those that are left to people."""
    if capacity.blocked_until:
        return False
    if capacity.left is None or capacity.limit is None:
        return True
    return capacity.left > LEFT_TO_PEOPLE * (capacity.limit - capacity.reserve)


def _job_name(user_id: str) -> str:
    return f"auto-sort:{user_id}"

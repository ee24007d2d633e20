"""Applying plans: runs that end, go on after a crash, and never make a playlist twice."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress

from app.errors import NotFoundError
from app.jobs.progress import Channels, ProgressEvent
from app.jobs.runner import JobRunner, JobRunningError
from app.kv.errors import LeaseHeldError
from app.playlists.models import Plan, PlannedPlaylist, Run, Step, uris_of
from app.playlists.records import MadePlaylist
from app.playlists.run_work import RunTools, RunWork


class PlaylistsService:
    """Makes playlists from plans and remembers them."""

    def __init__(self, tools: RunTools, *, jobs: JobRunner, channels: Channels) -> None:
        self.tools = tools
        self.repository = tools.repository
        self.jobs = jobs
        self.channels = channels

    @property
    def calls_left(self) -> int | None:
        """Calls to Spotify that are left for writing; None where the app sets itself no limit."""
        return self.tools.spotify.capacity().left_for_writes

    async def apply(self, user_id: str, plan_id: str) -> Run:
        """Start making a plan's playlists, or return the run that does so already.

        The plan's id is the idempotency key: a double click, a reload or a second tab get the same run.

        Raises:
            NotFoundError: the plan is gone or somebody else's.
        """
        return await self.carry_out(await self.repository.get_plan(plan_id, user_id))

    async def carry_out(self, plan: Plan) -> Run:
        """Start what a plan says, or return the run that does so already; the plan need not be kept yet.

        A run that is there already goes by the plan that it began with.
        """
        if run := await self.find_run(plan.id, plan.user_id):
            await self._start(run)
            return run
        run = await self.repository.open_run(self._new_run(plan), plan)
        await self._start(run, plan)
        return run

    def _new_run(self, plan: Plan) -> Run:
        return Run(
            id=plan.id,
            user_id=plan.user_id,
            started_at=self.tools.clock.now(),
            automatic=plan.automatic,
            steps=tuple(map(_step, plan.playlists)),
        )

    async def get_plan(self, user_id: str, plan_id: str) -> Plan:
        """Return a listener's own plan.

        Raises:
            NotFoundError: the plan is gone or somebody else's.
        """
        return await self.repository.get_plan(plan_id, user_id)

    async def resume(self, user_id: str, run_id: str) -> Run:
        """Go on with a run that ended before all its playlists were made.

        Raises:
            NotFoundError: the run is gone or somebody else's.
        """
        run = await self.repository.get_run(run_id, user_id)
        if run.finished and (job := self.jobs.find(job_name(user_id, run_id))):
            await job.wait()  # it has told its end and may still be clearing up
        if run.status != "completed":
            run = await self.repository.reopen_run(run, self.tools.clock.now())
            await self._start(run)
        return run

    async def resume_all(self) -> None:
        """Go on with every run that a crash or restart cut off."""
        for run in await self.repository.list_open_runs():
            await self._start(run)

    async def get_run(self, user_id: str, run_id: str) -> Run:
        """Return a listener's own run.

        Raises:
            NotFoundError: it does not exist or is somebody else's.
        """
        run = await self.repository.get_run(run_id, user_id)
        return run if run.finished or self._is_under_way(run) else run.model_copy(update={"status": "failed"})

    async def ended(self, user_id: str, run_id: str) -> Run:
        """Return a listener's own run once it has ended, or was cut off.

        Raises:
            NotFoundError: it does not exist or is somebody else's.
        """
        if job := self.jobs.find(job_name(user_id, run_id)):
            await job.wait()
        return await self.get_run(user_id, run_id)

    async def find_run(self, run_id: str, user_id: str) -> Run | None:
        """Return the run of this id, if the listener has it."""
        return await self.repository.find_run(run_id, user_id)

    async def list_taken_back(self, run: Run) -> dict[str, frozenset[str]]:
        """Return, by playlist, the songs that an undo took out and that therefore no refresh adds again."""
        if not run.finished or all(step.task != "undo" for step in run.steps):
            return {}
        try:
            plan = await self.repository.get_plan(run.id, run.user_id)
        except NotFoundError:  # a run that waited is kept longer than its plan
            return {}
        taken = {one.playlist_id or "": set(one.remove) for one in plan.playlists if one.task == "undo"}
        known = await self.repository.list_songs(run.user_id, taken)
        out = {one: taken[one].intersection(uris_of(songs.out)) for one, songs in known.items()}
        return {one: frozenset(uris) for one, uris in out.items() if uris}

    async def list_made(self, user_id: str) -> tuple[MadePlaylist, ...]:
        """Return the playlists made for a listener, newest first."""
        return await self.repository.list_made(user_id)

    async def watch(
        self, user_id: str, run_id: str, last_id: int | None = None
    ) -> AsyncIterator[ProgressEvent]:
        """Yield the events of a run until it ends, or at once its end; nothing in a process that ends.

        Raises:
            NotFoundError: the run is gone or somebody else's.
        """
        run = await self.get_run(user_id, run_id)
        if channel := self.channels.find(job_name(user_id, run_id)):
            async for event in channel.subscribe(last_id):
                yield event
        elif run.finished:
            yield ProgressEvent(id=(last_id or 0) + 1, event="done", data=run)

    async def _start(self, run: Run, plan: Plan | None = None) -> None:
        """Work on a run that has not ended, unless that is under way."""
        if run.finished:
            return
        with suppress(LeaseHeldError, JobRunningError):
            async with AsyncExitStack() as held:
                await held.enter_async_context(self.repository.lease(run))
                name = job_name(run.user_id, run.id)
                work = RunWork(run, plan, tools=self.tools, channel=self.channels.open(name))
                self.jobs.start(name, lambda: self._work(name, work))
                work.lease = held.pop_all()

    def _is_under_way(self, run: Run) -> bool:
        job = self.jobs.find(job_name(run.user_id, run.id))
        return job is not None and job.running

    async def _work(self, name: str, work: RunWork) -> None:
        async with work.lease:
            try:
                await work.run()
            finally:
                self.channels.close(name)


def _step(planned: PlannedPlaylist) -> Step:
    return Step(
        name=planned.name,
        selection=planned.selection,
        total=len(planned.additions),
        task=planned.task,
        playlist_id=planned.playlist_id,
        url=planned.url,
        to_remove=len(planned.remove),
    )


def job_name(user_id: str, run_id: str) -> str:
    """Return the name of a run's job and of the channel of its progress."""
    return f"playlists:{user_id}:{run_id}"

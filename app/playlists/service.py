"""Applying plans: runs that end, go on after a crash, and never make a playlist twice."""

from collections.abc import AsyncIterator, Mapping

import structlog

from app.accounts.connections import ConnectionsService
from app.clock import Clock
from app.errors import AppError
from app.events import Events, PlaylistCreated
from app.jobs.progress import Channels, ProgressEvent
from app.jobs.runner import JobRunner
from app.playlists.models import MadePlaylist, Plan, Run, RunStatus, Step
from app.playlists.preview import PreviewService
from app.playlists.repository import PlaylistsRepository
from app.playlists.writer import PlaylistWriter
from app.spotify.client import SpotifyClient

log = structlog.get_logger(__name__)


class PlaylistsService:
    """Makes playlists from plans and remembers them."""

    def __init__(
        self,
        repository: PlaylistsRepository,
        previews: PreviewService,
        *,
        spotify: SpotifyClient,
        connections: ConnectionsService,
        jobs: JobRunner,
        channels: Channels,
        events: Events,
        clock: Clock,
    ) -> None:
        self.repository = repository
        self.previews = previews
        self.spotify = spotify
        self.connections = connections
        self.jobs = jobs
        self.channels = channels
        self.events = events
        self.clock = clock

    async def apply(self, user_id: str, plan_id: str, names: Mapping[int, str] | None = None) -> Run:
        """Start making a plan's playlists, or return the run that does so already.

        The plan's id is the idempotency key: a double click, a reload or a second tab get the same run.
        `names` are what the listener typed, by the playlists' places in the plan.

        Raises:
            NotFoundError: the plan is gone or somebody else's.
        """
        plan = await self.repository.get_plan(plan_id, user_id)
        if names and await self.find_run(plan_id, user_id) is None:
            plan = await self.previews.rename(plan, names)
        run = await self.repository.open_run(self._new_run(plan))
        self._start(run)
        return run

    def _new_run(self, plan: Plan) -> Run:
        steps = tuple(
            Step(name=playlist.name, selection=playlist.selection, total=len(playlist.uris))
            for playlist in plan.playlists
        )
        return Run(id=plan.id, user_id=plan.user_id, started_at=self.clock.now(), steps=steps)

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
        if run.status in {"partial", "failed"}:
            run = run.model_copy(update={"status": "running"})
            await self.repository.put_run(run)
        self._start(run)
        return run

    async def resume_all(self) -> None:
        """Go on with every run that a crash or restart cut off."""
        for run in await self.repository.list_open_runs():
            self._start(run)

    async def get_run(self, user_id: str, run_id: str) -> Run:
        """Return a listener's own run.

        Raises:
            NotFoundError: it does not exist or is somebody else's.
        """
        return await self.repository.get_run(run_id, user_id)

    async def find_run(self, run_id: str, user_id: str) -> Run | None:
        """Return the run of this id, if the listener has it."""
        return await self.repository.find_run(run_id, user_id)

    async def list_made(self, user_id: str) -> tuple[MadePlaylist, ...]:
        """Return the playlists made for a listener, newest first."""
        return await self.repository.list_made(user_id)

    async def watch(
        self, user_id: str, run_id: str, last_id: int | None = None
    ) -> AsyncIterator[ProgressEvent]:
        """Yield the events of a run until it ends; at once its end when nothing is under way.

        Raises:
            NotFoundError: the run is gone or somebody else's.
        """
        run = await self.repository.get_run(run_id, user_id)
        if channel := self.channels.find(job_name(run_id)):
            async for event in channel.subscribe(last_id):
                yield event
        else:
            yield ProgressEvent(id=(last_id or 0) + 1, event="done", data=run)

    def _start(self, run: Run) -> None:
        name = job_name(run.id)
        job = self.jobs.find(name)
        if not run.finished and not (job and job.running):
            self.channels.open(name)
            self.jobs.start(name, lambda: self._work(run))

    async def _work(self, run: Run) -> None:
        try:
            plan = await self.repository.get_plan(run.id, run.user_id)
        except AppError as error:
            await self._end(_with_problem(run, error))
            return
        for index in range(len(run.steps)):
            if run.steps[index].status != "done":
                run = await self._make(run, plan, index)
        await self._end(run)

    async def _make(self, run: Run, plan: Plan, index: int) -> Run:
        """Make one playlist; a failure is kept with its step and does not stop the others."""

        async def save(step: Step) -> None:
            nonlocal run
            run = _replace_step(run, index, step)
            await self.repository.put_run(run)
            self._publish("progress", run)

        writer = PlaylistWriter(
            self.spotify, self.connections.tokens(run.user_id), known_ids=await self._known_ids(run)
        )
        try:
            step = await writer.write(run.steps[index], plan.playlists[index], save)
            await self.events.publish(PlaylistCreated(run.user_id, step.added))
        except AppError as error:
            log.warning("playlist.failed", error=error.code)
            await save(run.steps[index].model_copy(update={"problem": error.detail or error.title}))
        await self._remember(run, plan, index)
        return run

    async def _known_ids(self, run: Run) -> frozenset[str]:
        made = {playlist.id for playlist in await self.list_made(run.user_id)}
        return frozenset(made | {step.playlist_id for step in run.steps if step.playlist_id})

    async def _remember(self, run: Run, plan: Plan, index: int) -> None:
        """Keep the playlist as soon as it exists, also half filled: its id is how it is found again."""
        step, planned = run.steps[index], plan.playlists[index]
        if step.playlist_id is None:
            return
        playlist = MadePlaylist(
            id=step.playlist_id,
            name=step.name,
            url=step.url or "",
            run_id=run.id,
            selection=planned.selection,
            songs=step.added,
            created_at=self.clock.now(),
        )
        await self.repository.remember(run.user_id, playlist, planned.uris[: step.added])

    async def _end(self, run: Run) -> None:
        run = run.model_copy(update={"status": _status(run)})
        await self.repository.close_run(run)
        self._publish("done", run)
        self.channels.close(job_name(run.id))

    def _publish(self, event: str, run: Run) -> None:
        if channel := self.channels.find(job_name(run.id)):
            channel.publish(event, run)


def job_name(run_id: str) -> str:
    """Return the name of a run's job and of the channel of its progress."""
    return f"playlists:{run_id}"


def _replace_step(run: Run, index: int, step: Step) -> Run:
    return run.model_copy(update={"steps": (*run.steps[:index], step, *run.steps[index + 1 :])})


def _with_problem(run: Run, error: AppError) -> Run:
    steps = tuple(
        step if step.status == "done" else step.model_copy(update={"problem": error.detail})
        for step in run.steps
    )
    return run.model_copy(update={"steps": steps})


def _status(run: Run) -> RunStatus:
    done = sum(step.status == "done" for step in run.steps)
    if done == len(run.steps):
        return "completed"
    return "partial" if done else "failed"

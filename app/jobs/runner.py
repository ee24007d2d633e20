"""Background jobs: named, one of a name at a time, ended with the process."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import StrEnum

import structlog

from app.clock import Clock
from app.errors import AppError, ConflictError

FINISHED_KEPT = 200
"""How many finished jobs are remembered."""

log = structlog.get_logger()


class JobRunningError(ConflictError):
    """A job of this name is under way."""

    code = "job-running"
    title = "This is already under way"


class RunnerClosedError(AppError):
    """The process is about to end and starts nothing new."""

    status = 503
    code = "shutting-down"
    title = "The app is restarting"


class JobStatus(StrEnum):
    """How far a job is."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job:
    """One run of a named piece of work.

    Attributes:
        name: kind, owner and what else tells it apart, as in `scan:<user id>`.
        started_at: aware, in UTC.
        status: how far it is.
        error: what it failed with.
    """

    def __init__(self, name: str, *, started_at: datetime) -> None:
        self.name = name
        self.started_at = started_at
        self.status = JobStatus.RUNNING
        self.error: BaseException | None = None
        self._over = asyncio.Event()

    @property
    def running(self) -> bool:
        """Whether it is still under way."""
        return self.status is JobStatus.RUNNING

    @property
    def crashed(self) -> bool:
        """Whether it failed with something that nobody has foreseen."""
        return self.status is JobStatus.FAILED and not isinstance(self.error, AppError)

    @property
    def kind(self) -> str:
        """The part of the name that names nobody, fit for logs."""
        return self.name.partition(":")[0]

    @property
    def owner(self) -> str:
        """The part of the name that says whose job it is."""
        return self.name.partition(":")[2].partition(":")[0]

    async def wait(self) -> None:
        """Return when it is over, whatever came of it."""
        await self._over.wait()

    def end(self, status: JobStatus, error: BaseException | None = None) -> None:
        """Note what came of it, and wake whoever waits."""
        self.status = status
        self.error = error
        self._over.set()


class JobRunner:
    """Runs jobs as tasks that it keeps hold of."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._closed = False

    def start(self, name: str, work: Callable[[], Awaitable[object]]) -> Job:
        """Start `work` in the background.

        Raises:
            JobRunningError: a job of this name has not ended.
            RunnerClosedError: the process is about to end.
        """
        if self._closed:
            raise RunnerClosedError("Try again in a few seconds.", retry_after=5)
        if name in self._tasks:
            raise JobRunningError("Wait until it has finished, or stop it first.")
        job = Job(name, started_at=self._clock.now())
        self._remember(job)
        task = asyncio.create_task(_run(work), name=name)
        self._tasks[name] = task
        task.add_done_callback(lambda ended: self._let_go(job, ended))
        return job

    def find(self, name: str) -> Job | None:
        """Return the running or else the latest job of this name, if it is still remembered."""
        return self._jobs.get(name)

    @property
    def remembered(self) -> tuple[Job, ...]:
        """The running or else the latest job of each name; of those that have ended, the latest 200."""
        return tuple(self._jobs.values())

    @property
    def closing(self) -> bool:
        """Whether the process is about to end, which is why jobs are being stopped."""
        return self._closed

    async def cancel(self, name: str) -> bool:
        """Stop a job and wait until it has cleared up; whether there was one to stop."""
        return await self._stop(lambda job: job.name == name) > 0

    async def cancel_all(self, owner: str) -> None:
        """Stop all jobs of an owner, wait until they have cleared up, and forget them."""
        await self._stop(lambda job: job.owner == owner)
        for name in [job.name for job in self._jobs.values() if job.owner == owner and not job.running]:
            del self._jobs[name]

    async def close(self) -> None:
        """Start nothing any more, stop every job and wait until all have cleared up."""
        self._closed = True
        await self._stop(lambda _: True)

    async def _stop(self, chosen: Callable[[Job], bool]) -> int:
        # One that was started just now begins first, so that it clears up after itself.
        await asyncio.sleep(0)
        tasks = {task for name, task in self._tasks.items() if chosen(self._jobs[name])}
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        return len(tasks)

    def _remember(self, job: Job) -> None:
        self._jobs[job.name] = job
        self._jobs.move_to_end(job.name)
        finished = [name for name in self._jobs if name not in self._tasks and name != job.name]
        for name in finished[: max(0, len(finished) - FINISHED_KEPT)]:
            del self._jobs[name]

    def _let_go(self, job: Job, task: asyncio.Task[None]) -> None:
        """Free the name before anybody who waits for the job goes on."""
        del self._tasks[job.name]
        if task.cancelled():
            job.end(JobStatus.CANCELLED)
            log.info("job.cancelled", job=job.kind)
        elif (error := task.exception()) is None:
            job.end(JobStatus.COMPLETED)
        else:
            job.end(JobStatus.FAILED, error)
            _report(job, error)


async def _run(work: Callable[[], Awaitable[object]]) -> None:
    await work()


def _report(job: Job, error: BaseException) -> None:
    if isinstance(error, AppError):  # foreseen: it tells a person what happened
        log.warning("job.failed", job=job.kind, error=error.code)
    else:
        log.error("job.crashed", job=job.kind, exc_info=error)

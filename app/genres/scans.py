"""Starting, stopping and watching scans."""

import asyncio
from collections.abc import AsyncIterator

from app.accounts.connections import ConnectionsService
from app.errors import ConflictError
from app.genres.models import ScanCursor
from app.genres.scan_run import ScanRun, progress_of
from app.genres.scanner import ScanTools
from app.genres.schemas import ScanOut
from app.jobs.progress import Channels, ProgressEvent
from app.jobs.runner import JobRunner


class ScanRunningError(ConflictError):
    """A scan of this person's songs runs or waits."""

    code = "scan-running"
    title = "A scan is under way"


class ScansService:
    """One scan a person, as a background job that outlives pages, sessions and the process."""

    def __init__(
        self, tools: ScanTools, *, connections: ConnectionsService, jobs: JobRunner, channels: Channels
    ) -> None:
        self._tools = tools
        self._connections = connections
        self._jobs = jobs
        self._channels = channels
        self._runs: dict[str, ScanRun] = {}

    async def start(self, user_id: str, *, refresh: bool = False) -> None:
        """Scan, going on where a stopped or failed scan was unless `refresh` is set.

        Raises:
            ScanRunningError: a scan runs or waits already.
            KVError: it could not be kept that the scan goes on after a restart.
        """
        self._refuse_second(user_id)
        await self._tools.scans.open(user_id)
        self._refuse_second(user_id)  # the other click of a double click may have been faster
        self._launch(user_id, refresh=refresh)

    async def stop(self, user_id: str) -> None:
        """Stop at the cursor; everything read is kept. Nothing happens when no scan runs."""
        if run := self._runs.get(user_id):
            run.stopping = True
            await self._jobs.cancel(job_name(user_id))
            if self._runs.get(user_id) is run:  # it was stopped before its first step
                await self._forget(user_id)

    async def resume_all(self) -> None:
        """Go on with every scan that ran or waited when the last process ended."""
        for user_id in await self._tools.scans.list_open():
            if user_id not in self._runs:
                self._launch(user_id, refresh=False)

    def find_run(self, user_id: str) -> ScanRun | None:
        """Return the person's scan while it runs or waits."""
        return self._runs.get(user_id)

    async def get_progress(self, user_id: str) -> ScanOut:
        """Return how far the person's scan is, or how the last one ended; idle when there is none."""
        if run := self._runs.get(user_id):
            return run.progress()
        cursor = await self._tools.scans.find(user_id)
        return progress_of(_ended(cursor)) if cursor else ScanOut()

    async def watch(self, user_id: str, last_id: int | None = None) -> AsyncIterator[ProgressEvent]:
        """Yield the events of the scan until it ends; at once its end when none runs."""
        if channel := self._channels.find(job_name(user_id)):
            async for event in channel.subscribe(last_id):
                yield event
        else:
            yield ProgressEvent(id=(last_id or 0) + 1, event="done", data=await self.get_progress(user_id))

    def _refuse_second(self, user_id: str) -> None:
        job = self._jobs.find(job_name(user_id))
        if user_id in self._runs or (job and job.running):
            raise ScanRunningError("It goes on by itself; stop it first to start over.")

    def _launch(self, user_id: str, *, refresh: bool) -> None:
        name = job_name(user_id)
        tokens = self._connections.tokens(user_id)
        run = ScanRun(user_id, tokens, tools=self._tools, channel=self._channels.open(name))
        self._jobs.start(name, lambda: self._work(user_id, run, refresh=refresh))
        self._runs[user_id] = run

    async def _work(self, user_id: str, run: ScanRun, *, refresh: bool) -> None:
        try:
            await run.run(refresh=refresh)
        except asyncio.CancelledError:
            if run.stopping:
                await self._forget(user_id)
            raise  # else the process ends, and the next one goes on
        except Exception:
            await self._forget(user_id)
            raise
        await self._forget(user_id)

    async def _forget(self, user_id: str) -> None:
        del self._runs[user_id]
        self._channels.close(job_name(user_id))
        await self._tools.scans.close(user_id)


def _ended(cursor: ScanCursor) -> ScanCursor:
    """A scan that no longer runs, whatever it could not save any more."""
    return (
        cursor.model_copy(update={"status": "cancelled"})
        if cursor.status in {"running", "waiting"}
        else cursor
    )


def job_name(user_id: str) -> str:
    """Name of a person's scan among the jobs, and of the channel that tells about it."""
    return f"scan:{user_id}"

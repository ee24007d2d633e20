"""Starting, stopping and watching scans."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from datetime import timedelta

from cachetools import TTLCache

from app.accounts.connections import ConnectionsService
from app.errors import ConflictError
from app.events import AccountDeleted, Disconnected, Event, Events, ScanFinished
from app.genres.library import Library
from app.genres.models import ScanCursor
from app.genres.page_models import ScanView
from app.genres.scan_pages import counts_of, scan_view
from app.genres.scan_run import ScanRun, progress_of
from app.genres.scanner import ScanTools
from app.genres.schemas import LibrarySizeOut, ScanOut
from app.jobs.progress import Channels, ProgressEvent
from app.jobs.runner import JobRunner
from app.kv.errors import LeaseHeldError
from app.spotify.paging import PAGE_LIMIT
from app.upstream.errors import UpstreamError
from app.upstream.gate import Priority

END_SHOWN = timedelta(minutes=10)
SECONDS_A_SONG = 0.01
"""A song in two brings a new artist, a hundred artists take two questions, one a second (a real library)."""


class ScanRunningError(ConflictError):
    """A scan of this person's songs runs or waits."""

    code = "scan-running"
    title = "A scan is under way"


class ScansService:
    """One scan a person, as a background job that outlives pages, sessions and the process."""

    def __init__(
        self,
        tools: ScanTools,
        *,
        connections: ConnectionsService,
        jobs: JobRunner,
        channels: Channels,
        events: Events,
        calls_per_second: float,
    ) -> None:
        self._tools = tools
        self._connections = connections
        self._jobs = jobs
        self._channels = channels
        self._events = events
        self._calls_per_second = calls_per_second
        self._runs: dict[str, ScanRun] = {}
        self._totals: TTLCache[str, int] = TTLCache(1000, ttl=60, timer=tools.clock.monotonic)

    async def start(self, user_id: str, *, refresh: bool = False) -> None:
        """Scan, going on where a stopped or failed scan was unless `refresh` is set.

        Raises:
            ScanRunningError: a scan runs or waits already.
            KVError: it could not be kept that the scan goes on after a restart.
        """
        async with AsyncExitStack() as held:
            await self._hold(held, user_id)
            await self._tools.scans.open(user_id, self._tools.clock.now())
            self._launch(user_id, held, refresh=refresh)

    async def stop(self, user_id: str) -> None:
        """Stop at the cursor; everything read is kept. Nothing happens when no scan runs."""
        if run := self._runs.get(user_id):
            run.stopping = True
            await self._jobs.cancel(job_name(user_id))

    async def resume_all(self) -> None:
        """Go on with every scan that ran or waited when the last process ended."""
        for user_id in await self._tools.scans.list_open():
            with suppress(ScanRunningError):
                async with AsyncExitStack() as held:
                    await self._hold(held, user_id)
                    self._launch(user_id, held, refresh=False)

    async def handle(self, event: Event) -> None:
        """Forget what is known of a person who has left."""
        if isinstance(event, (AccountDeleted, Disconnected)):
            self._totals.pop(event.user_id, None)

    def find_run(self, user_id: str) -> ScanRun | None:
        """Return the person's scan while it runs or waits."""
        return self._runs.get(user_id)

    async def get_progress(self, user_id: str) -> ScanOut:
        """Return how far the person's scan is, or how the last one ended; idle when there is none."""
        if run := self._runs.get(user_id):
            return run.progress()
        cursor = await self._tools.scans.find(user_id)
        return progress_of(_ended(cursor)) if cursor else ScanOut()

    async def find_view(self, user_id: str, library: Library | None) -> ScanView | None:
        """Return the scan for its page: while it runs, after it stopped, and for ten minutes after its end.

        Once it is over, the families' numbers are those of `library`.
        """
        if run := self._runs.get(user_id):
            return scan_view(run.progress(), run.families())
        cursor = await self._tools.scans.find(user_id)
        if cursor is None or (cursor.status == "completed" and self._is_old(cursor)):
            return None
        return scan_view(progress_of(_ended(cursor)), counts_of(library, self._tools.families))

    async def get_size(self, user_id: str) -> LibrarySizeOut:
        """Ask Spotify how many songs there are to scan.

        Raises:
            SpotifyError: it does not tell.
            RateLimitedError: a person would have to wait too long for it.
        """
        if user_id not in self._totals:
            page = await self._tools.spotify.saved_tracks(
                self._connections.tokens(user_id), offset=0, limit=1, priority=Priority.INTERACTIVE
            )
            self._totals[user_id] = page.total
        total = self._totals[user_id]
        calls = -(-total // PAGE_LIMIT) + 1
        seconds = max(calls / self._calls_per_second, total * SECONDS_A_SONG)
        return LibrarySizeOut(total=total, estimated_seconds=math.ceil(seconds), calls_needed=calls)

    async def find_size(self, user_id: str) -> LibrarySizeOut | None:
        """Return how many songs there are to scan, if Spotify tells at once."""
        try:
            return await self.get_size(user_id)
        except UpstreamError:
            return None

    async def watch(self, user_id: str, last_id: int | None = None) -> AsyncIterator[ProgressEvent]:
        """Yield the events of the scan until it ends, or at once its end; nothing in a process that ends."""
        if channel := self._channels.find(job_name(user_id)):
            async for event in channel.subscribe(last_id):
                yield event
        elif user_id not in self._runs:
            yield ProgressEvent(id=(last_id or 0) + 1, event="done", data=await self.get_progress(user_id))

    def _is_old(self, cursor: ScanCursor) -> bool:
        return self._tools.clock.now() - cursor.saved_at > END_SHOWN

    async def _hold(self, held: AsyncExitStack, user_id: str) -> None:
        try:
            await held.enter_async_context(self._tools.scans.lease(user_id))
        except LeaseHeldError as error:
            raise ScanRunningError("It goes on by itself; stop it first to start over.") from error

    def _launch(self, user_id: str, held: AsyncExitStack, *, refresh: bool) -> None:
        """Scan in the background, holding what is held until the scan ends."""
        name = job_name(user_id)
        tokens = self._connections.tokens(user_id)
        run = ScanRun(user_id, tokens, tools=self._tools, channel=self._channels.open(name))
        self._jobs.start(name, lambda: self._work(user_id, run, refresh=refresh))
        run.lease = held.pop_all()
        self._runs[user_id] = run

    async def _work(self, user_id: str, run: ScanRun, *, refresh: bool) -> None:
        async with run.lease:
            try:
                await run.run(refresh=refresh)
            except asyncio.CancelledError:
                if run.stopping or not self._jobs.closing:
                    await self._forget(user_id)
                raise  # else the process ends, and the next one goes on
            except Exception:
                await self._forget(user_id)
                raise
            await self._forget(user_id)
            await self._events.publish(ScanFinished(user_id, run.cursor.songs))

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

"""Starting, stopping and watching scans."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from datetime import timedelta

from app.accounts.connections import ConnectionsService
from app.events import AccountDeleted, Disconnected, Event, Events, ScanFinished
from app.genres.library import Library
from app.genres.links import Links
from app.genres.models import LibraryIndex, ScanCursor
from app.genres.page_models import ScanView
from app.genres.scan_pages import counts_of, scan_view
from app.genres.scan_schemas import ScanOut
from app.genres.scanning.errors import ScanOverBudgetError, ScanRunningError
from app.genres.scanning.offers import Offers
from app.genres.scanning.planning import Planner, remembered
from app.genres.scanning.run import ScanRun, goes_on, going_on, new_cursor, progress_of
from app.genres.scanning.tools import ScanTools
from app.jobs.progress import Channels, ProgressEvent
from app.jobs.runner import JobRunner
from app.kv.errors import LeaseHeldError, UserGoneError

END_SHOWN = timedelta(minutes=10)
UNDER_WAY = frozenset({"running", "waiting"})
OLD_AFTER = timedelta(hours=1)
"""A library that is older is read again by itself when somebody looks at it."""


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
        open_url: str,
    ) -> None:
        self.offers = Offers(tools.spotify, connections, tools.clock)
        self.planner = Planner(self.offers, tools, Links(open_url))
        self._tools = tools
        self._connections = connections
        self._jobs = jobs
        self._channels = channels
        self._events = events
        self._runs: dict[str, ScanRun] = {}

    async def start(
        self,
        user_id: str,
        sources: Sequence[str] | None = None,
        *,
        refresh: bool = False,
        over_budget: bool = False,
        background: bool = False,
    ) -> None:
        """Scan, going on where a stopped or failed scan of the same sources was unless `refresh` is set.

        Args:
            user_id: whose songs.
            sources: what to read, in the library's order; None is what was read last, at first Liked Songs.
            refresh: read everything anew, also what the library has already.
            over_budget: start also when there are not enough calls to Spotify for all of it now.
            background: let everybody else's calls to Spotify go first; nobody waits for this scan.

        Raises:
            ScanRunningError: a scan runs or waits already.
            ScanOverBudgetError: there are not enough calls.
            KVError: it could not be kept that the scan goes on after a restart.
        """
        await self._let_end(user_id)
        async with AsyncExitStack() as held:
            await self._hold(held, user_id)
            last, index = await self.planner.state(user_id)
            chosen = tuple(dict.fromkeys(sources or remembered(last, index, self._tools.clock)))
            if last and not refresh and _is_same(last, chosen) and goes_on(last, self._tools.clock):
                cursor, resumed = going_on(last), True
            else:
                plan = await self.planner.plan(user_id, chosen, refresh=refresh)
                if not over_budget:
                    self.planner.check_budget(plan)
                await self._drop_left(user_id, last, index)
                cursor, resumed = new_cursor(self._tools.clock, plan.wanted, refresh=refresh), False
                cursor = cursor.model_copy(update={"since": index.scanned_at if index else None})
            cursor = cursor.model_copy(update={"background": background})
            await self._tools.scans.open(user_id, self._tools.clock.now())
            self._launch(user_id, held, cursor, resumed=resumed)

    async def start_if_old(self, user_id: str) -> bool:
        """Look for new songs when the library is older than an hour; return whether that is under way.

        It is left alone while Spotify is not connected or there are no calls for it, and for an hour after a
        scan that did not come to its end.
        """
        if user_id in self._runs:
            return True
        last, index = await self.planner.state(user_id)
        if index is None or not self._may_look_again(last, index):
            return False
        if not (await self._connections.get_view(user_id)).live:
            return False
        with suppress(ScanRunningError, ScanOverBudgetError):
            await self.start(user_id, tuple(one.source for one in index.sources))
        return user_id in self._runs

    def _may_look_again(self, last: ScanCursor | None, index: LibraryIndex) -> bool:
        now, until = self._tools.clock.now(), self._tools.spotify.capacity().blocked_until
        tried_at = max(index.scanned_at, last.saved_at) if last else index.scanned_at
        return now - tried_at >= OLD_AFTER and not (until and until > now)

    async def _drop_left(self, user_id: str, last: ScanCursor | None, index: LibraryIndex | None) -> None:
        """Drop what a scan has read that is not gone on with."""
        if last and last.phase == "songs":
            read = {(part.generation, number) for part in last.parts for number in part.chunks}
            await self._tools.library.drop_chunks(user_id, read - (index.chunks if index else frozenset()))

    async def stop(self, user_id: str) -> None:
        """Stop at the cursor; everything read is kept. Nothing happens when no scan runs."""
        if run := self._runs.get(user_id):
            run.stopping = True
            await self._jobs.cancel(job_name(user_id))

    async def resume_all(self) -> None:
        """Go on with every scan that ran or waited when the last process ended."""
        for user_id in await self._tools.scans.list_open():
            last = await self._tools.scans.find(user_id)
            sources = tuple(one.source for one in last.wanted) if last else None
            with suppress(ScanRunningError, UserGoneError):  # somebody may be half deleted or disconnected
                background = last is not None and last.background
                await self.start(user_id, sources, over_budget=True, background=background)

    async def handle(self, event: Event) -> None:
        """Forget what is known of a person who has left."""
        if isinstance(event, (AccountDeleted, Disconnected)):
            self.offers.forget(event.user_id)

    def find_run(self, user_id: str) -> ScanRun | None:
        """Return the person's scan while it runs or waits."""
        return self._runs.get(user_id)

    async def ended(self, user_id: str) -> ScanOut:
        """Return how the person's scan ended, once it has."""
        if job := self._jobs.find(job_name(user_id)):
            await job.wait()
        return await self.get_progress(user_id)

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
        return scan_view(
            progress_of(_ended(cursor)), counts_of(library, library.fold if library else self._tools.families)
        )

    async def watch(self, user_id: str, last_id: int | None = None) -> AsyncIterator[ProgressEvent]:
        """Yield the events of the scan until it ends, or at once its end; nothing in a process that ends."""
        if channel := self._channels.find(job_name(user_id)):
            async for event in channel.subscribe(last_id):
                yield event
        elif user_id not in self._runs:
            yield ProgressEvent(id=(last_id or 0) + 1, event="done", data=await self.get_progress(user_id))

    def _is_old(self, cursor: ScanCursor) -> bool:
        return self._tools.clock.now() - cursor.saved_at > END_SHOWN

    async def _let_end(self, user_id: str) -> None:
        """Wait for the last steps of a scan that is told to be over: whoever saw that may start the next."""
        run, job = self._runs.get(user_id), self._jobs.find(job_name(user_id))
        if job and (run is None or run.cursor.status not in UNDER_WAY):
            await job.wait()

    async def _hold(self, held: AsyncExitStack, user_id: str) -> None:
        try:
            await held.enter_async_context(self._tools.scans.lease(user_id))
        except LeaseHeldError as error:
            raise ScanRunningError("It goes on by itself; stop it first to start over.") from error

    def _launch(self, user_id: str, held: AsyncExitStack, cursor: ScanCursor, *, resumed: bool) -> None:
        """Scan in the background, holding what is held until the scan ends."""
        name = job_name(user_id)
        tools = self._tools
        if cursor.background:
            tools = replace(tools, spotify=tools.spotify.in_background())
        run = ScanRun(
            user_id,
            cursor,
            tokens=self._connections.tokens(user_id),
            tools=tools,
            channel=self._channels.open(name),
        )
        self._jobs.start(name, lambda: self._work(user_id, run, resumed=resumed))
        run.lease = held.pop_all()
        self._runs[user_id] = run

    async def _work(self, user_id: str, run: ScanRun, *, resumed: bool) -> None:
        async with run.lease:
            try:
                await run.run(resumed=resumed)
            except asyncio.CancelledError:
                if run.stopping or not self._jobs.closing:
                    await self._forget(user_id)
                raise  # else the process ends, and the next one goes on
            except Exception:
                await self._forget(user_id)
                raise
            await self._forget(user_id)
            await self._events.publish(ScanFinished(user_id, sum(part.songs for part in run.cursor.done)))

    async def _forget(self, user_id: str) -> None:
        del self._runs[user_id]
        self._channels.close(job_name(user_id))
        await self._tools.scans.close(user_id)


def _ended(cursor: ScanCursor) -> ScanCursor:
    """A scan that no longer runs, whatever it could not save any more."""
    return cursor.model_copy(update={"status": "cancelled"}) if cursor.status in UNDER_WAY else cursor


def _is_same(last: ScanCursor, sources: Sequence[str]) -> bool:
    return {one.source for one in last.wanted} == set(sources)


def job_name(user_id: str) -> str:
    """Name of a person's scan among the jobs, and of the channel that tells about it."""
    return f"scan:{user_id}"

"""Reading what is in one's own playlists: what that takes, starting it, and how far it is."""

import math
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, suppress
from datetime import timedelta

from app.errors import AppError
from app.jobs.progress import Channels, ProgressEvent
from app.jobs.runner import Job, JobRunner, JobRunningError, JobStatus
from app.kv.errors import LeaseHeldError, UserGoneError
from app.playlists.listing import OwnPlaylists
from app.playlists.memberships.models import ListedPlaylist, Listing
from app.playlists.memberships.reading import Reading, ReadingTools
from app.playlists.memberships.schemas import ContentsOut, PlaylistContentsOut, PlaylistState, ReadingOut
from app.playlists.observing import Observer
from app.spotify.models import PlaylistSummary
from app.upstream.errors import UpstreamError

LISTED_FOR = timedelta(minutes=10)
"""How long a listing is taken for what there is; asking for it is a call for fifty playlists."""


class ContentsService:
    """One reading a person, as a background job that goes on after a restart."""

    def __init__(
        self,
        tools: ReadingTools,
        observer: Observer,
        own: OwnPlaylists,
        *,
        jobs: JobRunner,
        channels: Channels,
    ) -> None:
        self._tools = tools
        self._observer = observer
        self._own = own
        self._jobs = jobs
        self._channels = channels
        self._readings: dict[str, Reading] = {}

    async def get_view(self, user_id: str) -> ContentsOut:
        """Return what is known and what is missing; if Spotify is silent, as it was when it told."""
        listing = await self._tools.contents.find_listing(user_id)
        with suppress(UpstreamError):
            listing = await self._renewed(user_id, listing)
        return self._view(user_id, listing, await self._tools.list_made(user_id))

    async def start(self, user_id: str) -> ContentsOut:
        """Read all that is missing, unless that is under way.

        Raises:
            UpstreamError: Spotify does not tell which playlists there are.
        """
        listing = await self._renewed(user_id, await self._tools.contents.find_listing(user_id))
        made = await self._tools.list_made(user_id)
        if listing.missing(made):
            await self._start(user_id)
        return self._view(user_id, listing, made)

    async def resume_all(self) -> None:
        """Go on with every reading that a crash or restart cut off."""
        for user_id in await self._tools.contents.list_open():
            with suppress(UserGoneError):  # somebody may be half deleted or disconnected
                await self._start(user_id)

    async def watch(self, user_id: str, last_id: int | None = None) -> AsyncIterator[ProgressEvent]:
        """Yield how far the reading is until it ends, or at once its end; nothing in a process that ends."""
        if channel := self._channels.find(job_name(user_id)):
            async for event in channel.subscribe(last_id):
                yield event
        else:
            yield ProgressEvent(id=(last_id or 0) + 1, event="done", data=ReadingOut())

    async def _renewed(self, user_id: str, listing: Listing | None) -> Listing:
        """Return the listing, asked for again if it is old; not while it is being worked on."""
        now = self._tools.clock.now()
        if listing and (user_id in self._readings or now - listing.as_of < LISTED_FOR):
            return listing
        listed = await self._observer.list_now(user_id)
        username = await self._own.username(user_id)
        found = tuple(_listed(one, username) for one in listed.values())
        return await self._tools.contents.renew_listing(user_id, Listing(as_of=now, playlists=found))

    async def _start(self, user_id: str) -> None:
        with suppress(LeaseHeldError, JobRunningError):
            async with AsyncExitStack() as held:
                await held.enter_async_context(self._tools.contents.lease(user_id))
                await self._tools.contents.open(user_id, self._tools.clock.now())
                name = job_name(user_id)
                reading = Reading(user_id, self._tools, self._channels.open(name))
                self._jobs.start(name, lambda: self._work(user_id, reading))
                reading.lease = held.pop_all()
                self._readings[user_id] = reading

    async def _work(self, user_id: str, reading: Reading) -> None:
        async with reading.lease:
            try:
                await reading.run()
            except Exception:  # not when the process ends: then the next one goes on
                await self._end(user_id, reading)
                raise
            else:
                await self._end(user_id, reading)
            finally:
                del self._readings[user_id]
                self._channels.close(job_name(user_id))

    async def _end(self, user_id: str, reading: Reading) -> None:
        reading.channel.publish("done", ReadingOut())
        await self._tools.contents.close(user_id)

    def _view(self, user_id: str, listing: Listing | None, made: Collection[str]) -> ContentsOut:
        reading, capacity = self._readings.get(user_id), self._tools.spotify.capacity()
        resumes_at = reading.resumes_at if reading else None
        missing = listing.missing(made) if listing else ()
        calls = sum(one.calls for one in missing)
        return ContentsOut(
            status="waiting" if resumes_at else "running" if reading else "idle",
            resumes_at=resumes_at,
            missing=len(missing),
            calls_needed=calls,
            calls_left=capacity.left,
            estimated_seconds=math.ceil(calls / capacity.rate_per_second),
            problem=_problem(self._jobs.find(job_name(user_id))) if missing else None,
            as_of=listing.as_of if listing else None,
            playlists=tuple(_out(one, made) for one in listing.playlists) if listing else (),
        )


def _listed(summary: PlaylistSummary, username: str) -> ListedPlaylist:
    return ListedPlaylist(
        id=summary.id,
        name=summary.name,
        url=summary.url,
        owner=summary.owner.display_name or summary.owner.id,
        mine=summary.collaborative or summary.owner.id == username,
        songs=summary.total,
        snapshot_id=summary.snapshot_id,
    )


def _out(playlist: ListedPlaylist, made: Collection[str]) -> PlaylistContentsOut:
    return PlaylistContentsOut(
        id=playlist.id,
        name=playlist.name,
        url=playlist.url,
        owner=playlist.owner,
        songs=playlist.songs,
        state=_state(playlist, made),
    )


def _state(playlist: ListedPlaylist, made: Collection[str]) -> PlaylistState:
    if playlist.id in made:
        return "made"
    if not playlist.mine:
        return "foreign"
    if not playlist.readable:
        return "refused"
    if playlist.known:
        return "read"
    return "unread" if playlist.read is None else "changed"


def _problem(job: Job | None) -> str | None:
    if job is None or job.status is not JobStatus.FAILED:
        return None
    return job.error.detail if isinstance(job.error, AppError) else "Something went wrong on our side."


def job_name(user_id: str) -> str:
    """Name of a person's reading among the jobs, and of the channel that tells about it."""
    return f"contents:{user_id}"

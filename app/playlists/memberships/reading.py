"""Reading the songs of a listener's own playlists, one playlist after the other, with the pauses it takes."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime

import structlog

from app.accounts.connections import ConnectionsService
from app.clock import Clock
from app.errors import AppError
from app.jobs.progress import Channel
from app.playlists.looking import PlaylistLooker, View, is_lost
from app.playlists.memberships.models import Contents, ListedPlaylist
from app.playlists.memberships.repository import ContentsRepository
from app.playlists.memberships.schemas import ReadingOut
from app.playlists.pausing import PAUSES_S, goes_on_at, sleep_until
from app.playlists.repository import PlaylistsRepository
from app.spotify.client import SpotifyClient
from app.upstream.gate import Priority

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class ReadingTools:
    """What every reading works with."""

    contents: ContentsRepository
    playlists: PlaylistsRepository
    spotify: SpotifyClient
    connections: ConnectionsService
    clock: Clock

    async def list_made(self, user_id: str) -> frozenset[str]:
        """Return the playlists that the app keeps, whose songs are known anyway."""
        return frozenset(one.id for one in await self.playlists.list_made(user_id) if not one.gone)

    async def list_missing(self, user_id: str) -> tuple[ListedPlaylist, ...]:
        """Return what is still to be read, the shortest first."""
        listing = await self.contents.find_listing(user_id)
        return listing.missing(await self.list_made(user_id)) if listing else ()


class Reading:
    """One reading while it runs or waits.

    What is kept is kept a playlist at a time: whatever ends it, the next one goes on with the others.

    Attributes:
        lease: keeps others from reading for the same person; given back when the job ends.
        channel: tells how far it is.
        resumes_at: while it waits, when it goes on.
    """

    def __init__(self, user_id: str, tools: ReadingTools, channel: Channel) -> None:
        self.lease = AsyncExitStack()
        self.resumes_at: datetime | None = None
        self._user_id = user_id
        self._tools = tools
        self.channel = channel
        self._looker = PlaylistLooker(
            tools.spotify, tools.connections.tokens(user_id), priority=Priority.SCAN
        )

    async def run(self) -> None:
        """Read all that is missing.

        Raises:
            AppError: Spotify or the store fail for minutes, or the person has to connect again.
        """
        pauses = iter(PAUSES_S)
        while missing := await self._tools.list_missing(self._user_id):
            self._tell(missing)
            try:
                await self._read(missing[0])
            except AppError as error:
                log.warning("contents.failed", error=error.code)
                until = goes_on_at(error, pauses, self._tools.clock)
                if until is None:
                    raise
                await self._wait(until, missing)
            else:
                pauses = iter(PAUSES_S)

    async def _read(self, playlist: ListedPlaylist) -> None:
        try:
            seen = await self._looker.look(playlist.id, View())
        except AppError as error:
            if not is_lost(error):
                raise
            refused = playlist.model_copy(update={"refused": playlist.snapshot_id})
            await self._tools.contents.change(self._user_id, refused)
            return
        version = seen.view.snapshot_id
        said = {"songs": len(seen.view.items), "snapshot_id": version, "read": version}
        read = playlist.model_copy(update={**said, "read_at": self._tools.clock.now()})
        await self._tools.contents.keep(self._user_id, read, Contents.of(seen.view.items))

    async def _wait(self, until: datetime, missing: tuple[ListedPlaylist, ...]) -> None:
        self.resumes_at = until
        self._tell(missing)
        await sleep_until(until, self._tools.clock)
        self.resumes_at = None

    def _tell(self, missing: tuple[ListedPlaylist, ...]) -> None:
        told = ReadingOut(
            status="waiting" if self.resumes_at else "running",
            resumes_at=self.resumes_at,
            missing=len(missing),
            calls_needed=sum(one.calls for one in missing),
        )
        self.channel.publish("progress", told)

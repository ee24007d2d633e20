"""One run of auto-sort for one listener: read what is new, then bring the playlists that are due in step."""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from app.accounts.connections import ConnectionsService
from app.clock import Clock
from app.errors import AppError
from app.genres.library import Library
from app.genres.scanning.errors import ScanRunningError
from app.genres.scans import ScansService
from app.genres.service import GenresService
from app.playlists.autosort.models import AutoSort, Rhythm, SortedPlaylist, SortingRun
from app.playlists.autosort.repository import AutoSortRepository
from app.playlists.keeping import PlaylistKeeper
from app.playlists.models import Run, Step
from app.playlists.records import MadePlaylist
from app.playlists.service import PlaylistsService
from app.spotify.client import SpotifyClient


class NotReadError(AppError):
    """The library could not be read, so nothing was sorted; `detail` says why."""

    code = "library-not-read"
    title = "Your library could not be read"


class NewSongs(NamedTuple):
    """How many songs have come since some time, and how many of them have a genre."""

    songs: int = 0
    placed: int = 0


@dataclass(frozen=True)
class SortingTools:
    """What auto-sort works with; `keeper` asks Spotify in the background."""

    repository: AutoSortRepository
    scans: ScansService
    genres: GenresService
    connections: ConnectionsService
    keeper: PlaylistKeeper
    playlists: PlaylistsService
    spotify: SpotifyClient
    clock: Clock


class Sorter:
    """Makes runs. Nobody waits for one, and one makes no call that somebody else waits for."""

    def __init__(self, tools: SortingTools) -> None:
        self._tools = tools

    async def sort(self, user_id: str, state: AutoSort, rhythms: Collection[Rhythm]) -> SortingRun:
        """Return what a run did; one that a restart cut off is gone on with.

        Raises:
            AppError: it could not be made. After a `QuotaExceededError` or `RateLimitedError` the next try
                goes on from what was read.
        """
        run = await self._tools.playlists.find_run(state.run, user_id) if state.run else None
        if run is None:
            await self._read(user_id)
        at = run.started_at if run else self._tools.clock.now()
        new = new_songs(await self._tools.genres.get_library(user_id), state.counted_until)
        if run is None:
            run = await self._begin(user_id, rhythms)
        if run:
            run = await self._tools.playlists.ended(user_id, run.id)
        return _told(run, at=at, new=new)

    async def _read(self, user_id: str) -> None:
        """Read what is new in the library, or wait for a scan that is under way."""
        await self._tools.connections.require(user_id)
        await self._tools.genres.get_library(user_id)  # without one, nobody knows what it was made of
        with suppress(ScanRunningError):
            await self._tools.scans.start(user_id, over_budget=True, background=True)
        scan = await self._tools.scans.ended(user_id)
        if scan.status != "completed":
            raise NotReadError(" ".join(scan.problems) or "The scan was stopped.")

    async def _begin(self, user_id: str, rhythms: Collection[Rhythm]) -> Run | None:
        """Start to change what is due, if anything is to be changed."""
        made = await self._tools.playlists.list_made(user_id)
        plan = await self._tools.keeper.plan_quietly(
            user_id, {one.id for one in made if _is_due(one, rhythms)}
        )
        if not any(one.changes for one in plan.playlists):
            return None
        await self._tools.repository.change(user_id, lambda now: now.model_copy(update={"run": plan.id}))
        return await self._tools.playlists.carry_out(plan)


def new_songs(library: Library, since: datetime) -> NewSongs:
    """Count what was added to a library after some time."""
    after = since.timestamp()
    new = [one for one in library.songs if one.song.added is not None and one.song.added > after]
    return NewSongs(len(new), sum(one.placement.lead is not None for one in new))


def _is_due(made: MadePlaylist, rhythms: Collection[Rhythm]) -> bool:
    return made.schedule in rhythms and made.mode != "frozen" and not made.gone


def _told(run: Run | None, *, at: datetime, new: NewSongs) -> SortingRun:
    steps = run.steps if run else ()
    undone = [step for step in steps if step.status != "done"]
    return SortingRun(
        at=at,
        new=new.songs,
        placed=new.placed,
        playlists=tuple(_playlist(step) for step in steps if step.added or step.removed or step.problem),
        run=run.id if run else "",
        problem=f"{undone[0].name}: {undone[0].problem or 'it was cut off.'}" if undone else None,
    )


def _playlist(step: Step) -> SortedPlaylist:
    return SortedPlaylist(
        id=step.playlist_id or "",
        name=step.name,
        added=step.added,
        removed=step.removed,
        problem=step.problem,
    )

"""Typed access to what is kept about playlists."""

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager, suppress
from datetime import datetime, timedelta

from app.errors import Action, NotFoundError
from app.kv.cached import CachedKV
from app.kv.errors import UserGoneError
from app.kv.keyspace import Keyspace, Owner
from app.playlists.models import OpenRun, Plan, Run
from app.playlists.records import UNDO_LIFE, MadePlaylist, MadePlaylists, PlaylistSongs, UndoState

DAY = timedelta(days=1)
LONGEST_RUN = timedelta(days=7)
"""A run that has not ended by then, waiting included, is not gone on with after a restart."""
LEASE = timedelta(minutes=1)
MINUTE = timedelta(minutes=1)
FIVE_MINUTES = timedelta(minutes=5)

PLAN = Keyspace("plan", Plan, owner=Owner.KEY, ttl=DAY, cache_ttl=MINUTE)
RUN = Keyspace("run", Run, owner=Owner.KEY, ttl=timedelta(days=30), cache_ttl=MINUTE)
OPEN_RUN = Keyspace("open-run", OpenRun, owner=Owner.KEY, ttl=LONGEST_RUN, cache_ttl=MINUTE)
MADE = Keyspace("playlists", MadePlaylists, owner=Owner.KEY, cache_ttl=FIVE_MINUTES, stale_if_down=True)
MADE_SONGS = Keyspace(
    "playlist-songs", PlaylistSongs, owner=Owner.KEY, cache_ttl=FIVE_MINUTES, stale_if_down=True
)
UNDO = Keyspace("playlist-undo", UndoState, owner=Owner.KEY, ttl=UNDO_LIFE)

Changed = Callable[[MadePlaylist], MadePlaylist]


class PlaylistsRepository:
    """Plans, runs, and the playlists that are kept in step."""

    def __init__(self, kv: CachedKV) -> None:
        self.kv = kv

    def lease(self, run: Run) -> AbstractAsyncContextManager[None]:
        """Return a block in which nobody else works on a run; `LeaseHeldError` while somebody does."""
        return self.kv.lease(f"playlists:{run.user_id}:{run.id}", LEASE)

    def writing(self, playlist_id: str) -> AbstractAsyncContextManager[None]:
        """Return a block in which no other run writes to a playlist; `LeaseHeldError` while one does."""
        return self.kv.lease(f"playlist:{playlist_id}", LEASE)

    async def put_plan(self, plan: Plan) -> None:
        """Keep a plan for a day."""
        await self.kv.put(PLAN(plan.user_id, plan.id), plan)

    async def get_plan(self, plan_id: str, user_id: str) -> Plan:
        """Return a listener's own plan.

        Raises:
            NotFoundError: it does not exist, is older than a day, or is somebody else's.
        """
        plan = await self.kv.get(PLAN(user_id, plan_id))
        if plan is None:
            raise NotFoundError("This preview is gone; previews are kept for a day. Nothing was written.")
        return plan

    async def open_run(self, run: Run, plan: Plan) -> Run:
        """Return the run of this id, made from `run` if there is none yet; two callers get the same one.

        The plan is kept for as long as the run, which may wait for days, and tells that there is one: nobody
        has to ask the store for the run of a plan that has none.
        """
        applied = plan.model_copy(update={"applied": True})
        await self.kv.put(PLAN(plan.user_id, plan.id), applied, ttl=RUN.ttl)
        await self._mark_open(run, run.started_at)
        opened = await self.kv.update(RUN(run.user_id, run.id), _begin, default=run)
        return opened or run

    async def reopen_run(self, run: Run, since: datetime) -> Run:
        """Return a run that had ended before all was made, from now on running again."""
        await self._mark_open(run, since)
        return await self.kv.update(RUN(run.user_id, run.id), _begin_again) or run

    async def find_run(self, run_id: str, user_id: str) -> Run | None:
        """Return a listener's own run, if there is one."""
        return await self.kv.get(RUN(user_id, run_id))

    async def get_run(self, run_id: str, user_id: str) -> Run:
        """Return a listener's own run.

        Raises:
            NotFoundError: it does not exist or is somebody else's.
        """
        run = await self.find_run(run_id, user_id)
        if run is None:
            raise NotFoundError("There is no such run, or it is older than 30 days.")
        return run

    async def put_run(self, run: Run) -> None:
        """Keep how far a run is."""
        await self.kv.put(RUN(run.user_id, run.id), run)

    async def close_run(self, run: Run) -> None:
        """Keep a run's end and forget that it was open."""
        await self.put_run(run)
        await self.kv.delete(OPEN_RUN(run.user_id, run.id))

    async def list_open_runs(self) -> list[Run]:
        """Return the runs that had not ended when the process did, and forget that others were open."""
        marks = await self.kv.keys(OPEN_RUN)
        runs = await self.kv.get_many(RUN(*mark.parts) for mark in marks)
        open_runs = [run for run in runs.values() if not run.finished]
        left = {OPEN_RUN(run.user_id, run.id) for run in open_runs}
        for mark in marks:
            if mark not in left:
                await self.kv.delete_later(mark)
        return open_runs

    async def _mark_open(self, run: Run, since: datetime) -> None:
        await self.kv.put(OPEN_RUN(run.user_id, run.id), OpenRun(since=since))

    async def list_made(self, user_id: str) -> tuple[MadePlaylist, ...]:
        """Return the playlists kept for a listener, newest first.

        That there are none is kept too: every page asks, and the store would be asked for what is not there.
        """
        made = await self.kv.get(MADE(user_id))
        if made is None:
            with suppress(UserGoneError):
                await self.kv.update(
                    MADE(user_id), MadePlaylists.model_copy, default=MadePlaylists(), later=True
                )
        return made.playlists if made else ()

    async def get_made(self, user_id: str, playlist_id: str) -> MadePlaylist:
        """Return one of the playlists kept for a listener.

        Raises:
            NotFoundError: it is none of them.
        """
        for playlist in await self.list_made(user_id):
            if playlist.id == playlist_id:
                return playlist
        raise NotAmongMadeError

    async def remember(self, user_id: str, playlist: MadePlaylist, songs: PlaylistSongs) -> None:
        """Keep a playlist with what is known of its songs; one that is kept already is changed in place."""
        await self.put_songs(user_id, playlist.id, songs)
        await self.kv.update(MADE(user_id), _remembering(playlist), default=MadePlaylists())

    async def change_made(self, user_id: str, change: Changed) -> None:
        """Change what is kept about every one of a listener's playlists."""

        def changed(made: MadePlaylists) -> MadePlaylists:
            new = tuple(change(playlist) for playlist in made.playlists)
            return made if new == made.playlists else MadePlaylists(playlists=new)

        await self.kv.update(MADE(user_id), changed)

    async def forget(self, user_id: str, forgetting: "Forgetting") -> None:
        """Forget a playlist; at Spotify nothing changes."""
        await self.kv.update(MADE(user_id), forgetting)
        await self.kv.delete(MADE_SONGS(user_id, forgetting.playlist_id))
        await self.kv.delete(UNDO(user_id, forgetting.playlist_id))

    async def get_songs(self, user_id: str, playlist_id: str) -> PlaylistSongs:
        """Return what is known of a playlist's songs; nothing of one that was never read."""
        return await self.kv.get(MADE_SONGS(user_id, playlist_id)) or PlaylistSongs()

    async def list_songs(self, user_id: str, playlist_ids: Iterable[str]) -> dict[str, PlaylistSongs]:
        """Return what is known of the songs of several playlists, by their ids."""
        found = await self.kv.get_many(MADE_SONGS(user_id, one) for one in playlist_ids)
        return {key.parts[1]: songs for key, songs in found.items()}

    async def put_songs(self, user_id: str, playlist_id: str, songs: PlaylistSongs) -> None:
        """Keep what is known of a playlist's songs."""
        await self.kv.put(MADE_SONGS(user_id, playlist_id), songs)

    async def change_songs(
        self, user_id: str, playlist_id: str, change: Callable[[PlaylistSongs], PlaylistSongs]
    ) -> PlaylistSongs:
        """Change what is known of a playlist's songs, and return it."""
        key, nothing = MADE_SONGS(user_id, playlist_id), PlaylistSongs()
        return await self.kv.update(key, change, default=nothing) or nothing

    async def put_undo(self, user_id: str, playlist_id: str, undo: UndoState) -> None:
        """Keep for thirty days what it takes to take an update back."""
        await self.kv.put(UNDO(user_id, playlist_id), undo)

    async def find_undo(self, user_id: str, playlist_id: str) -> UndoState | None:
        """Return what it takes to take the last update of a playlist back."""
        return await self.kv.get(UNDO(user_id, playlist_id))

    async def drop_undo(self, user_id: str, playlist_id: str) -> None:
        """Forget how the last update is taken back."""
        await self.kv.delete(UNDO(user_id, playlist_id))


class NotAmongMadeError(NotFoundError):
    """The app does not keep this playlist in step."""

    code = "playlist-not-kept"
    title = "This playlist is not kept here"
    safe = "At Spotify nothing was changed."
    action = Action("All playlists", "/playlists")

    def __init__(self) -> None:
        super().__init__("It was not made here, or was forgotten.")


def _begin(run: Run) -> Run:
    return run.model_copy(update={"status": "running"}) if run.status == "new" else run


def _begin_again(run: Run) -> Run:
    ended = run.status in {"partial", "failed"}
    return run.model_copy(update={"status": "running"}) if ended else run


def _remembering(playlist: MadePlaylist) -> Callable[[MadePlaylists], MadePlaylists]:
    def change(made: MadePlaylists) -> MadePlaylists:
        if made.find(playlist.id):
            kept = (playlist if other.id == playlist.id else other for other in made.playlists)
            return MadePlaylists(playlists=tuple(kept))
        return MadePlaylists(playlists=(playlist, *made.playlists))

    return change


class Forgetting:
    """Takes a playlist off the list, and knows whether it was on it, also if the store then fails."""

    def __init__(self, playlist_id: str) -> None:
        self.playlist_id = playlist_id
        self.done = False

    def __call__(self, made: MadePlaylists) -> MadePlaylists:
        """Return the list without the playlist."""
        others = tuple(other for other in made.playlists if other.id != self.playlist_id)
        self.done = len(others) < len(made.playlists)
        return MadePlaylists(playlists=others) if self.done else made

"""Typed access to what is kept about playlists."""

from collections.abc import Callable
from datetime import timedelta

from app.errors import NotFoundError
from app.kv.cached import CachedKV
from app.kv.keyspace import Keyspace, Owner
from app.playlists.models import MadePlaylist, MadePlaylists, OpenRuns, Plan, PlaylistSongs, Run

DAY = timedelta(days=1)
FIVE_MINUTES = timedelta(minutes=5)

PLAN = Keyspace("plan", Plan, owner=Owner.VALUE, ttl=DAY, cache_ttl=None)
RUN = Keyspace("run", Run, owner=Owner.VALUE, ttl=timedelta(days=30), cache_ttl=None)
OPEN_RUNS = Keyspace("open-runs", OpenRuns, owner=Owner.NONE, ttl=None, cache_ttl=None)
MADE = Keyspace("playlists", MadePlaylists, owner=Owner.KEY, ttl=None, cache_ttl=FIVE_MINUTES)
MADE_SONGS = Keyspace("playlist-songs", PlaylistSongs, owner=Owner.KEY, ttl=None, cache_ttl=FIVE_MINUTES)

ALL = "all"


class PlaylistsRepository:
    """Plans, runs, and the playlists made."""

    def __init__(self, kv: CachedKV) -> None:
        self.kv = kv

    async def put_plan(self, plan: Plan) -> None:
        """Keep a plan for a day."""
        await self.kv.put(PLAN(plan.id), plan)

    async def get_plan(self, plan_id: str, user_id: str) -> Plan:
        """Return a listener's own plan.

        Raises:
            NotFoundError: it does not exist, is older than a day, or is somebody else's.
        """
        plan = await self.kv.get(PLAN(plan_id))
        if plan is None or plan.user_id != user_id:
            raise NotFoundError("This preview is gone; previews are kept for a day. Nothing was written.")
        return plan

    async def open_run(self, run: Run, plan: Plan) -> Run:
        """Return the run of this id, made from `run` if there is none yet; two callers get the same one.

        The plan is kept for as long as the run, which may wait for days.
        """
        await self.kv.put(PLAN(plan.id), plan, ttl=RUN.ttl)
        await self._list_as_open(run.id)
        opened = await self.kv.update(RUN(run.id), _begin, default=run)
        return opened or run

    async def reopen_run(self, run: Run) -> Run:
        """Return a run that had ended before all was made, from now on running again."""
        await self._list_as_open(run.id)
        return await self.kv.update(RUN(run.id), _begin_again) or run

    async def find_run(self, run_id: str, user_id: str) -> Run | None:
        """Return a listener's own run, if there is one."""
        run = await self.kv.get(RUN(run_id))
        return run if run is not None and run.user_id == user_id else None

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
        await self.kv.put(RUN(run.id), run)

    async def close_run(self, run: Run) -> None:
        """Keep a run's end and forget that it was open."""
        await self.put_run(run)
        await self.kv.update(OPEN_RUNS(ALL), _without(run.id))

    async def list_open_runs(self) -> list[Run]:
        """Return the runs that had not ended when the process did, and forget the ids of all others."""
        index = await self.kv.get(OPEN_RUNS(ALL)) or OpenRuns()
        runs = (await self.kv.get_many(RUN(run_id) for run_id in index.ids)).values()
        open_runs = [run for run in runs if not run.finished]
        if len(open_runs) < len(index.ids):
            await self.kv.put(OPEN_RUNS(ALL), OpenRuns(ids=tuple(run.id for run in open_runs)))
        return open_runs

    async def _list_as_open(self, run_id: str) -> None:
        await self.kv.update(OPEN_RUNS(ALL), _with(run_id), default=OpenRuns())

    async def list_made(self, user_id: str) -> tuple[MadePlaylist, ...]:
        """Return the playlists made for a listener, newest first."""
        made = await self.kv.get(MADE(user_id))
        return made.playlists if made else ()

    async def remember(self, user_id: str, playlist: MadePlaylist, uris: tuple[str, ...]) -> None:
        """Keep a playlist with the songs put into it; remembering it again changes it in place."""
        await self.kv.put(MADE_SONGS(user_id, playlist.id), PlaylistSongs(uris=uris))
        await self.kv.update(MADE(user_id), _remembering(playlist), default=MadePlaylists())


def _begin(run: Run) -> Run:
    return run.model_copy(update={"status": "running"}) if run.status == "new" else run


def _begin_again(run: Run) -> Run:
    ended = run.status in {"partial", "failed"}
    return run.model_copy(update={"status": "running"}) if ended else run


def _with(run_id: str) -> Callable[[OpenRuns], OpenRuns]:
    return lambda index: index if run_id in index.ids else OpenRuns(ids=(*index.ids, run_id))


def _without(run_id: str) -> Callable[[OpenRuns], OpenRuns]:
    return lambda index: OpenRuns(ids=tuple(other for other in index.ids if other != run_id))


def _remembering(playlist: MadePlaylist) -> Callable[[MadePlaylists], MadePlaylists]:
    def change(made: MadePlaylists) -> MadePlaylists:
        others = (other for other in made.playlists if other.id != playlist.id)
        return MadePlaylists(playlists=(playlist, *others))

    return change

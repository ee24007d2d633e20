"""A process that makes playlists, and the next one on the same store."""

from datetime import timedelta

from app.accounts.connections import ConnectionsService
from app.assets import STATIC
from app.events import Event, Events
from app.jobs.progress import Channels
from app.jobs.runner import JobRunner
from app.kv.cached import CachedKV
from app.playlists.models import Plan, PlannedPlaylist, Run, Selection
from app.playlists.naming.covers import CoverPrinter
from app.playlists.repository import PlaylistsRepository
from app.playlists.run_work import RunTools
from app.playlists.service import PlaylistsService, job_name
from app.spotify.client import SpotifyClient
from app.spotify.tokens import TokenSource
from tests.fakes import FakeClock
from tests.unit.playlists.spotify_wire import Tokens, track_uris

USER = "user-1"


class Connections(ConnectionsService):
    """Gives `given` to everybody, without a sign-in."""

    def __init__(self) -> None:
        self.given: TokenSource = Tokens()

    def tokens(self, user_id: str) -> TokenSource:
        return self.given


class Bench:
    """One process after another on the same store."""

    def __init__(self, kv: CachedKV, clock: FakeClock, spotify: SpotifyClient) -> None:
        self.kv, self.clock, self.spotify = kv, clock, spotify
        self.repository = PlaylistsRepository(kv)
        self.events: list[Event] = []
        self.connections = Connections()
        self.restart()

    def restart(self) -> None:
        self.jobs = JobRunner(self.clock)
        self.channels = Channels(self.clock)
        events = Events()
        events.subscribe(self._hear)
        tools = RunTools(
            repository=self.repository,
            spotify=self.spotify,
            connections=self.connections,
            events=events,
            clock=self.clock,
            printer=CoverPrinter(STATIC),
        )
        self.service = PlaylistsService(tools, jobs=self.jobs, channels=self.channels)

    async def _hear(self, event: Event) -> None:
        self.events.append(event)

    async def plan(self, *counts: int, plan_id: str = "plan-1") -> Plan:
        now = self.clock.now()
        playlists = tuple(
            PlannedPlaylist(
                name=f"list {number}",
                description="",
                selection=Selection(include=("family:rock",)),
                uris=track_uris(count),
            )
            for number, count in enumerate(counts)
        )
        plan = Plan(
            id=plan_id, user_id=USER, created_at=now, expires_at=now + timedelta(days=1), playlists=playlists
        )
        await self.repository.put_plan(plan)
        return plan

    async def finished(self, run_id: str = "plan-1") -> Run:
        job = self.jobs.find(job_name(USER, run_id))
        assert job
        await job.wait()
        return await self.service.get_run(USER, run_id)

    @property
    def under_way(self) -> bool:
        job = self.jobs.find(job_name(USER, "plan-1"))
        return job is not None and job.running

    async def ended(self) -> None:
        """Return when the run is over, at once if nothing had to be done."""
        if job := self.jobs.find(job_name(USER, "plan-1")):
            await job.wait()

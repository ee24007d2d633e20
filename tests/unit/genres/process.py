"""What one process of the app holds of scans; a second one on the same store is a restart."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import httpx

from app.accounts.connections import ConnectionsService
from app.accounts.crypto import Keyring
from app.accounts.models import TokenGrant
from app.accounts.oauth import SpotifyOAuth
from app.accounts.repository import ConnectionsRepository
from app.events import Events
from app.genres.artist_repository import ArtistRepository
from app.genres.families import Families
from app.genres.personal.repository import PersonalRepository
from app.genres.repository import LibraryRepository, ScansRepository
from app.genres.resolver import ArtistResolver
from app.genres.scanning.tools import ScanTools
from app.genres.scans import ScansService, job_name
from app.genres.service import GenresService
from app.genres.sources.musicbrainz import MusicBrainz, MusicBrainzLinks, MusicBrainzTags
from app.genres.sources.musicbrainz_api import MusicBrainzApi
from app.genres.sources.selection import Sources
from app.jobs.progress import Channels, ProgressEvent
from app.jobs.runner import JobRunner
from app.kv.cached import CachedKV
from app.kv.stores.memory import MemoryStore
from app.settings import Settings
from app.spotify.client import SpotifyClient
from app.upstream.gate import Gate
from tests.fakes import FakeClock
from tests.unit.genres.wire import MUSICBRAINZ, SPOTIFY

LONGEST_S = 3600


class Process:
    """Real clients, real services, a memory store."""

    def __init__(
        self,
        store: MemoryStore,
        http: httpx.AsyncClient,
        *,
        clock: FakeClock,
        families: Families,
        sources: Callable[[httpx.AsyncClient, FakeClock, CachedKV], Sources] | None = None,
    ) -> None:
        self.clock = clock
        self.kv = CachedKV(store, clock=clock)
        self.spotify_gate = Gate("spotify", rate_per_second=2, clock=clock, kv=self.kv)
        musicbrainz_gate = Gate("musicbrainz", rate_per_second=1, clock=clock, kv=self.kv)
        musicbrainz = MusicBrainz(MusicBrainzApi(http, musicbrainz_gate, base_url=MUSICBRAINZ, clock=clock))
        chosen = (
            sources(http, clock, self.kv)
            if sources
            else Sources(
                order=("musicbrainz",), links=MusicBrainzLinks(musicbrainz), tags=MusicBrainzTags(musicbrainz)
            )
        )
        self.artists = ArtistRepository(self.kv, clock)
        library = LibraryRepository(self.kv, clock)
        self.tools = ScanTools(
            spotify=SpotifyClient(http, self.spotify_gate, api_url=SPOTIFY, clock=clock),
            resolver=ArtistResolver.over(self.artists, chosen, clock, families),
            library=library,
            scans=ScansRepository(self.kv),
            personal=PersonalRepository(self.kv, library),
            families=families,
            genre_sources=chosen.order,
            clock=clock,
        )
        self.jobs = JobRunner(clock)
        self.channels = Channels(clock)
        self.events = Events()
        settings = Settings(_env_file=None, spotify_client_id="client", contact="me@example.com")
        self._oauth = SpotifyOAuth(settings, clock)
        self.connections = ConnectionsService(
            ConnectionsRepository(self.kv), oauth=self._oauth, keyring=Keyring("secret-" * 6), clock=clock
        )
        self.scans = ScansService(
            self.tools,
            connections=self.connections,
            jobs=self.jobs,
            channels=self.channels,
            events=self.events,
            open_url="https://open.test",
        )
        self.genres = GenresService(self.tools, self.jobs, open_url="https://open.test")
        self.events.subscribe(self.genres.handle)

    async def open(self) -> None:
        await self.kv.start()
        await self.spotify_gate.start()
        ends = self.clock.now() + timedelta(days=365)
        for user_id in ("me", "you"):
            grant = TokenGrant(access_token="token", refresh_token="old", scope="", expires_at=ends)
            await self.connections.save(user_id, grant, consented=True)

    async def close(self) -> None:
        """End the way SIGTERM does."""
        await self.jobs.close()
        await self.artists.close()
        await self._oauth.close()
        closing = asyncio.create_task(self.kv.close())
        while not closing.done():  # a store that another process has closed is given up after seconds
            await self.clock.advance(1)
        await closing

    async def finish(self, user_id: str = "me") -> None:
        """Let time pass until the scan has ended."""
        for _ in range(LONGEST_S):
            job = self.jobs.find(job_name(user_id))
            if job is None or not job.running:
                return
            await self.clock.advance(1)
        raise AssertionError("the scan does not end")

    async def scan(self, user_id: str = "me") -> None:
        """Scan from start to end."""
        await self.scans.start(user_id)
        await self.finish(user_id)

    async def keys(self, user_id: str = "me") -> list[str]:
        """The songs of the library, in its order."""
        library = await self.genres.get_library(user_id)
        return [placed.song.key for placed in library.songs]

    async def told(self, user_id: str = "me") -> list[ProgressEvent]:
        """Everything that is told until the scan ends."""
        return [event async for event in self.scans.watch(user_id)]

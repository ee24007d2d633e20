"""Somebody whose app runs at home, day and night, in time that passes when it is told to."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any, TypeVar

from app.accounts.models import TokenGrant
from app.genres.families import Families
from app.kv.stores.memory import MemoryStore
from app.playlists.models import Selection
from app.playlists.preview import Wanted
from app.services import Services, open_services
from app.settings import Settings
from tests.fakes import FakeClock
from tests.integration.demo.conftest import id_of
from tests.integration.demo.visitor import BASE_URL, Visitor

USER = "acc-anna"
FAMILIES = Families.load()

T = TypeVar("T")


def uri(number: int) -> str:
    return f"spotify:track:{id_of('Track', number)}"


class LastingStore(MemoryStore):
    """What is in it outlives the process that closes it."""

    async def close(self) -> None:
        """Stay open for the next one."""


class Home:
    """One process of the app after another, and whoever it works for.

    Attributes:
        services: of the process that runs.
    """

    services: Services

    def __init__(
        self, visitor: Visitor, clock: FakeClock, store: MemoryStore | None = None, **settings: Any
    ) -> None:
        self.visitor, self.clock = visitor, clock
        self.store = store or LastingStore(clock)
        self._settings = Settings(
            _env_file=None,
            base_url=BASE_URL,
            secret_key="a-secret-of-tests-" * 3,
            kv_url="memory://",
            **{
                "spotify_rate_per_second": 50,
                "musicbrainz_rate_per_second": 50,
                "genre_sources": ("musicbrainz",),
                **settings,
            },
        ).as_demo()
        self._process = AsyncExitStack()

    async def open(self) -> None:
        """Start the app."""

        async def opened(_url: str, **_: object) -> MemoryStore:
            return self.store

        opening = open_services(self._settings, families=FAMILIES, clock=self.clock, opener=opened)
        self.services = await self._process.enter_async_context(opening)

    async def close(self) -> None:
        """End the app the way SIGTERM does."""
        await self.meanwhile(self._process.aclose())

    async def restart(self) -> None:
        await self.close()
        await self.open()

    async def connect(self) -> None:
        """Keep the permission that the visitor gave at Spotify."""
        tokens = self.visitor.tokens
        grant = TokenGrant(
            access_token=tokens["access_token"],
            refresh_token=tokens["refresh_token"],
            scope=tokens["scope"],
            expires_at=self.clock.now() + timedelta(days=400),
        )
        await self.services.connections.save(USER, grant, consented=True)

    async def scan(self) -> None:
        """Read the library."""
        await self.services.scans.start(USER)
        assert (await self.meanwhile(self.services.scans.ended(USER))).status == "completed"

    async def make(self, *genres: str) -> tuple[str, ...]:
        """Make a playlist of each genre, and return their ids."""
        on = self.services.on_playlists
        wanted = [Wanted(selection=Selection(include=(f"genre:{one}",))) for one in genres]
        run = await on.playlists.carry_out(await self.meanwhile(on.previews.make(USER, wanted)))
        run = await self.meanwhile(on.playlists.ended(USER, run.id))
        assert run.status == "completed", run
        return tuple(step.playlist_id or "" for step in run.steps)

    async def ask_spotify(self) -> None:
        """Make a call, as somebody does who scans."""
        await self.services.on_playlists.playlists.tools.spotify.saved_tracks(
            self.services.connections.tokens(USER), offset=0, limit=1
        )

    async def like(self, *numbers: int) -> None:
        await self.visitor.switch(library={"like": [id_of("Track", number) for number in numbers]})

    async def held(self, playlist_id: str) -> list[str]:
        """Return what Spotify has in a playlist."""
        made = (await self.visitor.control())["playlists"]
        return next(list(one["uris"]) for one in made if one["id"] == playlist_id)

    async def meanwhile(self, work: Coroutine[Any, Any, T]) -> T:
        """Let time pass until some work is done."""
        task = asyncio.ensure_future(work)
        while not task.done():
            await self.clock.advance(1)
        return await task

    async def passes(self, **time: float) -> None:
        """Let time pass."""
        await self.clock.advance(timedelta(**time).total_seconds())

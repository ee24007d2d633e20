"""The app's real services on a memory store that outlives them, and a listener whose account may go."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qs, urlsplit

import respx

from app.accounts.models import Answer
from app.genres.families import Families
from app.kv.store import Outcome, Put, ScanPage, Store, Write
from app.kv.stores.memory import MemoryStore
from app.services import Services, open_services
from app.settings import Settings
from tests.fakes import FakeClock
from tests.integration.accounts.journey import CODE, Spotify
from tests.unit.genres.wire import MUSICBRAINZ, SPOTIFY, LikedSongs, MusicBrainzWire, artist_id, tracks
from tests.unit.playlists.spotify_wire import PlaylistsAtSpotify

USER = "acc-anna"
COOKIE, SIGNIN_COOKIE = "genre_sorter_session", "genre_sorter_signin"
LONG_S = 900

Cookies = Mapping[str, str]


class LastingStore(MemoryStore):
    """Keeps its values when a process closes it, and tells when so many calls were made.

    Attributes:
        calls: made so far.
        reached: set when there were `stop_at` of them; that call waits for `go`.
        refuse: says which calls fail, by their number.
        lose: says which rounds of writes are done and get no answer.
    """

    def __init__(self, clock: FakeClock, rows: Mapping[str, Put] | None = None) -> None:
        super().__init__(clock)
        self._rows = dict(rows or {})
        self.calls = 0
        self.stop_at = -1
        self.refuse: Callable[[int], bool] = lambda _: False
        self.lose: Callable[[int], bool] = lambda _: False
        self.reached, self.go = asyncio.Event(), asyncio.Event()

    @property
    def rows(self) -> dict[str, Put]:
        return dict(self._rows)

    @property
    def live_rows(self) -> dict[str, Put]:
        """The rows that have not ended: those that have are swept later."""
        now = self._clock.now().timestamp()
        return {key: put for key, put in self._rows.items() if not put.expires_at or put.expires_at > now}

    def stop_after(self, calls: int) -> None:
        """Let the call after so many more wait for `go`."""
        self.stop_at = self.calls + calls + 1

    async def get(self, key: str) -> bytes | None:
        await self._called()
        return await super().get(key)

    async def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        await self._called()
        return await super().get_many(keys)

    async def apply(self, writes: Sequence[Write]) -> Mapping[str, Outcome]:
        await self._called()
        number = self.calls
        outcomes = await super().apply(writes)
        if self.lose(number):
            raise ConnectionError("the answer got lost")
        return outcomes

    async def scan(self, prefix: str, cursor: str | None = None) -> ScanPage:
        await self._called()
        return await super().scan(prefix, cursor)

    async def close(self) -> None:
        """Keep everything for the next process."""

    async def _called(self) -> None:
        self.calls += 1
        if self.calls == self.stop_at:
            self.reached.set()
            await self.go.wait()
        if self.refuse(self.calls):
            raise ConnectionError("refused")


class World:
    """What is outside the app: Spotify, MusicBrainz, time."""

    def __init__(self, wire: respx.MockRouter, clock: FakeClock, families: Families) -> None:
        self.wire = wire
        self.clock = clock
        self.families = families
        spotify = Spotify(
            token=wire.post("https://accounts.spotify.com/api/token"), me=wire.get(f"{SPOTIFY}/me")
        )
        spotify.token.side_effect = spotify.grant
        spotify.me.respond(json={"account_id": USER, "id": "anna", "display_name": "Anna", "images": []})
        self.spotify = spotify
        self.liked = LikedSongs(wire, tracks(120))
        self.musicbrainz = MusicBrainzWire(wire, {artist_id(n): {"bebop": 8} for n in range(60)})
        self.playlists = PlaylistsAtSpotify(wire)
        self.settings = Settings(
            _env_file=None,
            base_url="http://127.0.0.1:8000",
            secret_key="a-secret-of-tests-" * 3,
            kv_url="memory://",
            spotify_client_id="client",
            spotify_api_url=SPOTIFY,
            musicbrainz_url=MUSICBRAINZ,
            genre_sources=("musicbrainz",),
            contact="me@example.com",
        )

    @asynccontextmanager
    async def process(self, store: LastingStore) -> AsyncIterator[Services]:
        """Run the app on the store from its start to its end, while time passes for whoever waits."""

        async def opener(_url: str, *, clock: FakeClock) -> Store:
            return store

        ticking = asyncio.ensure_future(self._tick())
        try:
            async with open_services(
                self.settings, families=self.families, clock=self.clock, opener=opener
            ) as services:
                await services.jobs.cancel("inactive-users")  # it always waits: time would never stand still
                yield services
        finally:
            ticking.cancel()

    async def sign_in(self, services: Services) -> Cookies:
        """Go the whole way and return the session's cookie."""
        finish = await self.begin_sign_in(services)
        return await finish()

    async def begin_sign_in(self, services: Services) -> Callable[[], Awaitable[Cookies]]:
        """Press Sign in; return what happens when the browser comes back."""
        started = await services.sign_in.start(None, cookies={})
        (state,) = parse_qs(urlsplit(started.url).query)["state"]

        async def finish() -> Cookies:
            answer = Answer(state=state, code=CODE)
            finished = await services.sign_in.finish(answer, {SIGNIN_COOKIE: started.cookie})
            return {COOKIE: finished.cookie or ""}

        return finish

    async def calm(self, services: Services) -> None:
        """Let everything end that still runs."""
        for _ in range(LONG_S):
            await self.clock.advance(1)
            if not any(job.running for job in services.jobs._jobs.values()):
                break
        await services.kv.flush()

    async def _tick(self) -> None:
        with suppress(asyncio.CancelledError):
            while True:
                await asyncio.sleep(0)
                if self.clock.sleeping:
                    await self.clock.advance(0.25)


def traces(services: Services, store: LastingStore) -> list[str]:
    """Where the app still knows the listener: keys, values, what is queued, and memory."""
    kv, genres, scans = services.kv, services.genres, services.scans
    offers = (
        name for kept in ("totals", "lists", "names") for name in getattr(scans.offers, f"_{kept}")._known
    )
    named = {
        "store": [key for key, put in store.live_rows.items() if USER in key or USER.encode() in put.data],
        "queue": [entry.key.text for entry in kv._queue.entries() if USER in entry.key.text],
        "jobs": [name for name in services.jobs._jobs if USER in name],
        "channels": [name for name in services.channels._open if USER in name],
        "libraries": [name for name in genres._shelves._kept if name == USER],
        "fillings": [
            name for name in (*genres._filler._not_before, *genres._filler._through) if name == USER
        ],
        "orders": [name for name in genres._tools.personal._known if name == USER],
        "scans": [name for name in (*scans._runs, *offers) if name == USER],
        "readings": [name for name in services.on_playlists.contents._readings if name == USER],
        "listening feed": [name for name in services.listening.feed._listed if name == USER],
        "boards": [
            member.user_id
            for where in (services.community.scoreboard, services.community.leaderboard)
            for member in where._board.members
            if member.user_id == USER
        ],
        "renewals": [name for name in services.connections._renewals if name == USER],
    }
    return [f"{where}: {what}" for where, found in named.items() for what in found]

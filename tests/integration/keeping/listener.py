"""Somebody whose playlists are kept in step, at the simulated Spotify, in time that passes by itself."""

import asyncio
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import Literal, get_args

import httpx

from app.accounts.connections import ConnectionsService
from app.accounts.cookies import Cookie
from app.accounts.crypto import Keyring
from app.accounts.preferences import PreferencesService
from app.accounts.repository import SessionsRepository
from app.accounts.sessions import SessionsService
from app.assets import STATIC
from app.events import Events
from app.genres.families import Families
from app.genres.folding import Placement
from app.genres.library import Library, Origin, PlacedSong
from app.genres.service import GenresService
from app.genres.songs import ArtistRef, Song
from app.jobs.progress import Channels
from app.jobs.runner import JobRunner
from app.kv.cached import CachedKV
from app.playlists.keeping import PlaylistKeeper
from app.playlists.listing import OwnPlaylists
from app.playlists.models import Run, Selection
from app.playlists.naming.covers import CoverPrinter
from app.playlists.naming.names import Naming
from app.playlists.observing import Observer
from app.playlists.preview import PreviewService, Wanted
from app.playlists.records import MadePlaylist
from app.playlists.repository import PlaylistsRepository
from app.playlists.run_work import RunTools
from app.playlists.service import PlaylistsService, job_name
from app.spotify.client import SpotifyClient
from app.spotify.tokens import TokenSource
from app.upstream.gate import Gate
from tests.fakes import FakeClock
from tests.integration.demo.conftest import id_of
from tests.integration.demo.visitor import BASE_URL, Visitor

USER = "listener"
SCOPES = (
    "user-library-read playlist-read-private playlist-modify-private playlist-modify-public ugc-image-upload"
)
API = f"{BASE_URL}/simulator/api/v1"

Trouble = Literal["fails", "hangs", "answer lost", "quota", "crash before", "crash after"]
TROUBLES: tuple[Trouble, ...] = get_args(Trouble)
Refusal = Literal["refused"]


def uri(number: int) -> str:
    return f"spotify:track:{id_of('Track', number)}"


def uris(numbers: Iterable[int]) -> list[str]:
    return [uri(number) for number in numbers]


class Wire(httpx.AsyncBaseTransport):
    """The way to the simulator; call number `bad` of those to the Web API gets into trouble.

    Attributes:
        calls: method and path of every call, ids left out.
        crashed: set when the process is to die with that call under way.
    """

    def __init__(self, inner: httpx.ASGITransport) -> None:
        self.inner = inner
        self.calls: list[str] = []
        self.bad = 0
        self.trouble: Trouble | Refusal = "fails"
        self.crashed = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/simulator/api/v1")
        parts = ("*" if len(part) == 22 else part for part in path.split("/"))
        self.calls.append(f"{request.method} {'/'.join(parts)}")
        if len(self.calls) != self.bad:
            return await self.inner.handle_async_request(request)
        match self.trouble:
            case "fails":
                return httpx.Response(503, html="<h1>Service Unavailable</h1>", request=request)
            case "hangs":
                raise httpx.ReadTimeout("no answer", request=request)
            case "refused":
                error = {"status": 403, "message": "Forbidden"}
                return httpx.Response(403, json={"error": error}, request=request)
            case "quota":
                over = {"status": 429, "message": "Too many requests", "reason": "QUOTA_EXCEEDED"}
                headers = {"Retry-After": "7200"}
                return httpx.Response(429, json={"error": over}, headers=headers, request=request)
            case "answer lost":
                await self.inner.handle_async_request(request)
                raise httpx.RemoteProtocolError("the answer got lost", request=request)
            case "crash before" | "crash after":
                if self.trouble == "crash after":
                    await self.inner.handle_async_request(request)
                self.crashed.set()
                await asyncio.Event().wait()
                raise AssertionError


class Tokens:
    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor

    async def access_token(self, *, rejected: str | None = None) -> str:
        return str(self.visitor.tokens["access_token"])


class Connections(ConnectionsService):
    """Gives one person's tokens, without a sign-in to the app."""

    def __init__(self, visitor: Visitor) -> None:
        self.given: TokenSource = Tokens(visitor)

    def tokens(self, user_id: str) -> TokenSource:
        return self.given

    async def allows(self, user_id: str, scope: str) -> bool:
        return True


class Shelf(GenresService):
    """A library without a scan: songs by number, newest like first, each with the genres that it has."""

    def __init__(self, families: Families, clock: FakeClock) -> None:
        self.families, self.clock = families, clock
        self.songs: dict[int, tuple[str, ...]] = {}
        self.isrcs: dict[int, str] = {}
        self.whole = True

    async def get_library(self, user_id: str) -> Library:
        origin = Origin(scanned_at=self.clock.now(), whole=self.whole, waiting=(), sources={})
        placed = (self._placed(number, genres) for number, genres in self.songs.items())
        return Library(placed, self.families, origin)

    def like(self, numbers: Iterable[int], *genres: str) -> None:
        """Put songs on top, the last of them first."""
        for number in numbers:
            self.songs = {number: genres, **self.songs}

    def _placed(self, number: int, genres: tuple[str, ...]) -> PlacedSong:
        family = self.families.family_of(genres[0]) if genres else None
        lead = genres[0] if genres else None
        artist = ArtistRef(id_of("Artist", number % 30), f"Artist {number % 30}")
        song = Song(
            id=id_of("Track", number), name=f"Song {number}", artists=(artist,), isrc=self.isrcs.get(number)
        )
        return PlacedSong(song, Placement(family, lead, genres))


class Listener:
    """One person, and one process of the app after another."""

    def __init__(
        self, kv: CachedKV, clock: FakeClock, http: httpx.AsyncClient, *, visitor: Visitor, shelf: Shelf
    ) -> None:
        self.kv, self.clock, self.visitor, self.shelf = kv, clock, visitor, shelf
        gate = Gate("Spotify", rate_per_second=100, burst=100, clock=clock)
        self.spotify = SpotifyClient(http, gate, api_url=API, clock=clock)
        self.repository = PlaylistsRepository(kv)
        self.connections = Connections(visitor)
        self.restart()

    def restart(self) -> None:
        """Start the app anew on what the store holds."""
        self.jobs = JobRunner(self.clock)
        tools = RunTools(
            repository=self.repository,
            spotify=self.spotify,
            connections=self.connections,
            events=Events(),
            clock=self.clock,
            printer=CoverPrinter(STATIC),
        )
        own = OwnPlaylists(self.spotify, self.connections, self.clock)
        observer = Observer(self.repository, own, spotify=self.spotify, connections=self.connections)
        self.service = PlaylistsService(tools, jobs=self.jobs, channels=Channels(self.clock))
        sessions = SessionsService(
            SessionsRepository(self.kv),
            keyring=Keyring("secret-" * 6),
            clock=self.clock,
            cookie=Cookie("session", max_age_s=60, secure=False),
        )
        self.preferences = PreferencesService(self.kv)
        naming = Naming(self.preferences, sessions, self.connections, self.clock)
        self.previews = PreviewService(
            self.repository, self.shelf, self.clock, own=own, observer=observer, naming=naming
        )
        self.keeper = PlaylistKeeper(self.service, self.previews, observer)

    async def ended(self, run: Run) -> Run:
        """Return a run when it has ended."""
        if job := self.jobs.find(job_name(USER, run.id)):
            await job.wait()
        return await self.service.get_run(USER, run.id)

    async def make(self, *genres: str, **more: object) -> MadePlaylist:
        """Make a playlist of a genre each, and return the last one."""
        wanted = [Wanted(selection=Selection(include=(f"genre:{one}",)), **more) for one in genres]  # type: ignore[arg-type]
        plan = await self.previews.make(USER, wanted)
        run = await self.ended(await self.service.carry_out(plan))
        assert run.status == "completed", run
        return await self.repository.get_made(USER, run.steps[-1].playlist_id or "")

    async def refresh(self, playlist_id: str | None = None) -> Run:
        """Refresh one playlist or all, to the end."""
        run = await self.ended(await self.keeper.refresh(USER, playlist_id))
        assert run.status == "completed", run
        return run

    async def undo(self, playlist_id: str, *, sure: bool = False) -> Run:
        run = await self.ended(await self.keeper.undo(USER, playlist_id, sure=sure))
        assert run.status == "completed", run
        return run

    async def held(self, playlist_id: str) -> list[str]:
        """Return what Spotify has in a playlist."""
        return list((await self.all_held())[playlist_id]["uris"])

    async def all_held(self) -> dict[str, dict[str, object]]:
        """Return the playlists that the person still has, by id."""
        made = (await self.visitor.control())["playlists"]
        return {one["id"]: one for one in made if one["followed"]}

    async def take_out(self, playlist_id: str, *numbers: int) -> None:
        """Take songs out by hand."""
        items = [{"uri": uri(number)} for number in numbers]
        answer = await self.visitor.api("DELETE", f"/playlists/{playlist_id}/items", json={"items": items})
        assert answer.status_code == 200

    async def put_in(self, playlist_id: str, *numbers: int, position: int = 0) -> None:
        """Put songs in by hand."""
        body = {"uris": uris(numbers), "position": position}
        answer = await self.visitor.api("POST", f"/playlists/{playlist_id}/items", json=body)
        assert answer.status_code == 201

    async def advance(self, **time: float) -> None:
        await self.clock.advance(timedelta(**time).total_seconds())


async def tick(clock: FakeClock) -> None:
    """Let time pass whenever somebody waits for it."""
    while True:
        await asyncio.sleep(0)
        if clock.sleeping:
            await clock.advance(30)


def doubled(held: Iterable[object]) -> list[object]:
    return [one for one, count in Counter(held).items() if count > 1]

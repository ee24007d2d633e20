"""The trace, replayed: the app in this process, the simulator in another, a store that counts for itself."""

import asyncio
import json
import re
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import httpx
from starlette.types import Receive, Scope, Send

from app.clock import Clock
from app.demo.library import built_in_library
from app.kv.codec import decode, unseal
from app.kv.ledger import LEDGER
from app.kv.store import Delete, Outcome, ScanPage, Store, Write
from app.kv.stores import open_store
from app.main import create_app
from app.settings import Settings
from benchmarks.main_job import CLIENT_ID, Process, free_port
from benchmarks.stepping_clock import SteppingClock, http_under_way
from benchmarks.workload_trace import START, Step, read
from tests.e2e.watched_store import WatchedStore, kind_of

PAGE = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}
EVENTS = 20

Counts = Counter[tuple[date, str, str]]
"""Store operations by UTC day, name and kind."""


@dataclass
class StoreLog:
    """What a store was asked.

    Attributes:
        calls: round trips.
        keys: those that were written or deleted.
        since_request: how often each of them, since the last request began.
    """

    calls: int = 0
    counts: Counts = field(default_factory=Counter)
    keys: frozenset[str] = frozenset()
    since_request: Counter[str] = field(default_factory=Counter)


class LoggedStore(WatchedStore):
    """Keeps a log; while it is asked, time stands still."""

    def __init__(self, inner: Store, clock: SteppingClock, log: StoreLog) -> None:
        super().__init__(inner)
        self._clock, self._log = clock, log

    async def get(self, key: str) -> bytes | None:
        with self._call([("reads", key)]):
            return await super().get(key)

    async def get_many(self, keys: Sequence[str]) -> Mapping[str, bytes]:
        with self._call([("reads", key) for key in keys]):
            return await super().get_many(keys)

    async def apply(self, writes: Sequence[Write]) -> Mapping[str, Outcome]:
        keys = [write.key for write in writes]
        self._log.keys = self._log.keys.union(keys)
        self._log.since_request.update(keys)
        named = [("deletes" if isinstance(write, Delete) else "writes", write.key) for write in writes]
        with self._call(named):
            return await super().apply(writes)

    async def scan(self, prefix: str, cursor: str | None = None) -> ScanPage:
        with self._call([("lists", prefix)]):
            return await super().scan(prefix, cursor)

    async def close(self) -> None:
        with self._clock.under_way():
            await super().close()

    @contextmanager
    def _call(self, operations: Iterable[tuple[str, str]]) -> Iterator[None]:
        day = self._clock.now().date()
        self._log.calls += 1
        self._log.counts.update((day, operation, kind_of(key)) for operation, key in operations)
        with self._clock.under_way():
            yield


@asynccontextmanager
async def running(
    settings: Settings, clock: SteppingClock, log: StoreLog
) -> AsyncIterator[Callable[[], httpx.AsyncClient]]:
    """Run the app; give what makes browsers for it."""

    async def opener(kv_url: str, *, clock: Clock) -> Store:
        return LoggedStore(await open_store(kv_url, clock=clock), stepping, log)

    stepping = clock
    app = create_app(settings, clock=clock, opener=opener)
    async with app.router.lifespan_context(app) as state:

        async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "state": dict(state or {})}, receive, send)

        def browser() -> httpx.AsyncClient:
            transport = httpx.ASGITransport(with_state, client=("127.0.0.1", 1))
            headers = {"Sec-Fetch-Site": "same-origin"}
            return httpx.AsyncClient(transport=transport, base_url=settings.public_url, headers=headers)

        yield browser


@dataclass
class Listener:
    """Goes through the trace.

    Attributes:
        requests: how many were sent.
        wrote: those during which something was written, and how often which key.
        odd: answers that are no success.
    """

    app: httpx.AsyncClient
    log: StoreLog
    requests: int = 0
    wrote: list[tuple[str, Counter[str]]] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    preview: str = ""
    run: str = ""

    async def go_through(self, trace: Iterable[Step], clock: SteppingClock) -> None:
        for step in trace:
            await clock.sleep_until(step.at_s)
            await self._do(step)

    def wrote_twice(self, but: Container[str]) -> list[str]:
        """Return the requests during which a key was written more than once, except of some kinds."""
        return [
            request
            for request, keys in self.wrote
            if any(count > 1 and kind_of(key) not in but for key, count in keys.items())
        ]

    async def _do(self, step: Step) -> None:
        match step.do:
            case "sign-in":
                await self._sign_in(step.what)
            case "page":
                await self._see(step.what.format(preview=self.preview, run=self.run))
            case "check":
                assert (await self._ask("GET", "/session")).json()["authenticated"]
            case "scan":
                await self._ask("POST", "/api/genres/scan", json={"sources": ["liked"]})
            case "preview":
                wanted = {"selections": [{"include": [step.what]}]}
                self.preview = (await self._ask("POST", "/api/playlists/preview", json=wanted)).json()["id"]
            case "create":
                made = await self._ask("POST", "/api/playlists", json={"preview": self.preview})
                self.run = made.json()["run"]
            case "sign-out":
                await self._ask("POST", "/auth/logout")

    async def _sign_in(self, path: str) -> None:
        begun = await self._ask("GET", path)
        async with httpx.AsyncClient(follow_redirects=True) as spotify:
            consent = await spotify.get(begun.headers["location"])
            hidden = re.search(r'name="consent" value="([^"]+)"', consent.text)
            assert hidden, consent.text
            form = {"consent": hidden[1], "decision": "agree"}
            address = consent.url.copy_with(query=None)
            back = await spotify.post(address, data=form, headers=PAGE, follow_redirects=False)
        await self._see(back.headers["location"])

    async def _see(self, path: str) -> None:
        """Open a page and go where it leads."""
        answer = await self._ask("GET", path, headers=PAGE)
        while answer.has_redirect_location:
            answer = await self._ask("GET", answer.headers["location"], headers=PAGE)

    async def _ask(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Send a request; what is queued at its end is written before this returns."""
        self.requests += 1
        self.log.since_request.clear()
        answer = await self.app.request(method, path, **request)
        if answer.is_error:
            self.odd.append(f"{method} {path}: {answer.status_code}")
        if self.log.since_request:
            self.wrote.append((f"{method} {path}", self.log.since_request.copy()))
        return answer


@dataclass
class Replayed:
    """What one replay showed.

    Attributes:
        metrics: /api/kv-metrics at the end of the trace, and `asked` what the store was asked until then.
        usage: /api/kv-usage after a clean restart, and `until_usage` what both processes asked until then.
        ledger: what is stored in the end, and `until_end` what both processes asked in all.
        spotify_calls: to the Web API.
    """

    listener: Listener
    metrics: dict[str, Any]
    asked: StoreLog
    usage: dict[str, Any]
    until_usage: Counts
    ledger: Counts
    until_end: Counts
    spotify_calls: int = 0


@contextmanager
def simulator(songs: int) -> Iterator[str]:
    """Run the simulator with a part of the demo's library; give its address."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        write_library(Path(folder), songs)
        arguments = ("demo", "--simulator-only", "--library", folder)
        with Process(Path(folder), *arguments, port=port):
            yield f"http://127.0.0.1:{port}/simulator"


def write_library(folder: Path, songs: int) -> None:
    library = built_in_library()
    tracks = library.tracks[:songs]
    written = [
        asdict(track)
        | {"added_at": track.added_at.isoformat()}
        | {"artists": [{"id": one, "name": library.artists[one].name} for one in track.artists]}
        for track in tracks
    ]
    artists = [asdict(library.artists[one]) for one in {one for track in tracks for one in track.artists}]
    for name, lines in (("tracks", written), ("artists", artists)):
        (folder / f"{name}.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines))


async def replay(address: str, **changed: bool) -> Replayed:
    """Go through the trace on a new file with these settings, end the app and start it again."""
    clock = SteppingClock(START)
    with tempfile.TemporaryDirectory() as folder, http_under_way(clock):
        async with clock.running(), httpx.AsyncClient(base_url=address) as control:
            await control.post("/control/reset")
            found = await _replay(clock, _settings(address, folder, changed))
            found.spotify_calls = (await control.get("/control")).json()["calls"]["total"]
    return found


def _settings(address: str, folder: str, changed: Mapping[str, Any]) -> Settings:
    return Settings(
        _env_file=None,
        base_url="http://127.0.0.1:8000",
        kv_url=f"sqlite:///{folder}/kv.db",
        spotify_client_id=CLIENT_ID,
        contact="benchmark@example.org",
        spotify_api_url=f"{address}/api/v1",
        spotify_accounts_url=f"{address}/accounts",
        spotify_open_url=f"{address}/open",
        musicbrainz_url=f"{address}/musicbrainz",
        wikidata_url=f"{address}/wikidata/sparql",
        lastfm_url=f"{address}/lastfm/2.0",
        **changed,
    )


async def _replay(clock: SteppingClock, settings: Settings) -> Replayed:
    first, second = StoreLog(), StoreLog()
    async with running(settings, clock, first) as browser, browser() as app, browser() as operator:
        listener = Listener(app, first)
        await listener.go_through(read(), clock)
        metrics = (await operator.get("/api/kv-metrics")).json()
        asked = replace(first, counts=first.counts.copy())
        await asyncio.gather(*(operator.get("/auth/spotify/callback?state=odd") for _ in range(EVENTS)))
    async with running(settings, clock, second) as browser, browser() as operator:
        until_usage = first.counts + second.counts
        usage = (await operator.get("/api/kv-usage")).json()
    until_end = first.counts + second.counts
    ledger = await read_ledger(settings.kv_url, clock, {day for day, _, _ in until_end})
    return Replayed(listener, metrics, asked, usage, until_usage, ledger, until_end)


async def read_ledger(kv_url: str, clock: SteppingClock, days: Iterable[date]) -> Counts:
    """Return what is stored of these days."""
    store = await open_store(kv_url, clock=clock)
    counts: Counts = Counter()
    for day in days:
        data = await store.get(LEDGER(day).text)
        kinds = decode(LEDGER, unseal(data).body).kinds if data else {}
        counts.update({(day, name, kind): n for kind, operations in kinds.items() for name, n in operations})
    with clock.under_way():
        await store.close()
    return +counts

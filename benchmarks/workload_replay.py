"""The trace, replayed: the app in this process, the simulator in another, a store that counts for itself."""

import asyncio
import json
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
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
from app.kv.store import Store
from app.kv.stores import open_store
from app.main import create_app
from app.settings import Settings
from benchmarks.logged_store import Counts, LoggedStore, StoreLog
from benchmarks.main_job import CLIENT_ID, Process, free_port
from benchmarks.stepping_clock import SteppingClock, http_under_way
from benchmarks.workload_listener import Listener, Turntable
from benchmarks.workload_trace import SONGS, START, read

EVENTS = 20


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
class Replayed:
    """What one replay showed.

    Attributes:
        metrics: /api/kv-metrics at the end of the trace, and `asked` what the store was asked until then.
        usage: /api/kv-usage after a clean restart, and `until_usage` what both processes asked until then.
        ledger: what is stored in the end, and `until_end` what both processes asked in all.
        spotify_calls: to the Web API, by method and path.
    """

    listener: Listener
    metrics: dict[str, Any]
    asked: StoreLog
    usage: dict[str, Any]
    until_usage: Counts
    ledger: Counts
    until_end: Counts
    spotify_calls: Mapping[str, int] = field(default_factory=dict)


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
            found = await _replay(clock, _settings(address, folder, changed), control)
            found.spotify_calls = (await control.get("/control")).json()["calls"]["spotify"]
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


async def _replay(clock: SteppingClock, settings: Settings, control: httpx.AsyncClient) -> Replayed:
    first, second = StoreLog(), StoreLog()
    turntable = Turntable(control, clock, built_in_library().tracks[:SONGS])
    async with running(settings, clock, first) as browser, browser() as app, browser() as operator:
        listener = Listener(app, first, turntable.turn)
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

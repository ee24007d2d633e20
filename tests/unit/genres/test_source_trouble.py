"""Sources that do not answer, or not usefully: nothing is concluded, nothing lost, and others go on."""

from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
import respx

from app.genres.artist_models import ArtistRecord
from app.genres.behind import Behind
from app.genres.families import Families
from app.genres.filling import AGAIN_AFTER_S
from app.genres.sources.caller import STOP_S
from app.kv.stores.memory import MemoryStore
from app.upstream.http import build_http
from tests.fakes import FakeClock
from tests.unit.genres.process import Process
from tests.unit.genres.source_wires import (
    LASTFM,
    WIKIDATA,
    LastFmWire,
    RecordingsWire,
    WikidataWire,
    all_sources,
)
from tests.unit.genres.wire import MUSICBRAINZ, LikedSongs, MusicBrainzWire, artist_id, track

pytestmark = pytest.mark.anyio

ARTISTS = 60
HOURS_S = 4 * 3600
PAGE = "<html><body>Checking your browser</body></html>"
JSON = {"Content-Type": "application/json"}

FAULTS: dict[str, Callable[[], httpx.Response]] = {
    "busy": lambda: httpx.Response(503, text="currently busy"),
    "html": lambda: httpx.Response(200, html=PAGE),
    "cut off": lambda: httpx.Response(200, text='{"urls": [{"resource": "https://op', headers=JSON),
    "empty": lambda: httpx.Response(200, headers=JSON),
    "another form": lambda: httpx.Response(200, json=[]),
    "nothing said": lambda: httpx.Response(200, json={}),
    "refused": lambda: httpx.Response(403, text="Please set a User-Agent."),
    "stop": lambda: httpx.Response(429, headers={"Retry-After": str(HOURS_S)}),
}
FAULTY = {"musicbrainz": MUSICBRAINZ, "wikidata": WIKIDATA, "lastfm": LASTFM}


class Trouble:
    """Spoils the answers of some addresses, for as long as they are named."""

    def __init__(self, wire: respx.MockRouter) -> None:
        self.how = "none"
        self.where: tuple[str, ...] = ()
        wire.route().mock(side_effect=self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response | None:
        if not str(request.url).startswith(self.where or ("-",)):
            return None
        if self.how == "slow":
            raise httpx.ReadTimeout("no answer", request=request)
        return FAULTS[self.how]()

    def end(self) -> None:
        self.where = ()


@pytest.fixture
def trouble(wire: respx.MockRouter) -> Trouble:
    """Asked before the sources are."""
    return Trouble(wire)


Start = Callable[[], Awaitable[Process]]


@pytest.fixture
async def start(
    trouble: Trouble, clock: FakeClock, families: Families, store: MemoryStore
) -> AsyncIterator[Start]:
    """Start processes on one store; all of them end with the test."""
    opened: list[Process] = []
    async with build_http(contact="me@example.com") as http:

        async def make() -> Process:
            process = Process(store, http, clock=clock, families=families, sources=all_sources)
            opened.append(process)
            await process.open()
            return process

        yield make
        for process in opened:
            await process.close()


@pytest.fixture
def library(wire: respx.MockRouter, trouble: Trouble) -> MusicBrainzWire:
    """Artists known to MusicBrainz (a third), Wikidata (a third) and Last.fm alone (the rest)."""
    isrcs = [{"isrc": f"GBAYE{n:07d}"} for n in range(ARTISTS)]
    LikedSongs(wire, [track(n, [n], external_ids=isrcs[n]) for n in reversed(range(ARTISTS))])
    musicbrainz, wikidata, lastfm = MusicBrainzWire(wire), WikidataWire(wire), LastFmWire(wire)
    RecordingsWire(wire)
    musicbrainz.tags = {artist_id(n): {"jazz": 3} for n in range(0, ARTISTS, 3)}
    wikidata.genres = {artist_id(n): "techno" for n in range(1, ARTISTS, 3)}
    lastfm.tags = {f"Artist {n}": "grunge" for n in range(2, ARTISTS, 3)}
    return musicbrainz


async def records(process: Process) -> dict[str, ArtistRecord]:
    return await process.artists.find([artist_id(n) for n in range(ARTISTS)])


async def leads(process: Process) -> list[str | None]:
    """Return what leads the songs of artist 0, 1, 2 and so on."""
    library = await process.genres.get_library("me")
    found = {placed.song.artists[0].id: placed.placement.lead for placed in library.songs}
    return [found[artist_id(n)] for n in range(ARTISTS)]


def nothing_said(record: ArtistRecord, source: str) -> bool:
    said_links = source == "musicbrainz" and record.mbid_until and record.mbid is None
    return not said_links and record.of(source) is None


@pytest.mark.parametrize("how", [*FAULTS, "slow"])
@pytest.mark.parametrize("source", FAULTY)
async def test_whatever_one_source_answers_the_others_go_on_and_it_is_asked_again(
    source: str, how: str, start: Start, trouble: Trouble, library: MusicBrainzWire
) -> None:
    process = await start()
    trouble.how, trouble.where = how, (FAULTY[source],)
    await process.scan()
    assert (await process.scans.get_progress("me")).status == "completed"
    await process.clock.advance(300)
    kept = await records(process)
    assert all(nothing_said(record, source) for record in kept.values())
    genres = [{"musicbrainz": "jazz", "wikidata": "techno", "lastfm": "grunge"}[one] for one in FAULTY]
    of_all = genres * (ARTISTS // 3)
    spoiled = genres[list(FAULTY).index(source)]
    assert await leads(process) == [None if genre == spoiled else genre for genre in of_all]
    trouble.end()
    await process.clock.advance(2 * AGAIN_AFTER_S + (HOURS_S if how == "stop" else STOP_S))
    assert await leads(process) == of_all


async def test_with_every_source_down_the_scan_says_so_and_a_restart_goes_on_by_itself(
    start: Start, trouble: Trouble, library: MusicBrainzWire
) -> None:
    process = await start()
    trouble.how, trouble.where = "busy", tuple(FAULTY.values())
    await process.scan()
    progress = await process.scans.get_progress("me")
    assert progress.status == "completed"
    sentence = f"MusicBrainz and Wikidata do not answer. {ARTISTS} artists wait; they are filled in later."
    assert progress.problems == (sentence,)
    await process.clock.advance(120)
    assert process.genres.find_behind("me") == Behind(
        failing=("MusicBrainz", "Wikidata", "Last.fm"), waiting=ARTISTS
    )
    await process.jobs.close()
    await process.kv.flush()
    trouble.end()

    later = await start()
    await later.genres.resume_all()
    await later.clock.advance(120)
    assert later.genres.find_behind("me") is None
    assert None not in await leads(later)
    assert await later.tools.scans.list_fills() == ()


async def test_a_restart_forgets_a_search_that_has_come_to_its_end(
    start: Start, trouble: Trouble, library: MusicBrainzWire
) -> None:
    process = await start()
    trouble.how, trouble.where = "busy", (LASTFM,)
    await process.scan()
    await process.clock.advance(120)
    assert await process.tools.scans.list_fills() == ("me",)
    await process.jobs.close()
    await process.kv.flush()
    trouble.end()
    later = await start()
    await later.genres.resume_all()
    await later.clock.advance(120)
    assert await later.tools.scans.list_fills() == ()


async def test_what_goes_on_behind_is_told_with_its_numbers_and_shows_on_the_way(
    start: Start, trouble: Trouble, library: MusicBrainzWire, wire: respx.MockRouter
) -> None:
    many = 1200
    LikedSongs(wire, [track(n, [n]) for n in reversed(range(many))])
    process = await start()
    library.tags = {}
    LastFmWire(wire).tags = {f"Artist {n}": "grunge" for n in range(many)}
    await process.scan()
    told: list[Behind] = []
    shown: list[int] = []
    for _ in range(30):
        await process.clock.advance(20)
        if behind := process.genres.find_behind("me"):
            told.append(behind)
            shown.append(len((await process.genres.get_library("me")).without_genre))
    assert {one.sources for one in told} == {("Last.fm",)}
    numbers = [one.artists for one in told]
    assert numbers == sorted(numbers, reverse=True)
    assert len(set(numbers)) > 5
    assert len(set(shown)) > 2, "what was found comes into the library before the end"
    assert process.genres.find_behind("me") is None
    assert await process.tools.scans.list_fills() == ()

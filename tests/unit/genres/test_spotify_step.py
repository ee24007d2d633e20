"""Spotify's own genres in a scan: where it tells any, once each, and never in the way of the scan."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
import respx

from app.genres.families import Families
from app.genres.sources.selection import Sources
from app.kv.cached import CachedKV
from app.kv.stores.memory import MemoryStore
from app.settings import GenreSourceName
from app.upstream.http import build_http
from tests.fakes import FakeClock
from tests.unit.genres.process import Process
from tests.unit.genres.source_wires import all_sources
from tests.unit.genres.wire import SPOTIFY, LikedSongs, MusicBrainzWire, artist_id, track

pytestmark = pytest.mark.anyio

SONGS = 120
REMOVED = httpx.Response(403, json={"error": {"status": 403, "message": "Forbidden."}})


class SpotifyArtists:
    """`GET /artists`; artists without an entry have no words."""

    def __init__(self, wire: respx.MockRouter) -> None:
        self.genres: dict[str, list[str]] = {}
        self.fault: httpx.Response | None = None
        self.asked: list[list[str]] = []
        wire.get(f"{SPOTIFY}/artists").mock(side_effect=self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        ids = request.url.params["ids"].split(",")
        self.asked.append(ids)
        artists = [{"id": one, "name": "x", "genres": self.genres.get(one, [])} for one in ids]
        return self.fault or httpx.Response(200, json={"artists": artists})


@pytest.fixture
def at_spotify(wire: respx.MockRouter) -> SpotifyArtists:
    return SpotifyArtists(wire)


@pytest.fixture(autouse=True)
def musicbrainz(wire: respx.MockRouter) -> MusicBrainzWire:
    return MusicBrainzWire(wire, {artist_id(1): {"jazz": 3}})


def liked(wire: respx.MockRouter, **fields: Any) -> LikedSongs:
    return LikedSongs(wire, [track(number, [number], **fields) for number in reversed(range(SONGS))])


@pytest.fixture
def extended(wire: respx.MockRouter) -> LikedSongs:
    """Songs as an app with extended quota gets them."""
    return liked(wire, popularity=50)


def of_order(*order: GenreSourceName) -> Callable[[httpx.AsyncClient, FakeClock, CachedKV], Sources]:
    """MusicBrainz, and what of the order nobody but a scan asks."""

    def chosen(http: httpx.AsyncClient, clock: FakeClock, kv: CachedKV) -> Sources:
        return replace(all_sources(http, clock, kv), order=order, isrcs=None, wikidata=None, lastfm=None)

    return chosen


@asynccontextmanager
async def running(store: MemoryStore, clock: FakeClock, *order: GenreSourceName) -> AsyncIterator[Process]:
    async with build_http(contact="me@example.com") as http:
        process = Process(store, http, clock=clock, families=Families.load(), sources=of_order(*order))
        await process.open()
        yield process
        await process.close()


@pytest.fixture
async def process(store: MemoryStore, clock: FakeClock) -> AsyncIterator[Process]:
    async with running(store, clock, "spotify", "musicbrainz") as process:
        yield process


async def leads(process: Process) -> list[str | None]:
    """The lead genres of the library, once its scan has ended well."""
    assert (await process.scans.get_progress("me")).status == "completed"
    return [placed.placement.lead for placed in (await process.genres.get_library("me")).songs]


async def test_spotify_is_asked_once_about_everybody_and_nobody_again(
    process: Process, extended: LikedSongs, at_spotify: SpotifyArtists
) -> None:
    at_spotify.genres = {artist_id(number): ["trip hop"] for number in range(0, SONGS, 2)}
    await process.scan()
    assert sorted(one for ids in at_spotify.asked for one in ids) == [artist_id(n) for n in range(SONGS)]
    assert len(at_spotify.asked) == 3
    assert (await leads(process)).count("trip hop") == SONGS / 2
    known = await process.tools.resolver.recall([artist_id(0)])
    assert [(tag.name, tag.votes, tag.source) for tag in known[artist_id(0)].tags] == [
        ("trip hop", 1, "spotify")
    ]
    await process.scan("you")
    assert len(at_spotify.asked) == 3
    await process.clock.jump(timedelta(days=91).total_seconds())
    await process.scan("you")
    assert len(at_spotify.asked) == 6


async def test_in_development_mode_spotify_is_not_asked(
    process: Process, wire: respx.MockRouter, at_spotify: SpotifyArtists
) -> None:
    liked(wire)
    await process.scan()
    assert (await leads(process)).count("jazz") == 1
    assert at_spotify.asked == []


async def test_spotify_is_not_asked_where_it_is_no_source(
    store: MemoryStore, clock: FakeClock, extended: LikedSongs, at_spotify: SpotifyArtists
) -> None:
    async with running(store, clock, "musicbrainz") as process:
        await process.scan()
    assert at_spotify.asked == []


async def test_where_spotify_tells_no_words_one_call_is_made(
    process: Process, extended: LikedSongs, at_spotify: SpotifyArtists
) -> None:
    await process.scan()
    assert (await leads(process)).count("jazz") == 1
    assert len(at_spotify.asked) == 1


@pytest.mark.parametrize(
    "fault",
    [
        REMOVED,
        httpx.Response(429, headers={"Retry-After": "60"}),
        httpx.Response(502),
        httpx.Response(200, text="<html>"),
    ],
    ids=["403", "429", "502", "no json"],
)
async def test_a_failure_of_spotify_does_not_stop_the_scan(
    process: Process, extended: LikedSongs, at_spotify: SpotifyArtists, fault: httpx.Response
) -> None:
    at_spotify.fault = fault
    await process.scan()
    assert (await leads(process)).count("jazz") == 1
    assert len({tuple(ids) for ids in at_spotify.asked}) == 1
    assert not (await process.scans.get_progress("me")).problems

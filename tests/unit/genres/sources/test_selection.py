"""Which sources there are, by the settings."""

import pytest
import respx

from app.genres.sources.protocol import AskedArtist, GenreSource
from app.genres.sources.selection import Sources
from app.kv.cached import CachedKV
from app.settings import Settings
from app.upstream.gate import Gate
from app.upstream.gates import Gates, lastfm_gate, musicbrainz_gate, wikidata_gate
from app.upstream.http import build_http
from tests.fakes import FakeClock
from tests.unit.genres.sources.source_calls import artist_id

pytestmark = pytest.mark.anyio

EVERYTHING = ("spotify", "musicbrainz", "wikidata", "musicbrainz-isrc", "lastfm", "neighbours")


@pytest.fixture
async def gates(kv: CachedKV, clock: FakeClock) -> Gates:
    settings = Settings(_env_file=None)
    return Gates(
        Gate("Spotify", rate_per_second=1, clock=clock),
        musicbrainz_gate(settings, clock=clock, kv=kv),
        wikidata_gate(settings, clock=clock, kv=kv),
        lastfm_gate(settings, clock=clock, kv=kv),
    )


async def chosen(gates: Gates, clock: FakeClock, **settings: object) -> Sources:
    async with build_http(contact="me@example.org") as http:
        given = Settings(_env_file=None, **settings)  # type: ignore[arg-type]
        return Sources.chosen(given, http, gates, clock=clock)


async def test_all_of_them_by_default_but_for_the_key(gates: Gates, clock: FakeClock) -> None:
    sources = await chosen(gates, clock)
    assert sources.order == tuple(one for one in EVERYTHING if one != "lastfm")
    assert sources.lastfm is None
    with_key = await chosen(gates, clock, lastfm_api_key="key")
    assert with_key.order == EVERYTHING
    parts = (with_key.links, with_key.tags, with_key.isrcs, with_key.wikidata, with_key.lastfm)
    found: list[GenreSource] = [one for one in parts if one]
    assert [(one.name, one.batch) for one in found] == [
        ("musicbrainz", 100),
        ("musicbrainz", 100),
        ("musicbrainz", 60),
        ("wikidata", 400),
        ("lastfm", 20),
    ]


async def test_only_those_that_are_named(gates: Gates, clock: FakeClock) -> None:
    sources = await chosen(gates, clock, genre_sources=["wikidata", "spotify"], lastfm_api_key="key")
    assert sources.order == ("wikidata", "spotify")
    assert sources.wikidata
    assert (sources.links, sources.tags, sources.isrcs, sources.lastfm) == (None, None, None, None)


@respx.mock
async def test_each_is_asked_at_its_address(gates: Gates, clock: FakeClock) -> None:
    """The real ones, as far as an address is known; behind gates of their own, so none waits for another."""
    musicbrainz = respx.get(url__startswith="https://musicbrainz.org/ws/2/").respond(404, json={})
    wikidata = respx.post("https://query.wikidata.org/sparql").respond(json={"results": {"bindings": []}})
    lastfm = respx.get(url__startswith="https://ws.audioscrobbler.com/2.0/?").respond(
        json={"error": 6, "message": "The artist you supplied could not be found"}
    )
    async with build_http(contact="me@example.org") as http:
        settings = Settings(_env_file=None, lastfm_api_key="key")  # type: ignore[arg-type]
        sources = Sources.chosen(settings, http, gates, clock=clock)
        assert sources.links
        assert sources.wikidata
        assert sources.lastfm
        every: tuple[GenreSource, ...] = (sources.links, sources.wikidata, sources.lastfm)
        for source in every:
            assert list(await source.ask([AskedArtist(artist_id(1), "Artist 1")])) == [artist_id(1)]
    assert [route.call_count for route in (musicbrainz, wikidata, lastfm)] == [1, 1, 1]

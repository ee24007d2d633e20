"""The app's genre sources, asking the stand-ins."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.types import ASGIApp

from app.demo.catalogue import Catalogue, in_musicbrainz, mbid
from app.demo.models import DemoLibrary
from app.genres.sources.protocol import AskedArtist
from app.genres.sources.selection import Sources
from app.settings import Settings
from app.upstream.errors import UnavailableError
from app.upstream.gate import Gate
from app.upstream.gates import Gates
from app.upstream.http import build_http
from tests.fakes import FakeClock
from tests.integration.demo.conftest import id_of
from tests.integration.demo.visitor import Visitor
from tests.unit.genres.sources.mb_answers import in_time

pytestmark = pytest.mark.anyio


@pytest.fixture
async def sources(app: ASGIApp, clock: FakeClock) -> AsyncIterator[Sources]:
    settings = Settings(_env_file=None).as_demo()  # type: ignore[call-arg]
    names = ("Spotify", "MusicBrainz", "Wikidata", "Last.fm")
    gates = Gates(*(Gate(name, rate_per_second=100, clock=clock) for name in names))
    async with build_http(contact=settings.contact, transport=httpx.ASGITransport(app)) as http:
        yield Sources.chosen(settings, http, gates, clock=clock)


def asked(library: DemoLibrary) -> list[AskedArtist]:
    catalogue = Catalogue(library)
    return [
        AskedArtist(
            artist.id,
            artist.name,
            mbid(artist),
            tuple(song.isrc for song in catalogue.songs_of(artist.id) if song.isrc),
        )
        for artist in library.artists.values()
    ]


async def test_addresses_and_tags(
    sources: Sources, visitor: Visitor, library: DemoLibrary, clock: FakeClock
) -> None:
    assert sources.links
    assert sources.tags
    artists = asked(library)
    await visitor.switch(musicbrainz_linked_share=0.66)
    found = await in_time(clock, sources.links.ask(artists))
    linked = {one: finding.mbid for one, finding in found.items() if finding.mbid}
    assert 12 < len(linked) < 28
    assert all(known == mbid(library.artists[one]) for one, known in linked.items())
    tags = await in_time(clock, sources.tags.ask(artists))
    assert {tag.name for tag in tags[id_of("Artist", 1)].tags or ()} >= {"jazz", "soul jazz"}


async def test_recordings(sources: Sources, visitor: Visitor, library: DemoLibrary, clock: FakeClock) -> None:
    assert sources.isrcs
    await visitor.switch(musicbrainz_isrc_share=1)
    found = await in_time(clock, sources.isrcs.ask(asked(library)))
    assert len(found) == len(library.artists)
    right = {one: mbid(library.artists[one]) for one, finding in found.items() if finding.mbid}
    assert {one: finding.mbid for one, finding in found.items() if finding.mbid} == right
    missing = [one for one in found if one not in right]
    assert len(missing) < 8
    assert all(not in_musicbrainz(library.artists[one]) for one in missing)
    await visitor.switch(musicbrainz_isrc_share=0)
    none = await in_time(clock, sources.isrcs.ask(asked(library)))
    assert not any(finding.mbid for finding in none.values())


async def test_a_search_that_ran_out_of_time_is_asked_again(
    sources: Sources, visitor: Visitor, library: DemoLibrary, clock: FakeClock
) -> None:
    assert sources.tags
    before = await in_time(clock, sources.tags.ask(asked(library)))
    await visitor.switch(musicbrainz_partial_next=1)
    assert await in_time(clock, sources.tags.ask(asked(library))) == before


@pytest.mark.parametrize("how", ["cut", "500"])
async def test_wikidata(
    how: str, sources: Sources, visitor: Visitor, library: DemoLibrary, clock: FakeClock
) -> None:
    assert sources.wikidata
    await visitor.switch(wikidata_known_share=1, wikidata_slow_over=26, wikidata_slow_how=how)
    found = await in_time(clock, sources.wikidata.ask(asked(library)))
    assert found.keys() == library.artists.keys()
    words = {tag.name for finding in found.values() for tag in finding.tags or ()}
    assert words <= {"jazz", "soul jazz"}
    assert words
    for one, finding in found.items():
        assert finding.mbid in {None, mbid(library.artists[one])}
    await visitor.switch(wikidata_too_many_next=1)
    with pytest.raises(UnavailableError) as stopped:
        await in_time(clock, sources.wikidata.ask(asked(library)))
    assert stopped.value.retry_after == 10


async def test_lastfm(sources: Sources, visitor: Visitor, library: DemoLibrary, clock: FakeClock) -> None:
    assert sources.lastfm
    await visitor.switch(lastfm_known_share=1, lastfm_error_share=0.2)
    found = await in_time(clock, sources.lastfm.ask(asked(library)[:20]))
    assert len(found) > 15
    assert {tag.name for tag in found[id_of("Artist", 1)].tags or ()} >= {"jazz", "soul jazz"}
    assert found[id_of("Artist", 3)].tags == ()
    await visitor.switch(lastfm_error_share=1, lastfm_error=10)
    with pytest.raises(UnavailableError, match="LASTFM_API_KEY"):
        await in_time(clock, sources.lastfm.ask(asked(library)[:20]))


async def test_generated_music_is_found_by_code_and_name(
    sources: Sources, visitor: Visitor, clock: FakeClock
) -> None:
    assert sources.isrcs
    assert sources.lastfm
    await visitor.switch(songs=700, musicbrainz_isrc_share=1, lastfm_known_share=1)
    await visitor.sign_in()
    page = (await visitor.api("GET", "/me/tracks", params={"limit": 50})).json()
    songs = [item["track"] for item in page["items"]]
    artists = {
        song["artists"][0]["id"]: AskedArtist(
            song["artists"][0]["id"], song["artists"][0]["name"], isrcs=(song["external_ids"]["isrc"],)
        )
        for song in songs
        if song.get("external_ids", {}).get("isrc")
    }
    asked_about = list(artists.values())
    found = await in_time(clock, sources.isrcs.ask(asked_about))
    assert sum(finding.mbid is not None for finding in found.values()) > 0.8 * len(asked_about)
    tagged = await in_time(clock, sources.lastfm.ask(asked_about[:20]))
    assert sum(bool(finding.tags) for finding in tagged.values()) > 8

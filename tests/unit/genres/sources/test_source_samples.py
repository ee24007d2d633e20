"""The other sources against recorded answers; the one of Wikidata was constructed by hand."""

import json
import os
from pathlib import Path

import httpx
import pytest
import respx
from pydantic import SecretStr

from app.genres.sources.lastfm import LastFm
from app.genres.sources.musicbrainz_api import MusicBrainzApi
from app.genres.sources.musicbrainz_isrcs import MusicBrainzIsrcs
from app.genres.sources.protocol import AskedArtist, Finding
from app.genres.sources.spotify import findings
from app.genres.sources.wikidata import Wikidata
from app.spotify.models import ArtistDetails
from app.upstream.errors import UnavailableError
from app.upstream.gate import Gate
from app.upstream.http import build_http
from tests.fakes import FakeClock
from tests.unit.genres.sources.mb_answers import HOST, in_time
from tests.unit.genres.sources.source_calls import artist_id, caller, words

pytestmark = pytest.mark.anyio

SAMPLES = Path(os.environ["GENRE_SORTER_SAMPLES"])
URL = "https://source.example/"
HOWARD_SHORE = "9b58672a-e68e-4972-956e-a8985a165a1f"


def sample(name: str) -> httpx.Response:
    return httpx.Response(200, content=(SAMPLES / f"{name}.json").read_bytes())


async def ask_lastfm(clock: FakeClock, name: str) -> Finding:
    async with caller("Last.fm", clock) as lastfm:
        source = LastFm(lastfm, url=URL, api_key=SecretStr("key"))
        return (await source.ask([AskedArtist(artist_id(1), name)]))[artist_id(1)]


async def ask_isrc(clock: FakeClock, name: str, isrc: str) -> Finding:
    async with build_http(contact="me@example.org") as http:
        gate = Gate("MusicBrainz", rate_per_second=1, clock=clock)
        source = MusicBrainzIsrcs(MusicBrainzApi(http, gate, base_url=HOST, clock=clock))
        return (await source.ask([AskedArtist(artist_id(1), name, isrcs=(isrc,))]))[artist_id(1)]


@respx.mock
async def test_wikidata(clock: FakeClock) -> None:
    respx.post(URL).mock(return_value=sample("wikidata_sparql_CONSTRUCTED"))
    async with caller("Wikidata", clock) as wikidata:
        found = await Wikidata(wikidata, url=URL).ask([AskedArtist("6vWDO969PvNqNYHIOW5v0m")])
    finding = found["6vWDO969PvNqNYHIOW5v0m"]
    assert words(finding) == ["rhythm and blues"]
    assert finding.mbid == "859d0860-d480-4efd-970c-c05d5f1776b8"


@respx.mock
async def test_top_tags(clock: FakeClock) -> None:
    respx.get(URL).mock(return_value=sample("lastfm_artist_gettoptags"))
    finding = await ask_lastfm(clock, "Audioslave")
    assert words(finding) == ["rock", "alternative rock", "Grunge", "seen live"]


@respx.mock
@pytest.mark.parametrize("name", ["lastfm_artist_not_found_http200"])
async def test_no_such_artist(name: str, clock: FakeClock) -> None:
    respx.get(URL).mock(return_value=sample(name))
    assert await ask_lastfm(clock, "Nobody") == Finding(tags=())


@respx.mock
async def test_an_error_of_another_service_is_no_answer(clock: FakeClock) -> None:
    respx.get(URL).mock(return_value=sample("deezer_quota_http200"))
    with pytest.raises(UnavailableError):
        await in_time(clock, ask_lastfm(clock, "Nobody"))


@respx.mock
@pytest.mark.parametrize("name", ["Howard Shore", "howard shaw"])
async def test_a_search_by_isrc(name: str, clock: FakeClock) -> None:
    respx.get(f"{HOST}/ws/2/recording").mock(return_value=sample("mb_recording_search_isrc"))
    assert await ask_isrc(clock, name, "USRE10701410") == Finding(mbid=HOWARD_SHORE)
    assert await in_time(clock, ask_isrc(clock, "Somebody", "USRE10701410")) == Finding()


@respx.mock
async def test_a_lookup_by_isrc_is_no_search(clock: FakeClock) -> None:
    respx.get(f"{HOST}/ws/2/recording").mock(return_value=sample("mb_isrc_lookup_inc_artists"))
    with pytest.raises(UnavailableError):
        await ask_isrc(clock, "The Cure", "GBALB8300001")


def test_artists_of_spotify() -> None:
    items = json.loads((SAMPLES / "spotify/top_artists.json").read_text())["items"]
    found = findings(map(ArtistDetails.model_validate, items))
    with_words = {one["id"] for one in items if one["genres"]}
    assert {one for one, finding in found.items() if finding.tags} == with_words
    assert found.keys() == {one["id"] for one in items}
    assert len(with_words) > 10

"""The adapter against recorded answers of MusicBrainz."""

import json
import os
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.genres.sources.musicbrainz import MusicBrainz
from app.genres.sources.musicbrainz_api import MusicBrainzApi
from app.upstream.errors import UnavailableError
from app.upstream.gate import Gate
from app.upstream.http import build_http
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio

SAMPLES = Path(os.environ["GENRE_SORTER_SAMPLES"])
KNOWN, OTHER = "0TnOYISbd1XYRBk9myaseg", "1vCWHaC5f2uS3yhpwWbIA6"
HOWARD_SHORE = "9b58672a-e68e-4972-956e-a8985a165a1f"


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"mb_{name}.json").read_text())


async def ask(clock: FakeClock, *answers: httpx.Response, ids: list[str]) -> dict[str, Any]:
    """Ask about artists, or about tags when the ids are MusicBrainz's own."""
    replies = list(answers)
    transport = httpx.MockTransport(lambda _: replies.pop(0))
    async with build_http(contact="me@example.org", transport=transport) as http:
        gate = Gate("MusicBrainz", rate_per_second=1, clock=clock)
        source = MusicBrainz(MusicBrainzApi(http, gate, base_url="https://mb.example", clock=clock))
        call = source.fetch_tags(ids) if "-" in ids[0] else source.find_mbids(ids)
        return dict(await call)


async def test_one_address_gives_a_bare_object(clock: FakeClock) -> None:
    answer = httpx.Response(200, json=sample("url_single_resource"))
    assert await ask(clock, answer, ids=[KNOWN]) == {KNOWN: "b10bbbfc-cf9e-42e0-be17-e2c3e1d2600d"}


async def test_several_addresses_give_a_list(clock: FakeClock) -> None:
    body = sample("url_multi_artist_rels")
    body["urls"][0]["resource"] = f"https://open.spotify.com/artist/{KNOWN}"
    found = await ask(clock, httpx.Response(200, json=body), ids=[KNOWN, OTHER])
    assert found == {KNOWN: "05d83760-08b5-42bb-a8d7-00d80b3bf47c", OTHER: None}


async def test_none_found_is_an_empty_list(clock: FakeClock) -> None:
    answer = httpx.Response(200, json=sample("url_multi_none_found"))
    assert await ask(clock, answer, ids=[KNOWN, OTHER]) == {KNOWN: None, OTHER: None}


async def test_a_list_without_relations_says_nothing(clock: FakeClock) -> None:
    body = sample("url_two_resources_no_inc")
    for url, artist_id in zip(body["urls"], (KNOWN, OTHER), strict=True):
        url["resource"] = f"https://open.spotify.com/artist/{artist_id}"
    assert await ask(clock, httpx.Response(200, json=body), ids=[KNOWN, OTHER]) == {}


async def test_tags_of_an_artist(clock: FakeClock) -> None:
    found = await ask(clock, httpx.Response(200, json=sample("artist_search")), ids=[HOWARD_SHORE])
    tags = {tag.name: tag.votes for tag in found[HOWARD_SHORE]}
    assert len(tags) == 10
    assert (tags["soundtrack"], tags["score"]) == (2, 1)
    assert {tag.source for tag in found[HOWARD_SHORE]} == {"musicbrainz"}


@pytest.mark.parametrize("name", ["genre_all_page", "isrc_lookup_inc_artists", "recording_search_isrc"])
async def test_an_answer_to_another_question_is_no_answer(name: str, clock: FakeClock) -> None:
    with pytest.raises(UnavailableError):
        await ask(clock, httpx.Response(200, json=sample(name)), ids=[HOWARD_SHORE])

"""What every simulated genre source can be made to answer: too much, nothing of use, or noise."""

import json

import httpx
import pytest

from tests.fakes import FakeClock
from tests.integration.demo.conftest import id_of
from tests.integration.demo.visitor import AGENT, Visitor

pytestmark = pytest.mark.anyio

ARTIST = id_of("Artist", 1)
SOURCES = ("musicbrainz", "wikidata", "lastfm")


async def ask(visitor: Visitor, source: str, artist: str = ARTIST) -> httpx.Response:
    headers = {"User-Agent": AGENT}
    if source == "wikidata":
        query = f'SELECT ?x WHERE {{ VALUES ?x {{ "{artist}" }} ?item wdt:P1902 ?x }}'
        return await visitor.http.post("/wikidata/sparql", data={"query": query}, headers=headers)
    if source == "lastfm":
        params = {"method": "artist.gettoptags", "artist": "Artist & 1", "api_key": "key", "format": "json"}
        return await visitor.http.get("/lastfm/2.0/", params=params)
    resource = f"https://open.spotify.com/artist/{artist}"
    return await visitor.musicbrainz("url", {"resource": resource, "inc": "artist-rels"})


@pytest.mark.parametrize("source", SOURCES)
async def test_each_can_answer_with_nothing_of_use(source: str, visitor: Visitor) -> None:
    await visitor.switch(wikidata_known_share=1, lastfm_known_share=1)
    whole = (await ask(visitor, source)).text
    answers = {}
    for fault in ("down", "html", "cut", "empty", "refused", "stop"):
        await visitor.switch(**{f"{source}_fault": fault})
        answers[fault] = await ask(visitor, source)
    statuses = {fault: answer.status_code for fault, answer in answers.items()}
    assert statuses == {"down": 503, "html": 200, "cut": 200, "empty": 200, "refused": 403, "stop": 429}
    assert answers["html"].headers["Content-Type"].startswith("text/html")
    assert answers["cut"].text == whole[: len(whole) // 2]
    assert "json" in answers["cut"].headers["Content-Type"]
    assert answers["empty"].text == ""
    assert int(answers["stop"].headers["Retry-After"]) > 3600
    for other in SOURCES:
        if other != source:
            assert json.loads((await ask(visitor, other)).text)
    await visitor.switch(**{f"{source}_fault": "none"})
    assert (await ask(visitor, source)).text == whole


async def test_a_strict_wikidata_takes_about_one_query_in_two_seconds(
    visitor: Visitor, clock: FakeClock
) -> None:
    await visitor.switch(wikidata_strict=True, wikidata_retry_after_s=7)
    answers = [await ask(visitor, "wikidata") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].headers["Retry-After"] == "7"
    for _ in range(20):
        await clock.advance(2)
        assert (await ask(visitor, "wikidata")).status_code == 200


async def test_a_strict_lastfm_takes_about_five_calls_a_second(visitor: Visitor, clock: FakeClock) -> None:
    await visitor.switch(lastfm_strict=True, lastfm_known_share=1)
    answers = [(await ask(visitor, "lastfm")).json() for _ in range(6)]
    assert [answer.get("error") for answer in answers] == [None] * 5 + [29]
    for _ in range(20):
        await clock.advance(0.25)
        assert "toptags" in (await ask(visitor, "lastfm")).json()


@pytest.mark.parametrize("source", ["wikidata", "lastfm"])
async def test_every_artist_can_be_tagged_with_noise(source: str, visitor: Visitor) -> None:
    await visitor.switch(source_noise=True, wikidata_known_share=1, lastfm_known_share=1)
    text = (await ask(visitor, source)).text
    assert all(word in text for word in ("jazz", "qwyzzical", "Artist & 1"))

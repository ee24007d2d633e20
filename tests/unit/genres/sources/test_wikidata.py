"""What is asked of Wikidata, what is read from its answers, and that nothing follows from silence."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest
import respx

from app.genres.artist_models import Tag
from app.genres.families import Families
from app.genres.sources.protocol import AskedArtist, Finding
from app.genres.sources.wikidata import OTHER_WITHOUT_MUSIC, Wikidata
from app.upstream.errors import UnavailableError
from app.upstream.gate import Gate
from tests.fakes import FakeClock
from tests.unit.genres.sources.mb_answers import in_time, mbid
from tests.unit.genres.sources.source_calls import artist_id, asked, caller, words

pytestmark = pytest.mark.anyio

URL = "https://wikidata.example/sparql"
NOTHING = Finding(tags=())


def row(number: int, item: str, label: str | None = None, **more: str) -> dict[str, Any]:
    """A solution; `label` is "house music@en", and the genre's item is named after it."""
    terms: dict[str, Any] = {
        "spotifyId": {"type": "literal", "value": artist_id(number)},
        "item": {"type": "uri", "value": f"http://www.wikidata.org/entity/{item}"},
    }
    if label:
        name, _, language = label.partition("@")
        genre = more.get("genre", f"http://www.wikidata.org/entity/Q-{name}")
        terms["genre"] = {"type": "uri", "value": genre}
        terms["genreLabel"] = {"type": "literal", "xml:lang": language or "en", "value": name}
    if "mbid" in more:
        terms["mbid"] = {"type": "literal", "value": more["mbid"]}
    return terms


def body(*rows: dict[str, Any]) -> dict[str, Any]:
    return {"head": {"vars": []}, "results": {"bindings": list(rows)}}


def answer(*rows: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, json=body(*rows))


def query_of(request: httpx.Request) -> str:
    return parse_qs(request.content.decode())["query"][0]


def asked_ids(request: httpx.Request) -> list[str]:
    return re.findall(r'"(\w{22})"', query_of(request))


CUT = httpx.Response(200, text=json.dumps(body(row(1, "Q1")))[:-9] + "java.util.concurrent.TimeoutException")
TIMEOUT = httpx.Response(500, text="SPARQL-QUERY: ...\njava.util.concurrent.TimeoutException\n\tat ...")


@pytest.fixture
def gate(clock: FakeClock) -> Gate:
    return Gate("Wikidata", rate_per_second=0.5, clock=clock)


@pytest.fixture
async def source(gate: Gate, clock: FakeClock) -> AsyncIterator[Wikidata]:
    async with caller("Wikidata", clock, gate=gate) as wikidata:
        yield Wikidata(wikidata, url=URL)


@pytest.fixture
def api() -> Any:
    with respx.mock(assert_all_called=False) as router:
        yield router.post(URL)


async def test_four_hundred_artists_are_one_query(source: Wikidata, api: respx.Route) -> None:
    api.mock(return_value=answer(row(7, "Q7", "jazz", mbid=mbid(7))))
    found = await source.ask(asked(*range(400)))

    assert len(found) == 400
    assert found[artist_id(7)] == Finding(tags=(Tag("jazz", 1, "wikidata"),), mbid=mbid(7))
    assert found[artist_id(8)] == NOTHING
    assert api.call_count == 1
    request = api.calls.last.request
    assert asked_ids(request) == [artist_id(number) for number in range(400)]
    assert request.url == URL, "the query is in the body"
    assert request.headers["Accept"] == "application/sparql-results+json"
    assert request.headers["User-Agent"].endswith("( me@example.org )")
    query = query_of(request)
    assert query.count("{") == query.count("}")
    assert all(word in query for word in ("wdt:P1902", "wdt:P136", "wdt:P434", "rdfs:label"))
    assert "SERVICE" not in query


async def test_more_than_four_hundred_are_never_sent(source: Wikidata, api: respx.Route) -> None:
    with pytest.raises(ValueError, match="401"):
        await source.ask(asked(*range(401)))
    assert not api.called


async def test_only_ids_of_spotify_stand_in_the_query(source: Wikidata, api: respx.Route) -> None:
    api.mock(return_value=answer())
    odd = ['" } #', "x", artist_id(1)[:-1] + "é", artist_id(1) + "\n", ""]
    found = await source.ask([*asked(1), *map(AskedArtist, odd), *asked(1)])
    assert found == {artist_id(1): NOTHING}
    assert asked_ids(api.calls.last.request) == [artist_id(1)]
    assert await source.ask([AskedArtist(one) for one in odd]) == {}
    assert api.call_count == 1


async def test_an_item_with_several_genres_and_ids_comes_in_many_rows(
    source: Wikidata, api: respx.Route
) -> None:
    rows = [
        row(1, "Q1", genre, mbid=mbid(number)) for genre in ("trip hop", "downtempo") for number in (1, 2)
    ]
    api.mock(return_value=answer(*rows, *rows))
    (finding,) = (await source.ask(asked(1))).values()
    assert words(finding) == ["downtempo", "trip hop"]
    assert finding.mbid is None, "nobody knows which of two it is"


async def test_an_item_may_have_several_ids_of_spotify(source: Wikidata, api: respx.Route) -> None:
    api.mock(return_value=answer(row(1, "Q1", "folk"), row(2, "Q1", "folk")))
    found = await source.ask(asked(1, 2))
    assert [words(finding) for finding in found.values()] == [["folk"], ["folk"]]


async def test_an_id_on_two_items_says_nothing(source: Wikidata, api: respx.Route) -> None:
    api.mock(return_value=answer(row(1, "Q1", "folk", mbid=mbid(1)), row(1, "Q2"), row(2, "Q3", "dub")))
    found = await source.ask(asked(1, 2))
    assert found[artist_id(1)] == NOTHING
    assert words(found[artist_id(2)]) == ["dub"]


async def test_an_item_without_genres_is_an_answer(source: Wikidata, api: respx.Route) -> None:
    api.mock(return_value=answer(row(1, "Q1", mbid=mbid(1)), row(2, "Q2", mbid="not one")))
    found = await source.ask(asked(1, 2))
    assert found == {artist_id(1): Finding((), mbid(1)), artist_id(2): NOTHING}


async def test_english_comes_before_the_name_for_all_languages(source: Wikidata, api: respx.Route) -> None:
    rows = [
        row(1, "Q1", "hip hop@mul", genre="g1"),
        row(1, "Q1", "hip-hop@en", genre="g1"),
        row(1, "Q1", "K-pop@mul", genre="g2"),
        row(1, "Q1", "Volksmusik@de", genre="g3"),
    ]
    api.mock(return_value=answer(*rows))
    (finding,) = (await source.ask(asked(1))).values()
    assert words(finding) == ["K-pop", "hip-hop"]


async def test_music_at_the_end_of_a_name_is_left_out(source: Wikidata, api: respx.Route) -> None:
    labels = ("house music", "Soul Music", "soul", "film music", "Christmas music", "musical", "music")
    api.mock(return_value=answer(*(row(1, "Q1", label) for label in labels)))
    (finding,) = (await source.ask(asked(1))).values()
    assert words(finding) == ["Christmas", "Soul", "film music", "house", "music", "musical"]


@pytest.mark.parametrize("name", sorted(OTHER_WITHOUT_MUSIC))
def test_these_names_mean_something_else_without_music(name: str) -> None:
    families = Families.load()
    short = name.removesuffix(" music")
    assert families.is_genre(name)
    assert families.canonical(name) != families.canonical(short)
    same = families.is_genre(short) and families.family_of(short) == families.family_of(name)
    assert not same or families.canonical(name) == "edm"


@pytest.mark.parametrize("trouble", [CUT, TIMEOUT, httpx.Response(504), httpx.Response(413)])
async def test_a_query_that_takes_too_long_is_halved(
    trouble: httpx.Response, source: Wikidata, api: respx.Route, clock: FakeClock
) -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        ids = asked_ids(request)
        return trouble if len(ids) > 100 else answer(*(row(int(one), f"Q{one}", "jazz") for one in ids))

    api.mock(side_effect=reply)
    found = await in_time(clock, source.ask(asked(*range(400))))
    assert len(found) == 400
    assert all(words(finding) == ["jazz"] for finding in found.values())
    assert api.call_count == 1 + 2 + 4


async def test_what_was_answered_before_a_failure_is_kept(
    source: Wikidata, api: respx.Route, clock: FakeClock
) -> None:
    api.mock(side_effect=[TIMEOUT, answer(), *[httpx.Response(503)] * 3])
    found = await in_time(clock, source.ask(asked(*range(400))))
    assert found == {artist_id(number): NOTHING for number in range(200)}


@pytest.mark.parametrize(
    "trouble",
    [
        CUT,
        TIMEOUT,
        httpx.Response(502, html="<html>oops</html>"),
        httpx.Response(503),
        httpx.Response(302, headers={"Location": "https://elsewhere.example/"}),
        httpx.Response(200, html="<html>maintenance</html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"results": {"bindings": [{"item": {"value": "Q1"}}]}}),
        httpx.ReadTimeout("slow"),
        httpx.ConnectError("refused"),
    ],
)
async def test_nothing_follows_from_an_answer_that_is_none(
    trouble: httpx.Response | Exception, source: Wikidata, api: respx.Route, clock: FakeClock
) -> None:
    api.mock(side_effect=[trouble] * 4)
    with pytest.raises(UnavailableError):
        await in_time(clock, source.ask(asked(1, 2)))
    assert api.call_count == 3


async def test_a_fault_that_passes_is_asked_again(
    source: Wikidata, api: respx.Route, clock: FakeClock
) -> None:
    api.mock(side_effect=[httpx.Response(503), httpx.ReadTimeout("slow"), answer(row(1, "Q1", "dub"))])
    (finding,) = (await in_time(clock, source.ask(asked(1)))).values()
    assert words(finding) == ["dub"]


@pytest.mark.parametrize(("status", "word"), [(403, "CONTACT"), (400, "understand")])
async def test_a_refusal_is_not_asked_again(
    status: int, word: str, source: Wikidata, api: respx.Route
) -> None:
    api.respond(status)
    with pytest.raises(UnavailableError, match=word):
        await source.ask(asked(1))
    assert api.call_count == 1


@pytest.mark.parametrize(("header", "wait_s"), [({"Retry-After": "120"}, 120), ({}, 60)])
async def test_too_many_is_a_stop_for_everybody(
    header: dict[str, str], wait_s: int, source: Wikidata, api: respx.Route, clock: FakeClock, gate: Gate
) -> None:
    api.respond(429, headers=header)
    for _ in range(5):
        with pytest.raises(UnavailableError) as stopped:
            await source.ask(asked(1))
        assert stopped.value.retry_after == wait_s
    assert api.call_count == 1
    assert gate.blocked_until == clock.now() + timedelta(seconds=wait_s)

    api.mock(return_value=answer())
    await clock.advance(wait_s)
    assert await in_time(clock, source.ask(asked(1))) == {artist_id(1): NOTHING}


async def test_a_retry_after_of_weeks_is_not_believed(
    source: Wikidata, api: respx.Route, clock: FakeClock, gate: Gate
) -> None:
    api.respond(429, headers={"Retry-After": "9999999"})
    with pytest.raises(UnavailableError):
        await source.ask(asked(1))
    assert gate.blocked_until == clock.now() + timedelta(days=1)


async def test_a_service_that_keeps_failing_is_left_alone(
    source: Wikidata, api: respx.Route, clock: FakeClock
) -> None:
    api.respond(503)
    for _ in range(4):
        with pytest.raises(UnavailableError):
            await in_time(clock, source.ask(asked(1)), 30)
    assert api.call_count == 3 * 3
    api.mock(return_value=answer())
    await clock.advance(30)
    assert await source.ask(asked(1)) == {artist_id(1): NOTHING}


async def test_one_query_in_two_seconds_and_one_at_a_time(
    source: Wikidata, api: respx.Route, clock: FakeClock
) -> None:
    starts = []

    async def reply(_: httpx.Request) -> httpx.Response:
        starts.append(clock.monotonic())
        await clock.sleep(3 if len(starts) == 1 else 0)
        return answer()

    api.mock(side_effect=reply)
    tasks = [asyncio.ensure_future(source.ask(asked(number))) for number in range(3)]
    await clock.advance(10)
    await asyncio.gather(*tasks)
    assert starts == [0, 3, 5]

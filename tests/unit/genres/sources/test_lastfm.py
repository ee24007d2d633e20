"""What is asked of Last.fm, what is read from its answers, and what its errors mean."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import respx
from pydantic import SecretStr

from app.genres.artist_models import Tag
from app.genres.sources.lastfm import LastFm
from app.genres.sources.protocol import AskedArtist, Finding
from app.upstream.errors import UnavailableError
from app.upstream.gate import Gate
from tests.fakes import FakeClock
from tests.unit.genres.sources.mb_answers import in_time
from tests.unit.genres.sources.source_calls import artist_id, asked, caller, words

pytestmark = pytest.mark.anyio

URL = "https://lastfm.example/2.0/"
NOTHING = Finding(tags=())


def tag(name: str, count: Any = 50) -> dict[str, Any]:
    return {"name": name, "count": count, "url": f"https://www.last.fm/tag/{name}"}


def tags(*entries: dict[str, Any], artist: str = "Artist 1") -> httpx.Response:
    return httpx.Response(200, json={"toptags": {"tag": list(entries), "@attr": {"artist": artist}}})


def error(code: int, message: str = "Something went wrong", status: int = 200, **more: Any) -> httpx.Response:
    return httpx.Response(status, json={"error": code, "message": message, "links": []}, **more)


UNKNOWN = error(6, "The artist you supplied could not be found")


@pytest.fixture
def gate(clock: FakeClock) -> Gate:
    return Gate("Last.fm", rate_per_second=4, clock=clock)


@pytest.fixture
async def source(gate: Gate, clock: FakeClock) -> AsyncIterator[LastFm]:
    async with caller("Last.fm", clock, gate=gate) as lastfm:
        yield LastFm(lastfm, url=URL, api_key=SecretStr("the-key"))


@pytest.fixture
def api() -> Any:
    with respx.mock(assert_all_called=False) as router:
        yield router.get(URL)


async def test_one_artist_is_one_request(source: LastFm, api: respx.Route) -> None:
    api.mock(return_value=tags(tag("trip hop", 100), tag("Downtempo", "41")))
    found = await source.ask(asked(1))
    both = (Tag("trip hop", 100, "lastfm"), Tag("Downtempo", 41, "lastfm"))
    assert found == {artist_id(1): Finding(both)}
    request = api.calls.last.request
    assert dict(request.url.params) == {
        "method": "artist.gettoptags",
        "artist": "Artist 1",
        "autocorrect": "0",
        "format": "json",
        "api_key": "the-key",
    }
    assert request.headers["User-Agent"].endswith("( me@example.org )")


async def test_names_are_sent_as_they_are(source: LastFm, api: respx.Route) -> None:
    name = "Simon & Garfunkel + AC/DC? Björk"
    api.mock(return_value=tags(tag("folk"), artist=name))
    found = await source.ask([AskedArtist(artist_id(1), name)])
    assert words(found[artist_id(1)]) == ["folk"]
    assert api.calls.last.request.url.params["artist"] == name


async def test_rare_tags_and_the_artist_itself_are_left_out(source: LastFm, api: respx.Route) -> None:
    entries = [tag("rock", 100), tag("ARTIST 1"), tag("pop", 9), tag("jazz", 10), tag("Rock", 12), tag("!")]
    api.mock(return_value=tags(*entries))
    (finding,) = (await source.ask(asked(1))).values()
    assert words(finding) == ["rock", "jazz"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"tag": [], "@attr": {"artist": "Artist 1"}}, []),
        ({"tag": "", "@attr": {"artist": "Artist 1"}}, []),
        ({"@attr": {"artist": "Artist 1"}}, []),
        ({"tag": {"name": "dub", "count": 100}, "@attr": {"artist": "artist 1"}}, ["dub"]),
    ],
)
async def test_one_tag_or_none_comes_in_other_forms(
    body: dict[str, Any], expected: list[str], source: LastFm, api: respx.Route
) -> None:
    api.respond(json={"toptags": body})
    (finding,) = (await source.ask(asked(1))).values()
    assert words(finding) == expected


async def test_an_answer_about_somebody_else_gives_no_tags(source: LastFm, api: respx.Route) -> None:
    api.mock(return_value=tags(tag("rock"), artist="Artist 1 & Friends"))
    assert await source.ask(asked(1)) == {artist_id(1): NOTHING}


async def test_an_answer_that_does_not_name_the_artist_says_nothing(source: LastFm, api: respx.Route) -> None:
    api.respond(json={"toptags": {"tag": [tag("rock")]}})
    assert await source.ask(asked(1)) == {}


async def test_an_artist_who_is_not_there_is_an_answer(
    source: LastFm, api: respx.Route, clock: FakeClock
) -> None:
    api.mock(side_effect=[UNKNOWN, error(6, "The artist you supplied could not be found", 404)])
    found = await in_time(clock, source.ask(asked(1, 2)))
    assert found == {artist_id(1): NOTHING, artist_id(2): NOTHING}


async def test_artists_of_one_name_are_not_told_apart(
    source: LastFm, api: respx.Route, clock: FakeClock
) -> None:
    api.mock(return_value=tags(tag("jazz"), artist="Nirvana"))
    twins = [AskedArtist(artist_id(1), "NIRVANA"), AskedArtist(artist_id(2), "Nirvana")]
    nameless = [AskedArtist(artist_id(3), ""), AskedArtist(artist_id(4), "!!!")]
    assert await source.ask([*twins, *nameless]) == {}
    assert not api.called
    assert list(await in_time(clock, source.ask([twins[0], twins[0]]))) == [artist_id(1)]


@pytest.mark.parametrize(
    "trouble",
    [
        error(8),
        error(11),
        error(16, status=503),
        error(6, "Invalid parameters - Your request is missing a required parameter"),
        httpx.Response(500, html="<html>oops</html>"),
        httpx.Response(200, html="<html>maintenance</html>"),
        httpx.Response(200, json={}),
        httpx.Response(500, json={"toptags": {"tag": [], "@attr": {"artist": "Artist 1"}}}),
        httpx.ReadTimeout("slow"),
    ],
)
async def test_nothing_follows_from_an_error(
    trouble: httpx.Response | Exception, source: LastFm, api: respx.Route, clock: FakeClock
) -> None:
    api.mock(side_effect=[trouble] * 4)
    with pytest.raises(UnavailableError):
        await in_time(clock, source.ask(asked(1)))
    assert api.call_count == 3
    api.mock(side_effect=[trouble, tags(tag("dub"))])
    (finding,) = (await in_time(clock, source.ask(asked(1)))).values()
    assert words(finding) == ["dub"]


@pytest.mark.parametrize("code", [4, 10, 26])
async def test_a_refused_key_is_said_and_not_asked_again(code: int, source: LastFm, api: respx.Route) -> None:
    api.mock(return_value=error(code, status=403))
    with pytest.raises(UnavailableError, match="LASTFM_API_KEY") as refused:
        await source.ask(asked(1))
    assert "the-key" not in str(refused.value)
    assert api.call_count == 1


@pytest.mark.parametrize(
    ("trouble", "wait_s"),
    [
        (error(29), 60),
        (error(29, headers={"Retry-After": "30"}), 30),
        (httpx.Response(429, headers={"Retry-After": "5"}), 5),
        (httpx.Response(429, html="slow down"), 60),
    ],
)
async def test_too_many_is_a_stop_for_everybody(
    trouble: httpx.Response, wait_s: int, source: LastFm, api: respx.Route, clock: FakeClock, gate: Gate
) -> None:
    api.mock(return_value=trouble)
    for _ in range(4):
        with pytest.raises(UnavailableError) as stopped:
            await source.ask(asked(1))
        assert stopped.value.retry_after == wait_s
    assert api.call_count == 1
    assert gate.blocked_until == clock.now() + timedelta(seconds=wait_s)


async def test_what_came_before_a_failure_is_kept(source: LastFm, api: respx.Route, clock: FakeClock) -> None:
    api.mock(side_effect=[tags(tag("dub")), UNKNOWN, error(29)])
    found = await in_time(clock, source.ask(asked(1, 2, 3, 4)))
    assert found == {artist_id(1): Finding((Tag("dub", 50, "lastfm"),)), artist_id(2): NOTHING}
    assert api.call_count == 3


async def test_four_a_second(source: LastFm, api: respx.Route, clock: FakeClock) -> None:
    starts = []

    def reply(_: httpx.Request) -> httpx.Response:
        starts.append(clock.monotonic())
        return UNKNOWN

    api.mock(side_effect=reply)
    await in_time(clock, source.ask(asked(*range(5))))
    assert starts == [0, 0.25, 0.5, 0.75, 1]


async def test_more_than_twenty_are_too_many(source: LastFm, api: respx.Route) -> None:
    with pytest.raises(ValueError, match="21"):
        await source.ask(asked(*range(21)))
    assert not api.called

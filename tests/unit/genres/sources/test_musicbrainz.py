"""The adapter against answers in order, counted."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta
from typing import Any

import httpx
import pytest
import respx

from app.genres.models import Tag
from app.genres.sources.musicbrainz import MusicBrainz
from app.upstream.errors import UnavailableError
from app.upstream.gate import Gate
from app.upstream.http import build_http
from tests.fakes import FakeClock, settle

pytestmark = pytest.mark.anyio

HOST = "https://mb.example"
BUSY = httpx.Response(
    503,
    json={"error": "The MusicBrainz web server is currently busy. Please try again later."},
    headers={"Retry-After": "0"},
)
TOO_FAST = httpx.Response(503, json={"error": "Your requests are exceeding the allowable rate limit. Slow"})
NOT_FOUND = httpx.Response(404, json={"error": "Not Found"})


def artist(number: int) -> str:
    return f"{number:022d}"


def mbid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


def url(number: int, *mbids: str) -> dict[str, Any]:
    relations = [{"target-type": "artist", "type": "free streaming", "artist": {"id": one}} for one in mbids]
    return {
        "id": mbid(9),
        "resource": f"https://open.spotify.com/artist/{artist(number)}",
        "relations": relations,
    }


def urls(*entries: dict[str, Any]) -> httpx.Response:
    return httpx.Response(200, json={"url-count": len(entries), "url-offset": 0, "urls": list(entries)})


def artists(**tags: Any) -> httpx.Response:
    """Answer a search: `a1=[("rock", 2)]` is artist number 1 with a tag."""
    rows = [
        {
            "id": mbid(int(name[1:])),
            "score": 100,
            "tags": [{"name": tag, "count": count} for tag, count in pairs],
        }
        for name, pairs in tags.items()
    ]
    return httpx.Response(200, json={"count": len(rows), "offset": 0, "artists": rows})


@pytest.fixture
def gate(clock: FakeClock) -> Gate:
    return Gate("MusicBrainz", rate_per_second=10, clock=clock)


@pytest.fixture
async def source(gate: Gate, clock: FakeClock) -> AsyncIterator[MusicBrainz]:
    async with build_http(contact="me@example.org") as http:
        yield MusicBrainz(http, gate, base_url=HOST + "/", clock=clock)


@pytest.fixture
def api() -> Any:
    with respx.mock(base_url=HOST + "/ws/2", assert_all_called=False) as router:
        yield router


async def in_time(clock: FakeClock, call: Awaitable[Any], seconds: float = 120) -> Any:
    """Let a call take its (fake) time."""
    task = asyncio.ensure_future(call)
    await clock.advance(seconds)
    return await task


def asked_artists(call: respx.models.Call) -> list[str]:
    return [one.rpartition("/")[2] for one in call.request.url.params.get_list("resource")]


async def test_a_hundred_artists_are_one_request(source: MusicBrainz, api: respx.Router) -> None:
    ids = [artist(number) for number in range(100)]
    route = api.get("/url").mock(return_value=urls(url(3, mbid(3)), url(98, mbid(98))))
    found = await source.find_mbids(ids)

    assert list(found) == ids
    assert {one: known for one, known in found.items() if known} == {artist(3): mbid(3), artist(98): mbid(98)}
    assert route.call_count == 1
    request = route.calls.last.request
    assert asked_artists(route.calls.last) == ids
    assert (request.url.params["inc"], request.url.params["fmt"]) == ("artist-rels", "json")
    assert request.url.params.get_list("resource")[0] == f"https://open.spotify.com/artist/{artist(0)}"
    assert len(str(request.url)) < 8_000
    assert request.headers["User-Agent"].endswith("( me@example.org )")


async def test_more_than_a_hundred_are_never_sent(source: MusicBrainz, api: respx.Router) -> None:
    with pytest.raises(ValueError, match="101"):
        await source.find_mbids([artist(number) for number in range(101)])
    with pytest.raises(ValueError, match="101"):
        await source.fetch_tags([mbid(number) for number in range(101)])
    assert not api.calls


async def test_nobody_to_ask_about_is_no_request(source: MusicBrainz, api: respx.Router) -> None:
    assert await source.find_mbids([]) == {}
    assert await source.fetch_tags([]) == {}
    assert not api.calls


async def test_ids_that_are_none_are_not_asked_about(source: MusicBrainz, api: respx.Router) -> None:
    route = api.get("/url").mock(return_value=urls())
    odd = ["", "x", artist(1) + "&inc=x", artist(1)[:-1] + "é", artist(1) + "\n"]
    found = await source.find_mbids([artist(1), *odd, artist(2), artist(1)])

    assert found == {artist(1): None, artist(2): None}
    assert asked_artists(route.calls.last) == [artist(1), artist(2)]


async def test_one_artist_gets_a_bare_object(source: MusicBrainz, api: respx.Router) -> None:
    api.get("/url").respond(json=url(1, mbid(1)))
    assert await source.find_mbids([artist(1)]) == {artist(1): mbid(1)}


async def test_one_unknown_artist_is_a_404(source: MusicBrainz, api: respx.Router) -> None:
    route = api.get("/url").mock(return_value=NOT_FOUND)
    assert await source.find_mbids([artist(1)]) == {artist(1): None}
    assert route.call_count == 1


@pytest.mark.parametrize(
    ("related", "known"),
    [
        ([mbid(1)], mbid(1)),
        ([mbid(1), mbid(1)], mbid(1)),
        ([mbid(1), mbid(2)], None),
        ([], None),
    ],
)
async def test_only_one_artist_may_be_behind_an_id(
    related: list[str], known: str | None, source: MusicBrainz, api: respx.Router
) -> None:
    api.get("/url").mock(return_value=urls(url(1, *related), url(2, mbid(5))))
    assert await source.find_mbids([artist(1), artist(2)]) == {artist(1): known, artist(2): mbid(5)}


async def test_two_addresses_of_one_artist_are_taken_together(source: MusicBrainz, api: respx.Router) -> None:
    second = {**url(1, mbid(2)), "resource": f"https://open.spotify.com/intl-de/artist/{artist(1)}?si=x"}
    api.get("/url").mock(return_value=urls(url(1, mbid(1)), second))
    assert await source.find_mbids([artist(1), artist(2)]) == {artist(1): None, artist(2): None}


async def test_addresses_nobody_asked_for_are_passed_over(source: MusicBrainz, api: respx.Router) -> None:
    stranger = {**url(1, mbid(1)), "resource": f"https://elsewhere.example/artist/{artist(1)}"}
    api.get("/url").mock(return_value=urls(stranger, url(7, mbid(7))))
    assert await source.find_mbids([artist(1), artist(2)]) == {artist(1): None, artist(2): None}


async def test_relations_left_out_say_nothing(source: MusicBrainz, api: respx.Router) -> None:
    bare = {key: value for key, value in url(1).items() if key != "relations"}
    api.get("/url").mock(side_effect=[urls(bare, url(2, mbid(2))), httpx.Response(200, json=bare)])
    assert await source.find_mbids([artist(1), artist(2)]) == {artist(2): mbid(2)}


@pytest.mark.parametrize("status", [400, 414])
async def test_a_request_too_long_is_halved(
    status: int, source: MusicBrainz, api: respx.Router, clock: FakeClock
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        asked = [int(one.rpartition("/")[2]) for one in request.url.params.get_list("resource")]
        if len(asked) > 25:
            return httpx.Response(status, html="<html>too long</html>")
        return urls(*(url(number, mbid(number)) for number in asked))

    route = api.get("/url").mock(side_effect=answer)
    ids = [artist(number) for number in range(100)]
    found = await in_time(clock, source.find_mbids(ids))

    assert found == {artist(number): mbid(number) for number in range(100)}
    assert route.call_count == 1 + 2 + 4


async def test_an_artist_that_cannot_be_asked_about_is_left_out(
    source: MusicBrainz, api: respx.Router, clock: FakeClock
) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        asked = request.url.params.get_list("resource")
        if any(artist(2) in one for one in asked):
            return httpx.Response(400, json={"error": "Invalid resource"})
        return httpx.Response(200, json=url(1, mbid(1))) if len(asked) == 1 else urls(url(1, mbid(1)))

    api.get("/url").mock(side_effect=answer)
    found = await in_time(clock, source.find_mbids([artist(1), artist(2)]))
    assert found == {artist(1): mbid(1)}


async def test_tags_with_more_votes_for_than_against(source: MusicBrainz, api: respx.Router) -> None:
    odd: list[tuple[str, Any]] = [("rock", 7), ("pop", 0), ("jazz", -2), ("folk", 1), ("soul", None)]
    route = api.get("/artist").mock(return_value=artists(a1=odd, a2=[]))
    found = await source.fetch_tags([mbid(1), mbid(2)])

    assert found == {
        mbid(1): (
            Tag(name="rock", votes=7, source="musicbrainz"),
            Tag(name="folk", votes=1, source="musicbrainz"),
        ),
        mbid(2): (),
    }
    assert route.call_count == 1
    assert dict(route.calls.last.request.url.params) == {
        "query": f"arid:({mbid(1)} OR {mbid(2)})",
        "limit": "100",
        "fmt": "json",
    }


async def test_missing_tags_are_none(source: MusicBrainz, api: respx.Router) -> None:
    api.get("/artist").respond(json={"artists": [{"id": mbid(1)}, {"id": mbid(2), "tags": None}]})
    assert await source.fetch_tags([mbid(1), mbid(2)]) == {mbid(1): (), mbid(2): ()}


async def test_an_artist_left_out_is_asked_for_once_more(
    source: MusicBrainz, api: respx.Router, clock: FakeClock
) -> None:
    route = api.get("/artist").mock(side_effect=[artists(a1=[("rock", 1)]), artists(a2=[("pop", 1)])])
    found = await in_time(clock, source.fetch_tags([mbid(1), mbid(2), mbid(3)]))

    assert [tag.name for tag in found[mbid(1)] + found[mbid(2)]] == ["rock", "pop"]
    assert found[mbid(3)] == ()
    assert [call.request.url.params["query"] for call in route.calls] == [
        f"arid:({mbid(1)} OR {mbid(2)} OR {mbid(3)})",
        f"arid:({mbid(2)} OR {mbid(3)})",
    ]


async def test_a_second_question_without_an_answer_concludes_nothing(
    source: MusicBrainz, api: respx.Router, clock: FakeClock
) -> None:
    api.get("/artist").mock(side_effect=[artists(a1=[("rock", 1)]), *[BUSY] * 5])
    with pytest.raises(UnavailableError):
        await in_time(clock, source.fetch_tags([mbid(1), mbid(2)]))


@pytest.mark.parametrize("odd", ["x", "", mbid(1).upper().replace("0", "A"), mbid(1) + " OR *"])
async def test_odd_mbids_never_enter_a_query(odd: str, source: MusicBrainz, api: respx.Router) -> None:
    with pytest.raises(ValueError, match="not MusicBrainz ids"):
        await source.fetch_tags([mbid(1), odd])
    assert not api.calls


async def test_busy_is_asked_again_after_a_second_or_two(
    source: MusicBrainz, api: respx.Router, clock: FakeClock
) -> None:
    route = api.get("/url").mock(side_effect=[BUSY, NOT_FOUND])
    task = asyncio.ensure_future(source.find_mbids([artist(1)]))
    await clock.advance(0.99)
    assert route.call_count == 1
    await clock.advance(1.01)
    assert await task == {artist(1): None}
    assert route.call_count == 2


async def test_too_fast_is_a_stop_of_five_to_ten_seconds(
    source: MusicBrainz, api: respx.Router, clock: FakeClock
) -> None:
    route = api.get("/url").mock(side_effect=[TOO_FAST, NOT_FOUND])
    task = asyncio.ensure_future(source.find_mbids([artist(1)]))
    other = asyncio.ensure_future(source.fetch_tags([]))
    await clock.advance(4.99)
    assert route.call_count == 1
    await clock.advance(5.01)
    assert await task == {artist(1): None}
    assert await other == {}
    assert route.call_count == 2


async def test_a_longer_retry_after_is_kept_to(
    source: MusicBrainz, api: respx.Router, clock: FakeClock
) -> None:
    busy = httpx.Response(503, json={"error": "busy"}, headers={"Retry-After": "20"})
    route = api.get("/url").mock(side_effect=[busy, NOT_FOUND])
    task = asyncio.ensure_future(source.find_mbids([artist(1)]))
    await clock.advance(19.9)
    assert route.call_count == 1
    await clock.advance(0.1)
    await task


@pytest.mark.parametrize(
    "trouble",
    [
        BUSY,
        TOO_FAST,
        httpx.Response(429),
        httpx.Response(500, html="<html>oops</html>"),
        httpx.Response(200, html="<html>maintenance</html>"),
        httpx.Response(404, html="<html>wrong address</html>"),
        httpx.Response(301, headers={"Location": "https://elsewhere.example/"}),
        httpx.Response(200, json=["odd"]),
        httpx.ReadTimeout("slow"),
        httpx.ConnectError("refused"),
    ],
)
async def test_no_answer_concludes_nothing(
    trouble: httpx.Response | Exception, source: MusicBrainz, api: respx.Router, clock: FakeClock
) -> None:
    route = api.get("/url").mock(side_effect=[trouble] * 6)
    with pytest.raises(UnavailableError) as down:
        await in_time(clock, source.find_mbids([artist(1)]))
    assert route.call_count == 5
    assert down.value.status == 503


async def test_a_missing_contact_is_said_and_not_asked_again(source: MusicBrainz, api: respx.Router) -> None:
    route = api.get("/url").respond(403)
    with pytest.raises(UnavailableError, match="CONTACT"):
        await source.find_mbids([artist(1)])
    assert route.call_count == 1


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"urls": None},
        {"urls": [{"resource": None}]},
        {"artists": []},
        url(1, mbid(1)),
        {"urls": [url(1, "x")]},
    ],
)
async def test_an_answer_of_another_form_concludes_nothing(
    body: dict[str, Any], source: MusicBrainz, api: respx.Router
) -> None:
    api.get("/url").respond(json=body)
    with pytest.raises(UnavailableError):
        await source.find_mbids([artist(1), artist(2)])


async def test_one_request_at_a_time(source: MusicBrainz, api: respx.Router, clock: FakeClock) -> None:
    under_way = 0
    starts: list[float] = []

    async def answer(_: httpx.Request) -> httpx.Response:
        nonlocal under_way
        starts.append(clock.monotonic())
        under_way += 1
        assert under_way == 1
        await clock.sleep(1.5)
        under_way -= 1
        return urls() if len(starts) % 2 else artists(a1=[])

    api.get("/url").mock(side_effect=answer)
    api.get("/artist").mock(side_effect=answer)
    tasks = [
        asyncio.ensure_future(source.find_mbids([artist(1), artist(2)])),
        asyncio.ensure_future(source.fetch_tags([mbid(1)])),
        asyncio.ensure_future(source.find_mbids([artist(3), artist(4)])),
    ]
    await clock.advance(10)
    await asyncio.gather(*tasks)

    assert starts == [0, 1.5, 3]


async def test_a_blocked_gate_is_a_service_that_does_not_answer(
    source: MusicBrainz, api: respx.Router, gate: Gate, clock: FakeClock
) -> None:
    await gate.block(clock.now() + timedelta(hours=1))
    with pytest.raises(UnavailableError) as down:
        await source.find_mbids([artist(1)])
    assert down.value.retry_after == 3_600
    assert not api.calls


async def test_a_gate_that_lets_two_in_is_refused(clock: FakeClock) -> None:
    gate = Gate("MusicBrainz", rate_per_second=1, clock=clock, max_in_flight=2)
    async with build_http(contact="me@example.org") as http:
        with pytest.raises(ValueError, match="one request"):
            MusicBrainz(http, gate, base_url=HOST, clock=clock)


async def test_giving_up_frees_the_gate(
    source: MusicBrainz, api: respx.Router, gate: Gate, clock: FakeClock
) -> None:
    route = api.get("/url").mock(side_effect=[BUSY, NOT_FOUND])
    task = asyncio.ensure_future(source.find_mbids([artist(1)]))
    await settle()
    task.cancel()
    await settle()
    assert await in_time(clock, source.find_mbids([artist(1)])) == {artist(1): None}
    assert route.call_count == 2

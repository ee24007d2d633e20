"""What is tried again, and that nothing follows from silence."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
import respx

from app.genres.sources.musicbrainz import MusicBrainz
from app.genres.sources.musicbrainz_api import MusicBrainzApi
from app.upstream.errors import UnavailableError
from app.upstream.gate import Gate
from app.upstream.http import build_http
from tests.fakes import FakeClock, settle
from tests.unit.genres.sources.mb_answers import (
    BUSY,
    HOST,
    NOT_FOUND,
    TOO_FAST,
    artist,
    artists,
    in_time,
    mbid,
    url,
    urls,
)

pytestmark = pytest.mark.anyio


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
            MusicBrainzApi(http, gate, base_url=HOST, clock=clock)


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

"""Pauses and blocks that Spotify asks for."""

import asyncio
from datetime import timedelta

import httpx
import pytest
import respx

from app.spotify.client import SpotifyClient
from app.spotify.errors import (
    QuotaExceededError,
)
from app.upstream.errors import RateLimitedError
from app.upstream.gate import Gate
from tests.fakes import FakeClock
from tests.unit.spotify.answers import EMPTY_PAGE, ID, Tokens, fault, in_time

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("answer", "wait_s"),
    [
        (fault(429, "API rate limit exceeded", retry_after="3"), 3),
        (httpx.Response(429, text="Too many requests", headers={"Retry-After": "30"}), 30),
        (httpx.Response(429, text="Too many requests"), 5),
        (httpx.Response(429, headers={"Retry-After": "soon"}), 5),
        (httpx.Response(429, headers={"Retry-After": "0"}), 5),
        (httpx.Response(429, headers={"Retry-After": "Sun, 22 Nov 2026 12:00:10 GMT"}), 10),
    ],
)
async def test_a_job_waits_out_a_short_pause(
    answer: httpx.Response,
    wait_s: float,
    spotify: SpotifyClient,
    tokens: Tokens,
    api: respx.Router,
    clock: FakeClock,
) -> None:
    route = api.get("/me/tracks").mock(side_effect=[answer, httpx.Response(200, json=EMPTY_PAGE)])
    task = asyncio.ensure_future(spotify.saved_tracks(tokens, offset=0))
    await clock.advance(wait_s - 0.1)
    assert route.call_count == 1
    await clock.advance(0.1)
    await task
    assert route.call_count == spotify.calls == 2


async def test_a_write_waits_too_because_nothing_was_written(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router, clock: FakeClock
) -> None:
    route = api.post("/me/playlists").mock(
        side_effect=[fault(429, "slow down", retry_after="3"), httpx.Response(201, json={"id": ID})]
    )
    await in_time(clock, spotify.create_playlist(tokens, name="Jazz", description=""))
    assert route.call_count == 2


async def test_pauses_are_waited_through_twice(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router, clock: FakeClock
) -> None:
    route = api.get("/me/tracks").mock(return_value=fault(429, "slow down", retry_after="3"))
    with pytest.raises(RateLimitedError) as limited:
        await in_time(clock, spotify.saved_tracks(tokens, offset=0))
    assert route.call_count == 3
    assert limited.value.retry_after == 3


async def test_a_person_does_not_wait_out_a_pause(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    route = api.get("/me").mock(return_value=fault(429, "slow down", retry_after="3"))
    for _ in range(2):
        with pytest.raises(RateLimitedError) as limited:
            await spotify.me(tokens)
        assert limited.value.retry_after == 3
    assert route.call_count == 1


async def test_a_person_does_not_wait_out_the_shortest_pause(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router, clock: FakeClock
) -> None:
    route = api.get("/me").mock(return_value=fault(429, "slow down", retry_after="1"))
    with pytest.raises(RateLimitedError):
        await in_time(clock, spotify.me(tokens))
    assert route.call_count == 1


@pytest.mark.parametrize(
    ("answer", "wait_s"),
    [
        (fault(429, "Too many requests", reason="QUOTA_EXCEEDED", retry_after="21600"), 21_600),
        (fault(429, "Too many requests", reason="QUOTA_EXCEEDED", retry_after="10"), 10),
        (fault(429, "Too many requests", reason="QUOTA_EXCEEDED"), 3_600),
        (fault(429, "API rate limit exceeded", retry_after="31"), 31),
        (httpx.Response(429, text="Too many requests", headers={"Retry-After": "52531"}), 52_531),
        (httpx.Response(429, headers={"Retry-After": "9" * 400}), 2 * 86_400),
    ],
)
async def test_a_long_block_stops_every_call_until_it_ends(
    answer: httpx.Response,
    wait_s: float,
    spotify: SpotifyClient,
    tokens: Tokens,
    api: respx.Router,
    gate: Gate,
    clock: FakeClock,
) -> None:
    route = api.get("/me/tracks").mock(side_effect=[answer, httpx.Response(200, json=EMPTY_PAGE)])
    resumes_at = clock.now() + timedelta(seconds=wait_s)
    for _ in range(3):
        with pytest.raises(QuotaExceededError) as blocked:
            await spotify.saved_tracks(tokens, offset=0)
        assert blocked.value.resumes_at == gate.blocked_until == resumes_at
        assert blocked.value.retry_after == wait_s
        assert f"{resumes_at:%Y-%m-%d %H:%M} UTC" in blocked.value.detail
    assert route.call_count == spotify.calls == 1

    await clock.advance(wait_s)
    await spotify.saved_tracks(tokens, offset=0)
    assert route.call_count == 2

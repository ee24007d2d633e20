"""What others may see of what somebody listens to."""

import json
import re
from typing import Any

import httpx
import pytest
import respx

from tests.integration.accounts.journey import FORM, Browser, JumpingClock, signed_in
from tests.integration.genres.test_genres_api import FETCH
from tests.integration.listening.conftest import wish
from tests.integration.listening.player import PRIVATE, PlayerAtSpotify, playing
from tests.integration.listening.test_now_playing import ask
from tests.unit.genres.wire import SPOTIFY, track

pytestmark = pytest.mark.anyio


async def feed(browsers: Browser) -> dict[str, Any]:
    async with browsers() as anybody:
        answer = await anybody.get("/api/listening", headers=FETCH)
    assert answer.status_code == 200
    told: dict[str, Any] = answer.json()
    return told


async def names(browsers: Browser) -> list[str]:
    return [one["name"] for one in (await feed(browsers))["listeners"]]


async def test_only_those_are_seen_who_want_to_be(
    browsers: Browser, listener: httpx.AsyncClient, wire: respx.MockRouter, jumping: JumpingClock
) -> None:
    await ask(listener)
    assert await feed(browsers) == {"listeners": [], "count": 0, "_cache": {"age": 0, "ttl": 60}}
    await wish(listener, listeningFeed=True)
    (seen,) = (await feed(browsers))["listeners"]
    assert (seen["name"], seen["track"]["name"]) == ("Anna", "Song 0")
    assert "acc-anna" not in json.dumps(seen)
    async with browsers() as anybody:
        page = (await anybody.get("/listening")).text
    assert re.findall(r"<strong>(Song 0)</strong>", page)
    assert "Anna" in page
    assert "acc-anna" not in page
    wire.get(f"{SPOTIFY}/me").respond(json={"account_id": "acc-bo", "id": "bo", "display_name": "Bo"})
    bo = await signed_in(browsers())
    await wish(bo, nowPlaying=True, listeningFeed=True)
    await ask(bo)
    jumping.jump(seconds=61)
    assert sorted(await names(browsers)) == ["Anna", "Bo"]


async def test_a_new_listener_is_seen_within_a_minute_and_gone_when_the_song_is_over(
    browsers: Browser, listener: httpx.AsyncClient, jumping: JumpingClock
) -> None:
    await wish(listener, listeningFeed=True)
    assert await names(browsers) == []
    await ask(listener)
    jumping.jump(seconds=61)
    assert await names(browsers) == ["Anna"]
    jumping.jump(seconds=200)
    assert await names(browsers) == []


@pytest.mark.parametrize("off", [{"listeningFeed": False}, {"nowPlaying": False}])
async def test_who_no_longer_wants_to_be_seen_is_gone_at_once(
    off: dict[str, bool], browsers: Browser, listener: httpx.AsyncClient
) -> None:
    await wish(listener, listeningFeed=True)
    await ask(listener)
    assert await names(browsers) == ["Anna"]
    await wish(listener, **off)
    assert await names(browsers) == []


@pytest.mark.parametrize("leaving", ["POST /auth/disconnect", "DELETE /api/privacy/account"])
async def test_who_leaves_is_gone_at_once(
    leaving: str, browsers: Browser, listener: httpx.AsyncClient
) -> None:
    await wish(listener, listeningFeed=True)
    await ask(listener)
    assert await names(browsers) == ["Anna"]
    answer = await listener.request(*leaving.split(), headers=FORM)
    assert answer.status_code in {204, 303}
    assert await names(browsers) == []


LOCAL = {"id": None, "uri": "spotify:local:Anna:Demos:Take+1:180", "name": "Take 1", "is_local": True}
EPISODE = {"id": "e" * 22, "uri": f"spotify:episode:{'e' * 22}", "name": "Talk", "type": "episode"}


@pytest.mark.parametrize(
    "answer",
    [
        playing({**LOCAL, "duration_ms": 200_000}),
        playing({**EPISODE, "duration_ms": 200_000}, "episode"),
        playing(track(1, duration_ms=200_000)["track"], device=PRIVATE),
        playing(track(1, duration_ms=200_000)["track"], is_playing=False),
    ],
    ids=["local file", "episode", "private session", "paused"],
)
async def test_only_songs_that_spotify_has_are_for_others(
    answer: httpx.Response, browsers: Browser, listener: httpx.AsyncClient, player: PlayerAtSpotify
) -> None:
    player.answer = answer
    await wish(listener, listeningFeed=True)
    assert (await ask(listener))["track"]
    assert await names(browsers) == []

"""What is said, and how rarely Spotify is asked, while it is not to be heard what plays."""

import asyncio
from typing import Any

import httpx
import pytest
import respx

from app.listening.budget import MOST_A_DAY, MOST_PRESSED
from app.spotify.errors import PLAYER_SCOPE
from tests.integration.accounts.journey import (
    ACCESS,
    CODE,
    FORM,
    REFRESH,
    Browser,
    JumpingClock,
    called_back,
    signed_in,
    started,
)
from tests.integration.genres.test_genres_api import FETCH
from tests.integration.listening.conftest import wish
from tests.integration.listening.player import SONG_S, PlayerAtSpotify, playing
from tests.integration.listening.test_now_playing import ask
from tests.unit.genres.wire import track

pytestmark = pytest.mark.anyio

AN_HOUR = range(60)
NOT_REGISTERED = httpx.Response(403, text="User not registered in the Developer Dashboard")
MISSING = httpx.Response(401, json={"error": {"status": 401, "message": "Permissions missing"}})


async def look_on(listener: httpx.AsyncClient, jumping: JumpingClock) -> dict[str, Any]:
    """Look every minute for an hour."""
    told: dict[str, Any] = {}
    for _ in AN_HOUR:
        told = await ask(listener)
        jumping.jump(minutes=1)
    return told


async def press(listener: httpx.AsyncClient) -> None:
    answer = await listener.post("/now-playing/refresh", data={"here": "/settings"}, headers=FORM)
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("answer", "problem"),
    [(httpx.Response(502), "silent"), (MISSING, "refused"), (NOT_REGISTERED, "barred")],
)
async def test_an_hour_of_trouble_does_not_take_the_calls_of_a_day(
    answer: httpx.Response,
    problem: str,
    listener: httpx.AsyncClient,
    player: PlayerAtSpotify,
    jumping: JumpingClock,
) -> None:
    player.answer = answer
    assert (await look_on(listener, jumping))["problem"] == problem
    assert len(player.asked) <= 14


async def test_a_player_that_stands_at_the_end_of_a_song_is_not_asked_all_the_time(
    listener: httpx.AsyncClient, player: PlayerAtSpotify, jumping: JumpingClock
) -> None:
    song = track(1, duration_ms=200_000)["track"]
    player.answer = playing(song, progress_ms=200_000)
    assert (await look_on(listener, jumping))["playing"] is False
    assert len(player.asked) <= 14


async def test_who_may_not_use_the_app_is_not_told_to_agree_once_more(
    listener: httpx.AsyncClient, player: PlayerAtSpotify
) -> None:
    player.answer = NOT_REGISTERED
    await ask(listener)
    page = (await listener.get("/about")).text
    assert "Spotify does not tell this app what plays." in page
    assert "feature=player" not in page


@pytest.mark.parametrize("scope", ["user-library-read"])
async def test_a_permission_that_is_given_is_used_at_once(
    listener: httpx.AsyncClient, player: PlayerAtSpotify, wire: respx.MockRouter
) -> None:
    assert (await ask(listener))["problem"] == "refused"
    tokens = {"access_token": ACCESS, "refresh_token": REFRESH, "expires_in": 3600, "scope": PLAYER_SCOPE}
    wire.post("https://accounts.spotify.com/api/token").respond(json=tokens)
    asked = await started(listener)
    await called_back(listener, code=CODE, state=asked["state"])
    assert (await ask(listener))["track"]["name"] == "Song 0"
    assert len(player.asked) == 1


async def test_whoever_has_disconnected_is_told_so_and_asks_no_more(
    listener: httpx.AsyncClient, player: PlayerAtSpotify
) -> None:
    await listener.post("/auth/disconnect", headers=FORM)
    told = await ask(listener)
    assert (told["enabled"], told["problem"], told["askAgainS"]) == (True, "ended", None)
    assert not player.asked


async def test_a_clock_that_was_set_back_does_not_hold_a_song_for_hours(
    listener: httpx.AsyncClient, player: PlayerAtSpotify, jumping: JumpingClock
) -> None:
    await ask(listener)
    player.skipped = 100
    jumping.set_back(seconds=2)
    assert (await ask(listener))["track"]["name"] == "Song 0"
    jumping.set_back(hours=2)
    told = await ask(listener)
    assert (told["track"]["name"], len(player.asked)) == (f"Song {player.song}", 2)


async def test_a_song_is_not_shown_for_longer_than_it_plays_while_calls_are_spent(
    listener: httpx.AsyncClient, player: PlayerAtSpotify, jumping: JumpingClock
) -> None:
    await ask(listener)
    jumping.jump(seconds=60)
    player.answer = httpx.Response(429, headers={"Retry-After": "7200"})
    told = await ask(listener, back="true")
    assert (told["problem"], told["track"]["name"]) == ("spent", "Song 0")
    assert 170 < told["askAgainS"] <= 180
    jumping.jump(seconds=told["askAgainS"])
    told = await ask(listener)
    assert (told["problem"], told["playing"], told["track"], len(player.asked)) == ("spent", False, None, 2)
    player.answer = None
    jumping.jump(seconds=told["askAgainS"])
    assert (await ask(listener))["problem"] is None


async def test_pressing_refresh_all_day_leaves_calls_for_others(
    listener: httpx.AsyncClient, player: PlayerAtSpotify, jumping: JumpingClock
) -> None:
    for _ in range(MOST_PRESSED + 3):
        await press(listener)
        jumping.jump(seconds=6)
    assert len(player.asked) == MOST_PRESSED
    jumping.jump(seconds=SONG_S)
    told = await ask(listener)
    assert (told["problem"], len(player.asked)) == ("spent", MOST_PRESSED)
    assert MOST_A_DAY < MOST_PRESSED


async def test_switching_it_off_by_the_api_forgets_what_played(
    listener: httpx.AsyncClient, player: PlayerAtSpotify
) -> None:
    await ask(listener)
    await wish(listener, nowPlaying=False)
    await wish(listener, nowPlaying=True)
    await ask(listener)
    assert len(player.asked) == 2


async def test_saving_what_is_as_it_was_asks_nothing(
    listener: httpx.AsyncClient, player: PlayerAtSpotify
) -> None:
    await ask(listener)
    on = {"now_playing": "true", "listening_feed": "true"}
    await listener.post("/settings/listening", data=on, headers=FORM)
    await ask(listener)
    assert len(player.asked) == 1


async def test_what_is_asked_when_it_is_switched_off_is_not_kept(
    listener: httpx.AsyncClient, player: PlayerAtSpotify
) -> None:
    asked, go = asyncio.Event(), asyncio.Event()

    async def answer(_: httpx.Request) -> httpx.Response:
        asked.set()
        await go.wait()
        return playing(track(1, duration_ms=200_000)["track"])

    player.route.side_effect = answer
    looking = asyncio.ensure_future(ask(listener))
    await asked.wait()
    await wish(listener, nowPlaying=False)
    go.set()
    assert not (await looking)["enabled"]
    kept = (await listener.get("/api/privacy/export", headers=FETCH)).json()
    assert "listening" not in kept["kept"]


async def test_whoever_connects_again_has_a_name_for_others_in_each_browser(
    browsers: Browser, listener: httpx.AsyncClient
) -> None:
    await wish(listener, listeningFeed=True)
    await listener.post("/auth/disconnect", headers=FORM)
    await signed_in(browsers())
    await ask(listener)
    async with browsers() as anybody:
        seen = (await anybody.get("/api/listening", headers=FETCH)).json()
    assert [one["name"] for one in seen["listeners"]] == ["Anna"]

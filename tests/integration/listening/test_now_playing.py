"""What plays, and how often Spotify is asked for it."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from app.listening.budget import MOST_A_DAY
from app.spotify.errors import PLAYER_SCOPE
from tests.integration.accounts.journey import FORM, Browser, JumpingClock, signed_in
from tests.integration.genres.test_genres_api import FETCH, events, start
from tests.integration.listening.conftest import wish
from tests.integration.listening.player import PRIVATE, PlayerAtSpotify, playing
from tests.unit.genres.wire import track

pytestmark = pytest.mark.anyio

NOW_PLAYING = "/api/now-playing"


async def ask(client: httpx.AsyncClient, **params: str) -> dict[str, Any]:
    answer = await client.get(NOW_PLAYING, params=params, headers=FETCH)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def store_operations(client: httpx.AsyncClient) -> tuple[int, int]:
    """Return what now playing has read and written so far."""
    kinds = (await client.get("/api/kv-metrics", headers=FETCH)).json()["kinds"]
    own = [kinds.get(kind, {"reads": 0, "writes": 0}) for kind in ("listening", "player-calls")]
    return sum(kind["reads"] for kind in own), sum(kind["writes"] for kind in own)


async def watch(client: httpx.AsyncClient, clock: JumpingClock, hours: float) -> None:
    """Leave a tab open: ask as its script does, when the answer before said so."""
    end = clock.now() + timedelta(hours=hours)
    while clock.now() < end:
        clock.jump(seconds=(await ask(client))["askAgainS"])


async def test_nothing_is_asked_before_it_is_switched_on(browsers: Browser, player: PlayerAtSpotify) -> None:
    client = await signed_in(browsers())
    told = await ask(client, back="true")
    assert (told["enabled"], told["playing"], told["askAgainS"]) == (False, False, None)
    assert not player.asked


async def test_it_says_what_plays_with_its_genres(
    listener: httpx.AsyncClient, player: PlayerAtSpotify, jumping: JumpingClock
) -> None:
    await start(listener)
    await events(listener)
    jumping.jump(seconds=60)
    told = await ask(listener)
    song = told.pop("track")
    assert {name: told[name] for name in ("enabled", "playing", "kind", "device", "problem")} == {
        "enabled": True,
        "playing": True,
        "kind": "track",
        "device": "Kitchen",
        "problem": None,
    }
    assert 60_000 <= song.pop("progress") < 70_000
    assert song == {
        "id": "track00000000000000000",
        "name": "Song 0",
        "artists": ["Artist 0"],
        "album": "Album",
        "albumArt": None,
        "duration": 240_000,
        "url": "https://open.test/track/track00000000000000000",
        "genres": ["bebop", "deep house"],
    }


async def test_three_hours_of_songs_in_an_open_tab_take_at_most_fifty_calls(
    listener: httpx.AsyncClient, player: PlayerAtSpotify, jumping: JumpingClock
) -> None:
    await watch(listener, jumping, 3)
    assert 45 <= len(player.asked) <= 50


async def test_120_polls_over_twelve_songs_take_at_most_fourteen_calls(
    listener: httpx.AsyncClient, player: PlayerAtSpotify, jumping: JumpingClock
) -> None:
    before = await store_operations(listener)
    for _ in range(120):
        told = await ask(listener)
        assert abs(player.song - int(told["track"]["name"].removeprefix("Song "))) <= 1
        jumping.jump(seconds=24)
    assert 12 <= len(player.asked) <= 14
    reads, writes = [
        after - earlier for after, earlier in zip(await store_operations(listener), before, strict=True)
    ]
    assert reads <= 4
    assert writes <= 2 * len(player.asked)


async def test_pages_look_for_what_played_long_ago_in_memory_alone(
    listener: httpx.AsyncClient, jumping: JumpingClock
) -> None:
    await ask(listener)
    jumping.jump(seconds=600)
    await look_around(listener)  # once the store is asked, which removes it
    before = await store_operations(listener)
    for _ in range(5):
        jumping.jump(seconds=60)
        await look_around(listener)
    assert await store_operations(listener) == before


async def look_around(listener: httpx.AsyncClient) -> None:
    page = await listener.get("/about", headers={"Accept": "text/html"})
    assert page.status_code == 200


async def test_tabs_that_ask_at_once_share_one_call(
    listener: httpx.AsyncClient, player: PlayerAtSpotify
) -> None:
    told = await asyncio.gather(*(ask(listener, back="true") for _ in range(20)))
    assert len(player.asked) == 1
    assert {one["track"]["name"] for one in told} == {"Song 0"}


async def test_coming_back_asks_again_after_half_a_minute_and_not_before(
    listener: httpx.AsyncClient, player: PlayerAtSpotify, jumping: JumpingClock
) -> None:
    await ask(listener)
    player.skipped = 1
    jumping.jump(seconds=20)
    assert (await ask(listener, back="true"))["track"]["name"] == "Song 0"
    jumping.jump(seconds=15)
    assert (await ask(listener))["track"]["name"] == "Song 0"
    assert 'data-age="35"' in (await listener.get("/about")).text
    assert (await ask(listener, back="true"))["track"]["name"] == "Song 1"
    assert len(player.asked) == 2


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (httpx.Response(204), {"playing": False, "kind": None, "askAgainS": None}),
        (playing(None, "ad"), {"playing": True, "kind": "ad", "track": None}),
        (playing(None, "unknown"), {"playing": True, "kind": "unknown", "track": None}),
        (playing(None), {"playing": True, "kind": "track", "track": None}),
        (playing(None, is_playing=False), {"playing": False, "kind": None, "askAgainS": None}),
    ],
)
async def test_what_has_no_song_is_said_as_it_is(
    answer: httpx.Response, told: dict[str, Any], listener: httpx.AsyncClient, player: PlayerAtSpotify
) -> None:
    player.answer = answer
    found = await ask(listener)
    assert found.items() >= told.items()
    assert len(player.asked) == 1
    await ask(listener)
    assert len(player.asked) == 1


async def test_an_episode_has_its_show_and_no_genre(
    listener: httpx.AsyncClient, player: PlayerAtSpotify
) -> None:
    episode = {"id": "e" * 22, "uri": f"spotify:episode:{'e' * 22}", "name": "Talk", "type": "episode"}
    images = [{"url": "https://i.test/1", "width": 64}]
    show = {"name": "The Show", "images": images}
    player.answer = playing({**episode, "duration_ms": 60_000, "show": show}, "episode", progress_ms=None)
    told = await ask(listener)
    assert (told["kind"], told["track"]["album"], told["track"]["genres"]) == ("episode", "The Show", [])
    assert told["track"]["url"] == f"https://open.test/episode/{'e' * 22}"
    assert told["track"]["albumArt"] == "https://i.test/1"


async def test_a_local_file_has_no_link_and_no_genre(
    listener: httpx.AsyncClient, player: PlayerAtSpotify
) -> None:
    uri = "spotify:local:Anna:Demos:Take+1:180"
    named = {"id": None, "name": "Take 1", "artists": [{"id": None, "name": "Anna"}]}
    player.answer = playing({**named, "uri": uri, "is_local": True, "type": "track"})
    told = await ask(listener)
    assert (told["track"]["name"], told["track"]["url"], told["track"]["genres"]) == ("Take 1", None, [])
    assert told["askAgainS"] > 200


async def test_a_private_session_is_told_to_its_listener(
    listener: httpx.AsyncClient, player: PlayerAtSpotify
) -> None:
    player.device = PRIVATE
    told = await ask(listener)
    assert (told["privateSession"], told["track"]["name"]) == (True, "Song 0")


async def test_one_listener_gets_sixty_calls_a_day_and_is_told_when_there_are_more(
    listener: httpx.AsyncClient, player: PlayerAtSpotify, jumping: JumpingClock
) -> None:
    for _ in range(MOST_A_DAY + 5):
        told = await ask(listener)
        jumping.jump(seconds=242)
    assert len(player.asked) == MOST_A_DAY
    assert (told["problem"], told["track"], told["askAgainS"]) == (
        "spent",
        None,
        pytest.approx(86_460 - 64 * 242, abs=5),
    )
    resumes_at = datetime.fromisoformat(told["resumesAt"])
    assert timedelta(hours=24) < resumes_at - player.asked[0] < timedelta(hours=24, minutes=2)
    jumping.jump(seconds=(resumes_at - jumping.now()).total_seconds() + 1)
    assert (await ask(listener))["problem"] is None


@pytest.mark.parametrize("settings", [{"spotify_now_playing_budget": 10}], indirect=True)
async def test_spent_calls_pause_it_and_a_press_of_refresh_asks_once(
    listener: httpx.AsyncClient, player: PlayerAtSpotify, jumping: JumpingClock
) -> None:
    for _ in range(12):
        told = await ask(listener)
        jumping.jump(seconds=242)
    assert (len(player.asked), told["problem"]) == (10, "spent")
    assert (await ask(listener, back="true"))["problem"] == "spent"
    page = (await listener.get("/settings", headers=FORM)).text
    assert "Paused to save Spotify calls until" in page
    answer = await listener.post("/now-playing/refresh", data={"here": "/settings"}, headers=FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings")
    assert len(player.asked) == 11
    told = await ask(listener)
    assert (told["problem"], told["playing"], len(player.asked)) == (None, True, 11)


@pytest.mark.parametrize("scope", ["user-library-read"])
async def test_without_the_permission_spotify_is_not_asked_and_the_line_says_what_to_do(
    listener: httpx.AsyncClient, player: PlayerAtSpotify
) -> None:
    assert (await ask(listener))["problem"] == "refused"
    page = (await listener.get("/settings", headers=FORM)).text
    assert "/auth/spotify?feature=player&amp;next=" in page
    assert not player.asked


@pytest.mark.parametrize(
    ("answer", "problem"),
    [
        (httpx.Response(401, json={"error": {"status": 401, "message": "Permissions missing"}}), "refused"),
        (httpx.Response(502, html="<h1>Bad Gateway</h1>"), "silent"),
        (httpx.Response(200, json={"item": {"name": {}}}), "silent"),
        (httpx.Response(429, headers={"Retry-After": "3"}), "silent"),
        (httpx.Response(429, headers={"Retry-After": "7200"}), "spent"),
    ],
)
async def test_trouble_is_told_once_and_not_asked_for_again_at_once(
    answer: httpx.Response, problem: str, listener: httpx.AsyncClient, player: PlayerAtSpotify
) -> None:
    player.answer = answer
    assert (await ask(listener))["problem"] == problem
    assert (await ask(listener, back="true"))["problem"] == problem
    assert len(player.asked) == 1


async def test_what_still_plays_is_shown_while_spotify_is_silent(
    listener: httpx.AsyncClient, player: PlayerAtSpotify, jumping: JumpingClock
) -> None:
    await ask(listener)
    player.answer = httpx.Response(503)
    jumping.jump(seconds=60)
    told = await ask(listener, back="true")
    assert (told["problem"], told["track"]["name"]) == ("silent", "Song 0")
    assert 60_000 <= told["track"]["progress"] < 70_000
    jumping.jump(seconds=300)
    assert (await ask(listener))["track"] is None


async def test_switching_it_off_forgets_what_played(
    listener: httpx.AsyncClient, player: PlayerAtSpotify
) -> None:
    await ask(listener)
    answer = await listener.post("/settings/listening", data={}, headers=FORM)
    assert answer.status_code == 303
    assert not (await ask(listener))["enabled"]
    await wish(listener, nowPlaying=True)
    await ask(listener)
    assert len(player.asked) == 2


async def test_switching_it_on_asks_spotify_for_the_permission_where_it_is_missing(
    browsers: Browser, player: PlayerAtSpotify
) -> None:
    client = await signed_in(browsers())
    on = {"now_playing": "true"}
    answer = await client.post("/settings/listening", data=on, headers=FORM)
    assert answer.headers["location"] == "/settings?saved=listening#listening"
    asked = await client.get("/auth/spotify", params={"feature": "player"})
    assert PLAYER_SCOPE in httpx.URL(asked.headers["location"]).params["scope"].split()


async def test_a_song_that_is_in_no_library_has_what_is_known_of_its_artist(
    listener: httpx.AsyncClient, player: PlayerAtSpotify
) -> None:
    await start(listener)
    await events(listener)
    stranger = track(9999, [3], duration_ms=200_000)["track"]
    player.answer = playing(stranger)
    assert (await ask(listener))["track"]["genres"] == ["bebop", "deep house"]

from typing import Any

import pytest

from app.demo.models import DemoLibrary
from app.demo.odd_songs import EPISODES
from tests.fakes import FakeClock
from tests.integration.demo.conftest import id_of
from tests.integration.demo.visitor import SCOPES, Visitor

pytestmark = pytest.mark.anyio

LISTENING = "user-read-playback-state user-read-currently-playing user-read-recently-played user-top-read"


@pytest.fixture
async def listener(visitor: Visitor) -> Visitor:
    return await visitor.sign_in(scope=f"{SCOPES} {LISTENING}")


async def playing(visitor: Visitor, path: str = "/me/player/currently-playing", **params: str) -> Any:
    return (await visitor.api("GET", path, params=params)).json()


@pytest.mark.parametrize("path", ["/me/player", "/me/player/currently-playing"])
async def test_nothing_plays_and_nothing_is_said(listener: Visitor, path: str) -> None:
    answer = await listener.api("GET", path)
    assert (answer.status_code, answer.content) == (204, b"")


async def test_a_song_plays(listener: Visitor, library: DemoLibrary) -> None:
    await listener.switch(playback={"kind": "track", "is_playing": False, "progress_ms": 5})
    body = await playing(listener)
    assert body["item"]["name"] == library.tracks[0].name
    assert (body["currently_playing_type"], body["is_playing"], body["progress_ms"]) == ("track", False, 5)
    assert "device" not in body
    uri = f"spotify:track:{id_of('Track', 9)}"
    await listener.switch(playback={"kind": "track", "uri": uri, "private_session": True})
    body = await playing(listener, "/me/player")
    assert body["item"]["uri"] == uri
    assert body["device"]["is_private_session"] is True


async def test_songs_play_in_turn_each_to_its_end(
    listener: Visitor, clock: FakeClock, library: DemoLibrary
) -> None:
    await listener.switch(playback={"kind": "in_turn"})
    now = await playing(listener)
    left_ms = now["item"]["duration_ms"] - now["progress_ms"]
    await clock.advance(left_ms / 1000 - 1)
    assert (await playing(listener))["item"]["id"] == now["item"]["id"]
    await clock.advance(2)
    following = await playing(listener)
    assert following["item"]["id"] != now["item"]["id"]
    assert following["progress_ms"] == pytest.approx(1000, abs=2)
    assert following["currently_playing_type"] == "track"


@pytest.mark.parametrize(
    ("kind", "said"), [("ad", "ad"), ("unknown", "unknown"), ("no_item", "track"), ("episode", "episode")]
)
async def test_what_plays_may_have_no_item(listener: Visitor, kind: str, said: str) -> None:
    await listener.switch(playback={"kind": kind})
    body = await playing(listener)
    assert (body["item"], body["currently_playing_type"]) == (None, said)


async def test_episodes_are_told_to_apps_that_know_them(listener: Visitor) -> None:
    await listener.switch(playback={"kind": "episode"})
    body = await playing(listener, additional_types="track,episode")
    assert body["item"]["uri"] == EPISODES[0].uri


async def test_a_local_file_plays(listener: Visitor) -> None:
    await listener.switch(playback={"kind": "local"})
    item = (await playing(listener))["item"]
    assert (item["is_local"], item["id"]) == (True, None)


async def test_the_last_plays_newest_first(listener: Visitor, clock: FakeClock) -> None:
    path = "/me/player/recently-played"
    first = await playing(listener, path, limit="30")
    times = [item["played_at"] for item in first["items"]]
    assert len(times) == 30
    assert times == sorted(times, reverse=True)
    rest = await playing(listener, path, limit="50", before=first["cursors"]["before"])
    assert len(rest["items"]) == 20
    assert rest["next"] is None
    assert first["next"].endswith(f"before={first['cursors']['before']}&limit=30")
    await clock.advance(600)
    since = await playing(listener, path, limit="50", after=first["cursors"]["after"])
    assert len(since["items"]) == 2
    again = await playing(listener, path, limit="50")
    assert again["items"][2:32] == first["items"]


@pytest.mark.parametrize("params", [{"after": "1", "before": "2"}, {"after": "x"}, {"limit": "51"}])
async def test_plays_before_and_after_at_once_are_refused(listener: Visitor, params: dict[str, str]) -> None:
    assert (await listener.api("GET", "/me/player/recently-played", params=params)).status_code == 400


async def test_top_artists(listener: Visitor, library: DemoLibrary) -> None:
    page = await playing(listener, "/me/top/artists", limit="5", time_range="long_term")
    assert page["total"] == len(library.artists)
    assert len(page["items"]) == 5
    assert all(artist["type"] == "artist" for artist in page["items"])
    assert (await listener.api("GET", "/me/top/artists", params={"time_range": "ever"})).status_code == 400


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("/me/player", 401, "Permissions missing"),
        ("/me/player/currently-playing", 401, "Permissions missing"),
        ("/me/player/recently-played", 403, "Insufficient client scope"),
        ("/me/top/artists", 403, "Insufficient client scope"),
    ],
)
async def test_each_needs_its_scope(signed_in: Visitor, path: str, status: int, message: str) -> None:
    answer = await signed_in.api("GET", path)
    assert (answer.status_code, answer.json()["error"]["message"]) == (status, message)

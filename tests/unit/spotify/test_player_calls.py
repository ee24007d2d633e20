"""Asking what plays: once, because another answer is asked for soon anyway."""

import httpx
import pytest
import respx

from app.spotify.client import SpotifyClient
from app.spotify.errors import CONNECT_TO_PLAYER, PauseError, SpotifyRefusedError, SpotifyUnavailableError
from app.spotify.player_calls import Device, Player
from app.upstream.gate import Gate, Priority
from tests.unit.spotify.answers import HTML, SONG, Tokens, fault

pytestmark = pytest.mark.anyio


async def test_nothing_that_could_play_is_none(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router, gate: Gate
) -> None:
    api.get("/me/player").respond(204)
    assert await spotify.player(tokens) is None
    assert gate.calls == {Priority.NOW_PLAYING: 1}


async def test_any_field_may_be_null(spotify: SpotifyClient, tokens: Tokens, api: respx.Router) -> None:
    nothing = {"device": None, "item": None, "progress_ms": None, "is_playing": None}
    api.get("/me/player").respond(json={**nothing, "currently_playing_type": None, "timestamp": 1})
    assert await spotify.player(tokens) == Player(playing_type="unknown", device=Device())


async def test_a_song_and_an_episode_have_their_pictures(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    cover, face = {"url": "https://i.test/cover"}, {"url": "https://i.test/face"}
    song = {"uri": SONG, "name": "A", "album": {"name": "B", "images": [cover]}}
    episode = {"name": "C", "images": [], "show": {"name": "D", "images": [face]}, "type": "episode"}
    api.get("/me/player").mock(
        side_effect=[httpx.Response(200, json={"item": item}) for item in (song, episode)]
    )
    for url in ("https://i.test/cover", "https://i.test/face"):
        player = await spotify.player(tokens)
        assert player
        assert player.item
        assert [picture.url for picture in player.item.pictures] == [url]


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (HTML, SpotifyUnavailableError),
        (httpx.ConnectError("away"), SpotifyUnavailableError),
        (fault(429, "Too many requests", retry_after="2"), PauseError),
    ],
)
async def test_it_is_not_asked_again_after_a_fault(
    answer: httpx.Response | Exception,
    error: type[Exception],
    spotify: SpotifyClient,
    tokens: Tokens,
    api: respx.Router,
) -> None:
    route = api.get("/me/player").mock(side_effect=[answer])
    with pytest.raises(error):
        await spotify.player(tokens)
    assert route.call_count == 1


async def test_a_missing_permission_leads_to_where_it_is_given(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    api.get("/me/player").mock(return_value=fault(401, "Permissions missing"))
    with pytest.raises(SpotifyRefusedError, match="see what is playing") as caught:
        await spotify.player(tokens)
    assert caught.value.action == CONNECT_TO_PLAYER
    assert not tokens.rejected

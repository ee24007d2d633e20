"""What Spotify refuses, what is tried again, and what never is."""

import httpx
import pytest
import respx

from app.spotify.client import SpotifyClient
from app.spotify.errors import (
    NeedsReconnectError,
    OutcomeUnknownError,
    SpotifyError,
    SpotifyNotFoundError,
    SpotifyUnavailableError,
)
from tests.fakes import FakeClock
from tests.unit.spotify.answers import EMPTY_PAGE, HTML, ID, SONG, Tokens, fault, in_time

pytestmark = pytest.mark.anyio


async def test_an_old_token_is_renewed_once(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    route = api.get("/me").mock(
        side_effect=[fault(401, "The access token expired"), httpx.Response(200, json={"id": "listener"})]
    )
    user = await spotify.me(tokens)

    assert user.id == "listener"
    assert tokens.rejected == ["token-1"]
    assert [call.request.headers["Authorization"] for call in route.calls] == [
        "Bearer token-1",
        "Bearer token-2",
    ]
    assert spotify.calls == 2


async def test_a_write_is_repeated_with_a_new_token(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    route = api.post("/me/playlists").mock(
        side_effect=[fault(401, "The access token expired"), httpx.Response(201, json={"id": ID})]
    )
    await spotify.create_playlist(tokens, name="Jazz", description="")
    assert route.call_count == 2


async def test_two_rejected_tokens_need_a_new_connection(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    route = api.get("/me").mock(return_value=fault(401, "Invalid access token"))
    with pytest.raises(NeedsReconnectError) as ended:
        await spotify.me(tokens)
    assert route.call_count == 2
    assert ended.value.status == 401


async def test_what_spotify_does_not_have(spotify: SpotifyClient, tokens: Tokens, api: respx.Router) -> None:
    route = api.get(f"/playlists/{ID}").mock(return_value=fault(404, "Resource not found"))
    with pytest.raises(SpotifyNotFoundError) as missing:
        await spotify.playlist(tokens, ID)
    assert missing.value.status == 404
    assert route.call_count == 1


async def test_a_bad_request_is_not_repeated_and_not_shown(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    route = api.get("/me/tracks").mock(return_value=fault(400, "Invalid limit"))
    with pytest.raises(SpotifyError) as error:
        await spotify.saved_tracks(tokens, offset=0, limit=51)
    assert route.call_count == 1
    assert error.value.status == 502
    assert "Invalid limit" not in str(error.value)


@pytest.mark.parametrize(
    "trouble",
    [
        HTML,
        httpx.Response(500),
        fault(503, "Service unavailable"),
        httpx.Response(200, html="<html>hello</html>"),
        httpx.Response(200, json=["odd"]),
        httpx.ReadTimeout("slow"),
        httpx.ConnectError("refused"),
        httpx.RemoteProtocolError("cut off"),
    ],
)
async def test_reading_is_tried_again(
    trouble: httpx.Response | Exception,
    spotify: SpotifyClient,
    tokens: Tokens,
    api: respx.Router,
    clock: FakeClock,
) -> None:
    route = api.get("/me/tracks").mock(
        side_effect=[trouble, trouble, trouble, httpx.Response(200, json=EMPTY_PAGE)]
    )
    page = await in_time(clock, spotify.saved_tracks(tokens, offset=0))

    assert page.total == 0
    assert route.call_count == spotify.calls == 4


async def test_reading_is_given_up_after_four_tries(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router, clock: FakeClock
) -> None:
    route = api.get("/me/tracks").mock(return_value=HTML)
    with pytest.raises(SpotifyUnavailableError) as down:
        await in_time(clock, spotify.saved_tracks(tokens, offset=0))
    assert route.call_count == 4
    assert down.value.status == 503
    assert "Gateway" not in str(down.value)


async def test_nothing_is_slept_through_while_a_person_waits(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router, clock: FakeClock
) -> None:
    route = api.get("/me").mock(return_value=HTML)
    with pytest.raises(SpotifyUnavailableError):
        await spotify.me(tokens)
    assert clock.monotonic() == 0
    assert route.call_count == 2


@pytest.mark.parametrize(
    "trouble",
    [HTML, httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("cut off"), httpx.Response(201, text="{")],
)
async def test_a_write_whose_answer_is_lost_is_not_repeated(
    trouble: httpx.Response | Exception, spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    route = api.post(f"/playlists/{ID}/items").mock(side_effect=[trouble])
    with pytest.raises(OutcomeUnknownError):
        await spotify.add_items(tokens, ID, [SONG], position=0)
    assert route.call_count == 1


async def test_a_write_that_never_left_has_changed_nothing(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    route = api.post(f"/playlists/{ID}/items").mock(side_effect=httpx.ConnectError("refused"))
    with pytest.raises(SpotifyUnavailableError) as down:
        await spotify.add_items(tokens, ID, [SONG], position=0)
    assert not isinstance(down.value, OutcomeUnknownError)
    assert route.call_count == 1

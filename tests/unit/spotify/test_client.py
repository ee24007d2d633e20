"""The client against answers of Spotify's, in order and counted."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
import respx

from app.errors import InvalidInputError
from app.spotify.client import SpotifyClient
from app.spotify.errors import (
    NeedsReconnectError,
    OutcomeUnknownError,
    QuotaExceededError,
    SpotifyError,
    SpotifyNotFoundError,
    SpotifyRefusedError,
    SpotifyUnavailableError,
)
from app.spotify.models import PlaylistSummary
from app.spotify.paging import Page, pages
from app.upstream.errors import RateLimitedError
from app.upstream.gate import Gate, Priority
from app.upstream.http import build_http
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio

API = "https://api.spotify.example/v1"
ID = "37i9dQZF1EIgrtU6YDkEQE"
SONG = "spotify:track:4uLU6hMCjMI75M1A2tKUQC"
EMPTY_PAGE = {"items": [], "total": 0}
HTML = httpx.Response(502, html="<html><h1>502 Bad Gateway</h1></html>")


class Tokens:
    """Hands out numbered tokens and notes which were rejected."""

    def __init__(self) -> None:
        self.rejected: list[str] = []

    async def access_token(self, *, rejected: str | None = None) -> str:
        if rejected:
            self.rejected.append(rejected)
        return f"token-{len(self.rejected) + 1}"


@pytest.fixture
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture
def gate(clock: FakeClock) -> Gate:
    return Gate("Spotify", rate_per_second=1, clock=clock, burst=100)


@pytest.fixture
async def spotify(gate: Gate, clock: FakeClock) -> AsyncIterator[SpotifyClient]:
    async with build_http(contact="me@example.org") as http:
        yield SpotifyClient(http, gate, api_url=API + "/", clock=clock)


@pytest.fixture
def api() -> Any:
    with respx.mock(base_url=API, assert_all_called=False) as router:
        yield router


async def in_time(clock: FakeClock, call: Awaitable[Any], seconds: float = 120) -> Any:
    """Let a call take its (fake) time."""
    task = asyncio.ensure_future(call)
    await clock.advance(seconds)
    return await task


def fault(
    status: int, message: str, *, reason: str | None = None, retry_after: str | None = None
) -> httpx.Response:
    error = {"status": status, "message": message, **({"reason": reason} if reason else {})}
    return httpx.Response(
        status, json={"error": error}, headers={"Retry-After": retry_after} if retry_after else {}
    )


async def test_me(spotify: SpotifyClient, tokens: Tokens, api: respx.Router) -> None:
    route = api.get("/me").respond(json={"account_id": "acc", "id": "listener", "display_name": "L"})
    user = await spotify.me(tokens)

    assert (user.id, user.username, user.display_name) == ("acc", "listener", "L")
    assert route.call_count == spotify.calls == 1
    request = route.calls.last.request
    assert request.headers["Authorization"] == "Bearer token-1"
    assert request.headers["User-Agent"].startswith("genre-sorter/")
    assert request.url.query == b""


async def test_a_page_of_liked_songs(spotify: SpotifyClient, tokens: Tokens, api: respx.Router) -> None:
    songs = {"items": [{"added_at": "2024-11-30T02:39:04Z", "track": {"name": "Song"}}, None], "total": 6576}
    route = api.get("/me/tracks", params={"limit": 50, "offset": 100}).respond(json=songs)
    page = await spotify.saved_tracks(tokens, offset=100)

    assert (len(page.items), page.skipped, page.total, page.next_offset) == (1, 1, 6576, 150)
    assert route.call_count == 1


async def test_links_in_answers_are_never_followed(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    row = {"id": ID, "name": "Mine", "href": "https://evil.example/playlist"}
    first = {"items": [row] * 50, "total": 51, "next": "https://evil.example/page"}
    route = api.get("/me/playlists").mock(
        side_effect=[httpx.Response(200, json=first), httpx.Response(200, json={"items": [row], "total": 51})]
    )

    async def fetch(offset: int) -> Page[PlaylistSummary]:
        return await spotify.my_playlists(tokens, offset=offset, priority=Priority.SCAN)

    seen = [len(page.items) async for page in pages(fetch)]

    assert seen == [50, 1]
    assert [call.request.url.params["offset"] for call in route.calls] == ["0", "50"]
    assert {call.request.url.host for call in api.calls} == {"api.spotify.example"}


async def test_a_redirect_is_an_error_and_takes_no_token_along(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    route = api.get("/me").respond(302, headers={"Location": "https://evil.example/"})
    with pytest.raises(SpotifyError):
        await spotify.me(tokens)
    assert route.call_count == 1


async def test_a_new_playlist_is_not_on_the_profile(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    made = {"id": ID, "name": "Jazz", "snapshot_id": "s", "items": {"total": 0}, "public": False}
    route = api.post("/me/playlists").respond(201, json=made)
    playlist = await spotify.create_playlist(tokens, name="J" * 101, description="one\ntwo")

    assert (playlist.id, playlist.total, playlist.public) == (ID, 0, False)
    assert json.loads(route.calls.last.request.content) == {
        "name": "J" * 99 + "…",
        "description": "one two",
        "public": False,
    }


async def test_a_playlist_and_its_entries(spotify: SpotifyClient, tokens: Tokens, api: respx.Router) -> None:
    api.get(f"/playlists/{ID}").respond(json={"id": ID, "items": {"total": 3}})
    route = api.get(f"/playlists/{ID}/items").respond(json={"items": [{"item": {"uri": SONG}}], "total": 3})
    playlist = await spotify.playlist(tokens, ID)
    page = await spotify.playlist_items(tokens, ID, offset=0)

    assert playlist.total == 3
    assert [entry.track.uri for entry in page.items if entry.track] == [SONG]
    assert dict(route.calls.last.request.url.params) == {
        "limit": "50",
        "offset": "0",
        "additional_types": "track,episode",
    }


async def test_songs_are_added_at_a_position(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    route = api.post(f"/playlists/{ID}/items").respond(201, json={"snapshot_id": "s2"})
    assert await spotify.add_items(tokens, ID, [SONG] * 100, position=200) == "s2"
    assert json.loads(route.calls.last.request.content) == {"uris": [SONG] * 100, "position": 200}


async def test_an_answer_without_a_body_is_taken_for_done(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    api.post(f"/playlists/{ID}/items").respond(204)
    assert await spotify.add_items(tokens, ID, [SONG], position=0) == ""


@pytest.mark.parametrize("count", [0, 101])
async def test_one_call_adds_one_to_a_hundred_songs(
    count: int, spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    with pytest.raises(ValueError, match=str(count)):
        await spotify.add_items(tokens, ID, [SONG] * count, position=0)
    assert spotify.calls == 0


@pytest.mark.parametrize(
    "uri", ["spotify:local:a:b:c:1", "spotify:artist:4uLU6hMCjMI75M1A2tKUQC", "", SONG + "\n", SONG + "x"]
)
async def test_only_spotifys_own_songs_can_be_added(
    uri: str, spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    with pytest.raises(InvalidInputError):
        await spotify.add_items(tokens, ID, [SONG, uri], position=0)
    assert spotify.calls == 0


@pytest.mark.parametrize("playlist_id", ["", "../me", ID + "/x", ID + "\n", "a" * 21, "ä" * 22])
async def test_odd_ids_never_enter_an_address(
    playlist_id: str, spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: spotify.playlist(tokens, playlist_id),
        lambda: spotify.playlist_items(tokens, playlist_id, offset=0),
        lambda: spotify.add_items(tokens, playlist_id, [SONG], position=0),
    ]
    for call in calls:
        with pytest.raises(InvalidInputError):
            await call()
    assert spotify.calls == 0


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


@pytest.mark.parametrize(
    ("answer", "reason", "advice"),
    [
        (
            httpx.Response(403, text="User not registered in the Developer Dashboard"),
            "not_registered",
            "Users",
        ),
        (
            fault(
                403,
                "The user is not registered for this application. Please check your settings on https://x",
            ),
            "not_registered",
            "Users",
        ),
        (
            httpx.Response(
                403, text="Active premium subscription required for the owner of the app. When the"
            ),
            "owner_without_premium",
            "renew Premium",
        ),
        (fault(403, "Insufficient client scope"), "missing_scope", "Connect again"),
        (fault(403, "Forbidden"), "forbidden", "somebody else"),
        (httpx.Response(403, html="<html>no</html>"), "forbidden", "somebody else"),
        (httpx.Response(403), "forbidden", "somebody else"),
        (httpx.Response(403, json=["odd"]), "forbidden", "somebody else"),
        (httpx.Response(403, json={"error": "Insufficient client scope"}), "missing_scope", "Connect again"),
    ],
)
async def test_refusals_say_what_to_do(
    answer: httpx.Response,
    reason: str,
    advice: str,
    spotify: SpotifyClient,
    tokens: Tokens,
    api: respx.Router,
) -> None:
    route = api.get("/me/tracks").mock(return_value=answer)
    with pytest.raises(SpotifyRefusedError) as refused:
        await spotify.saved_tracks(tokens, offset=0)

    assert (refused.value.reason, refused.value.status) == (reason, 403)
    assert advice in refused.value.detail
    assert route.call_count == 1


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


async def test_an_answer_that_names_nobody_is_an_error(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    api.get("/me").respond(json={"display_name": "L"})
    with pytest.raises(SpotifyError):
        await spotify.me(tokens)


async def test_tokens_never_reach_the_log(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router, capsys: pytest.CaptureFixture[str]
) -> None:
    api.get("/me").mock(return_value=fault(400, "x"))
    with pytest.raises(SpotifyError):
        await spotify.me(tokens)
    printed = "".join(capsys.readouterr())
    assert "spotify.refused" in printed
    assert "token-1" not in printed

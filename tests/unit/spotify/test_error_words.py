"""Every way in which Spotify fails, and what a person then reads: as a page and as a problem document."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import respx
from starlette.requests import Request

from app.errors import AppError
from app.problems import Problems
from app.settings import Settings
from app.spotify.client import SpotifyClient
from app.templating import Templating
from tests.fakes import FakeClock
from tests.unit.spotify.answers import API, ID, SONG, Tokens, fault, in_time

pytestmark = pytest.mark.anyio

Call = Callable[[SpotifyClient, Tokens], Awaitable[object]]
CALLS: dict[str, Call] = {
    "songs": lambda spotify, tokens: spotify.saved_tracks(tokens, offset=0),
    "playlists": lambda spotify, tokens: spotify.my_playlists(tokens, offset=0),
    "entries": lambda spotify, tokens: spotify.playlist_items(tokens, ID, offset=0),
    "make": lambda spotify, tokens: spotify.create_playlist(tokens, name="n", description=""),
    "add": lambda spotify, tokens: spotify.add_items(tokens, ID, [SONG], position=0),
}
AGAIN, NOTHING = "/auth/spotify?renew=true", None


@dataclass(frozen=True)
class Told:
    """What a person is told: machine name, status, words of title and detail, where the action leads."""

    code: str
    status: int
    title: str
    detail: str
    action: str | None = NOTHING
    retry_after: float | None = None


def text(status: int, body: str, **headers: str) -> httpx.Response:
    return httpx.Response(
        status, text=body, headers={name.replace("_", "-"): v for name, v in headers.items()}
    )


NOT_REGISTERED = Told(
    "spotify-not-registered", 403, "does not let this account use the app", "under Users", AGAIN
)
NO_PREMIUM = Told("spotify-owner-without-premium", 503, "paused this app", "a few hours", "/setup")
FOREIGN = Told("spotify-foreign-playlist", 403, "does not open this playlist", "those you collaborate on")
REMOVED = Told("spotify-removed", 502, "no longer answers this", "SPOTIFY_APP_MODE", "/setup")
OURS = Told("spotify-error", 502, "no usable answer", "a fault of this program")
DOWN = Told("spotify-unavailable", 503, "does not answer", "Nothing was changed")
UNKNOWN = Told("spotify-outcome-unknown", 503, "does not answer", "not sure whether the change was made")


def permission(words: str) -> Told:
    return Told("spotify-missing-permission", 403, "A permission is missing", words, AGAIN)


def pause(seconds: float) -> Told:
    return Told("spotify-pause", 503, "a short pause", "Try again", NOTHING, seconds)


def quota(seconds: float) -> Told:
    return Told("spotify-quota", 503, "limit for this app is used up", "no more calls", NOTHING, seconds)


SCOPE = fault(403, "Insufficient client scope")
TABLE: list[tuple[str, httpx.Response | Exception, Told]] = [
    ("songs", text(403, "User not registered in the Developer Dashboard"), NOT_REGISTERED),
    (
        "songs",
        fault(
            403, "The user is not registered for this application. Please check your settings on https://x"
        ),
        NOT_REGISTERED,
    ),
    ("make", text(403, "Active premium subscription required for the owner of the app. When"), NO_PREMIUM),
    ("songs", SCOPE, permission("read your Liked Songs (user-library-read)")),
    ("playlists", SCOPE, permission("see your playlists (playlist-read-private)")),
    ("entries", SCOPE, permission("see your playlists (playlist-read-private)")),
    ("make", SCOPE, permission("make and change playlists (playlist-modify-private)")),
    ("add", SCOPE, permission("make and change playlists (playlist-modify-private)")),
    ("songs", httpx.Response(403, json={"error": "Insufficient client scope"}), permission("Liked Songs")),
    ("songs", fault(401, "Permissions missing"), permission("read your Liked Songs")),
    ("entries", fault(403, "Forbidden"), FOREIGN),
    ("add", fault(403, "Forbidden"), FOREIGN),
    ("entries", httpx.Response(403, html="<html>no</html>"), FOREIGN),
    ("songs", fault(403, "Forbidden"), REMOVED),
    ("make", fault(403, "You cannot create a playlist for another user"), REMOVED),
    ("songs", httpx.Response(403), REMOVED),
    ("songs", httpx.Response(403, json=["odd"]), REMOVED),
    (
        "songs",
        fault(401, "Invalid access token"),
        Told("spotify-reconnect", 401, "Connect to Spotify again", "just renewed", AGAIN),
    ),
    ("entries", fault(404, "Not found"), Told("spotify-not-found", 404, "does not have this", "any more")),
    ("add", text(413, ""), Told("spotify-too-large", 502, "too large", "256 KB")),
    ("songs", text(414, "URI Too Long"), OURS),
    ("songs", fault(400, "Invalid limit"), OURS),
    ("songs", httpx.Response(302, headers={"Location": "https://canary.example"}), OURS),
    ("playlists", text(429, "Too many requests", Retry_After="3"), pause(3)),
    ("playlists", fault(429, "API rate limit exceeded"), pause(5)),
    ("playlists", text(429, "Too many requests", Retry_After="31"), quota(31)),
    (
        "playlists",
        fault(429, "Too many requests", reason="QUOTA_EXCEEDED", retry_after="21600"),
        quota(21600),
    ),
    ("playlists", fault(429, "Too many requests", reason="QUOTA_EXCEEDED"), quota(3600)),
    ("playlists", httpx.Response(500), DOWN),
    ("playlists", httpx.Response(502, html="<html>canary</html>"), DOWN),
    ("playlists", fault(503, "canary"), DOWN),
    ("playlists", httpx.Response(504), DOWN),
    ("playlists", httpx.Response(200, html="<html>canary</html>"), DOWN),
    ("playlists", httpx.ConnectError("canary"), DOWN),
    ("playlists", httpx.ReadTimeout("canary"), DOWN),
    ("make", httpx.ConnectError("canary"), DOWN),
    ("make", httpx.ReadTimeout("canary"), UNKNOWN),
    ("add", httpx.Response(502, html="<html>canary</html>"), UNKNOWN),
]


async def failure(call: Call, spotify: SpotifyClient, tokens: Tokens, clock: FakeClock) -> AppError:
    with pytest.raises(AppError) as raised:
        await in_time(clock, call(spotify, tokens))
    return raised.value


def asked_by(**headers: str) -> Request:
    app = SimpleNamespace(state=SimpleNamespace())
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": "/scan",
        "query_string": b"",
        "app": app,
    }
    return Request(scope | {"headers": [(k.encode(), v.encode()) for k, v in headers.items()], "state": {}})


async def nobody(_: Request) -> None:
    """Nobody is signed in."""


@pytest.fixture(scope="module")
def problems() -> Problems:
    return Problems(Templating(Settings(_env_file=None)), know_user=nobody)


@pytest.mark.parametrize(("call", "answer", "told"), TABLE)
async def test_a_person_is_told_what_happened_and_what_to_do(
    call: str,
    answer: httpx.Response | Exception,
    told: Told,
    spotify: SpotifyClient,
    tokens: Tokens,
    clock: FakeClock,
    problems: Problems,
) -> None:
    with respx.mock(base_url=API) as api:
        api.route().mock(side_effect=answer if isinstance(answer, Exception) else lambda _: answer)
        error = await failure(CALLS[call], spotify, tokens, clock)

    assert (error.code, error.status, error.retry_after) == (told.code, told.status, told.retry_after)
    assert told.title in error.title
    assert told.detail in error.detail
    assert (error.action and error.action.href) == told.action

    document = problems.respond(asked_by(accept="application/json"), error)
    assert (document.status_code, document.headers["content-type"]) == (
        told.status,
        "application/problem+json",
    )
    page = problems.respond(asked_by(accept="text/html"), error)
    assert page.status_code == told.status
    for shown in (bytes(document.body).decode(), bytes(page.body).decode()):
        assert told.title in shown
        assert told.detail in shown
        assert "canary" not in shown
    assert (told.action or "/").replace("&", "&amp;") in bytes(page.body).decode()
    assert document.headers.get("retry-after") == (f"{told.retry_after:.0f}" if told.retry_after else None)


async def test_a_removed_endpoint_is_logged_for_the_operator(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router, capsys: pytest.CaptureFixture[str]
) -> None:
    api.get("/me/tracks").mock(return_value=fault(403, "Forbidden"))
    with pytest.raises(AppError):
        await spotify.saved_tracks(tokens, offset=0)
    printed = capsys.readouterr().out
    assert "spotify.endpoint_removed" in printed
    assert "GET /me/tracks" in printed
    assert "SPOTIFY_APP_MODE" in printed


async def test_a_permission_that_is_missing_is_no_old_token(
    spotify: SpotifyClient, tokens: Tokens, api: respx.Router
) -> None:
    route = api.get("/me/tracks").mock(return_value=fault(401, "Permissions missing"))
    with pytest.raises(AppError):
        await spotify.saved_tracks(tokens, offset=0)
    assert route.call_count == 1
    assert tokens.rejected == []

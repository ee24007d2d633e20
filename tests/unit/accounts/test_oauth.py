import base64
import hashlib
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
import respx

from app.accounts.errors import ClientRefusedError, GrantRefusedError
from app.accounts.oauth import SpotifyOAuth
from app.settings import Settings
from app.upstream.errors import RateLimitedError, UnavailableError
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio

TOKEN_URL = "https://accounts.spotify.com/api/token"
GRANT = {
    "access_token": "at",
    "token_type": "Bearer",
    "scope": "a b",
    "expires_in": 3600,
    "refresh_token": "rt",
}


def settings(**changes: object) -> Settings:
    return Settings(_env_file=None, spotify_client_id="client", contact="me@example.com", **changes)


@pytest.fixture
async def oauth(clock: FakeClock) -> AsyncIterator[SpotifyOAuth]:
    client = SpotifyOAuth(settings(), clock)
    yield client
    await client.close()


@pytest.fixture
def token_service() -> Iterator[respx.Route]:
    with respx.mock:
        yield respx.post(TOKEN_URL)


def sent(route: respx.Route) -> dict[str, str]:
    return dict(parse_qsl(route.calls.last.request.content.decode()))


async def test_the_consent_page_gets_the_challenge_and_never_the_verifier(oauth: SpotifyOAuth) -> None:
    verifier = "v" * 86
    url = oauth.authorization_url(state="st.ate", verifier=verifier)
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    digest = hashlib.sha256(verifier.encode()).digest()
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://accounts.spotify.com/authorize"
    assert query == {
        "client_id": "client",
        "response_type": "code",
        "redirect_uri": "http://127.0.0.1:8000/auth/spotify/callback",
        "state": "st.ate",
        "scope": "user-library-read playlist-read-private playlist-read-collaborative "
        "playlist-modify-private",
        "code_challenge_method": "S256",
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
    }


async def test_a_feature_asks_for_its_permission_beside_the_usual(oauth: SpotifyOAuth) -> None:
    usual, more = (
        parse_qs(urlsplit(oauth.authorization_url(state="s", verifier="v" * 43, features=features)).query)
        for features in ((), ("unfollow",))
    )
    assert more["scope"] == [f"{usual['scope'][0]} playlist-modify-public"]


async def test_a_code_is_exchanged_with_the_verifier(
    oauth: SpotifyOAuth, token_service: respx.Route, clock: FakeClock
) -> None:
    token_service.respond(json=GRANT)
    grant = await oauth.exchange("co/de +&=%", "verifier")
    assert sent(token_service) == {
        "grant_type": "authorization_code",
        "code": "co/de +&=%",
        "redirect_uri": "http://127.0.0.1:8000/auth/spotify/callback",
        "code_verifier": "verifier",
        "client_id": "client",
    }
    assert "authorization" not in token_service.calls.last.request.headers
    assert (grant.access_token, grant.refresh_token, grant.scope) == ("at", "rt", "a b")
    assert grant.expires_at == clock.now() + timedelta(hours=1)


async def test_a_client_secret_goes_into_the_header_and_pkce_stays(
    clock: FakeClock, token_service: respx.Route
) -> None:
    token_service.respond(json=GRANT)
    oauth = SpotifyOAuth(settings(spotify_client_secret="hush"), clock)
    await oauth.exchange("code", "verifier")
    await oauth.close()
    expected = base64.b64encode(b"client:hush").decode()
    assert token_service.calls.last.request.headers["authorization"] == f"Basic {expected}"
    assert sent(token_service)["code_verifier"] == "verifier"
    assert "hush" not in token_service.calls.last.request.content.decode()


@pytest.mark.parametrize("answer", [{}, {"refresh_token": ""}, {"refresh_token": None}])
async def test_a_refresh_may_bring_no_new_refresh_token(
    oauth: SpotifyOAuth, token_service: respx.Route, answer: dict[str, str | None]
) -> None:
    token_service.respond(json={"access_token": "new", "expires_in": 3600, **answer})
    grant = await oauth.refresh("old")
    assert sent(token_service) == {
        "grant_type": "refresh_token",
        "refresh_token": "old",
        "client_id": "client",
    }
    assert (grant.access_token, grant.refresh_token) in {("new", None), ("new", "old")}


async def test_a_refresh_may_bring_one(oauth: SpotifyOAuth, token_service: respx.Route) -> None:
    token_service.respond(json=GRANT)
    assert (await oauth.refresh("old")).refresh_token == "rt"


@pytest.mark.parametrize(
    "description",
    ["Invalid authorization code", "Refresh token revoked", "code_verifier was incorrect", None],
)
async def test_a_refused_grant(
    oauth: SpotifyOAuth, token_service: respx.Route, description: str | None
) -> None:
    token_service.respond(400, json={"error": "invalid_grant", "error_description": description})
    with pytest.raises(GrantRefusedError):
        await oauth.exchange("code", "verifier")


@pytest.mark.parametrize(
    ("status", "error", "description"),
    [
        (400, "invalid_client", "Invalid client secret"),
        (401, "invalid_client", "Invalid client"),
        (400, "invalid_grant", "Invalid redirect URI"),
        (400, "unauthorized_client", None),
    ],
)
async def test_a_refused_installation(
    oauth: SpotifyOAuth, token_service: respx.Route, status: int, error: str, description: str | None
) -> None:
    token_service.respond(status, json={"error": error, "error_description": description})
    with pytest.raises(ClientRefusedError):
        await oauth.exchange("code", "verifier")


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500, text="<html>"),
        httpx.Response(503, json={"error": "invalid_grant"}),
        httpx.Response(400, text="not JSON"),
        httpx.Response(400, json={"error": "server_error"}),
        httpx.Response(400, json={"error": {"status": 400}}),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={}),
        httpx.Response(200, json={"access_token": ""}),
        httpx.Response(200, json={"access_token": "at", "expires_in": "soon"}),
        httpx.Response(200, text=""),
    ],
)
async def test_answers_of_no_use_say_nothing_about_the_grant(
    oauth: SpotifyOAuth, token_service: respx.Route, answer: httpx.Response
) -> None:
    token_service.mock(return_value=answer)
    with pytest.raises(UnavailableError):
        await oauth.refresh("old")


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ReadTimeout, httpx.RemoteProtocolError])
async def test_a_network_that_fails(
    oauth: SpotifyOAuth, token_service: respx.Route, error: type[httpx.RequestError]
) -> None:
    token_service.mock(side_effect=error)
    with pytest.raises(UnavailableError):
        await oauth.refresh("old")


async def test_too_many_token_calls_say_when_to_come_back(
    oauth: SpotifyOAuth, token_service: respx.Route
) -> None:
    token_service.respond(429, headers={"Retry-After": "17"}, text="Too many requests")
    with pytest.raises(RateLimitedError) as raised:
        await oauth.refresh("old")
    assert raised.value.retry_after == 17


async def test_a_redirect_is_not_followed(oauth: SpotifyOAuth, token_service: respx.Route) -> None:
    elsewhere = respx.post("https://evil.example/").respond(json=GRANT)
    token_service.respond(307, headers={"Location": "https://evil.example/"})
    with pytest.raises(UnavailableError):
        await oauth.exchange("code", "verifier")
    assert not elsewhere.called


async def test_the_addresses_come_from_the_settings(clock: FakeClock) -> None:
    oauth = SpotifyOAuth(settings(spotify_accounts_url="http://127.0.0.1:9/accounts/"), clock)
    assert oauth.authorization_url(state="s", verifier="v" * 43).startswith(
        "http://127.0.0.1:9/accounts/authorize?"
    )
    with respx.mock:
        route = respx.post("http://127.0.0.1:9/accounts/api/token").respond(json=GRANT)
        await oauth.exchange("code", "verifier")
    await oauth.close()
    assert route.call_count == 1


async def test_tokens_are_not_in_what_a_log_would_show(
    oauth: SpotifyOAuth, token_service: respx.Route
) -> None:
    token_service.respond(json={**GRANT, "access_token": "canary-a", "refresh_token": "canary-r"})
    assert "canary" not in repr(await oauth.exchange("code", "verifier"))

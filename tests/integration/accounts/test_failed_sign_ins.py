import httpx
import pytest

from app.settings import Settings
from tests.integration.accounts.journey import (
    CODE,
    Browser,
    JumpingClock,
    Spotify,
    called_back,
    running,
    signed_in,
    started,
    who,
)

pytestmark = pytest.mark.anyio


async def problem(client: httpx.AsyncClient, **answer: str) -> tuple[int, str]:
    """Come back from Spotify as a program, and return the problem's status and code."""
    response = await client.get(
        "/auth/spotify/callback", params=answer, headers={"sec-fetch-mode": "cors", "accept": "*/*"}
    )
    assert response.headers["content-type"] == "application/problem+json"
    assert "set-cookie" not in response.headers
    return response.status_code, response.json()["type"].removeprefix("urn:genre-sorter:")


async def test_cancelled_at_spotify(browser: Browser, spotify: Spotify) -> None:
    client = browser()
    asked = await started(client)
    assert await problem(client, error="access_denied", state=asked["state"]) == (403, "sign-in-denied")
    assert await problem(client, code=CODE, state=asked["state"]) == (400, "sign-in-replayed")
    assert not spotify.token.called


async def test_too_late(browser: Browser, jumping: JumpingClock, spotify: Spotify) -> None:
    client = browser()
    asked = await started(client)
    jumping.jump(minutes=10)
    assert await problem(client, code=CODE, state=asked["state"]) == (400, "sign-in-expired")
    assert not spotify.token.called


async def test_a_state_works_once(browser: Browser, spotify: Spotify) -> None:
    client = browser()
    asked = await started(client)
    copied = dict(client.cookies)
    await called_back(client, code=CODE, state=asked["state"])
    assert await problem(client, code=CODE, state=asked["state"]) == (400, "sign-in-replayed")
    other = browser()
    other.cookies.update(copied)
    assert await problem(other, code=CODE, state=asked["state"]) == (400, "sign-in-replayed")
    assert await who(client) == "acc-anna"
    assert spotify.token.call_count == 1


async def test_another_browser(browser: Browser, spotify: Spotify) -> None:
    asked = await started(browser())
    stranger = browser()
    assert await problem(stranger, code=CODE, state=asked["state"]) == (400, "sign-in-foreign-state")
    await started(stranger)
    assert await problem(stranger, code=CODE, state=asked["state"]) == (400, "sign-in-foreign-state")
    assert not spotify.token.called


@pytest.mark.parametrize("answer", [{}, {"code": CODE}, {"code": CODE, "state": "x.1.y"}, {"state": "é"}])
async def test_nonsense(browser: Browser, answer: dict[str, str]) -> None:
    client = browser()
    await started(client)
    assert await problem(client, **answer) == (400, "sign-in-foreign-state")


@pytest.mark.parametrize("allowed", ["anna", "acc-anna"])
async def test_the_list_lets_in_whom_it_names(
    settings: Settings, jumping: JumpingClock, spotify: Spotify, allowed: str
) -> None:
    listed = settings.model_copy(update={"allowed_users": (allowed,)})
    async with running(listed, jumping) as browser:
        assert await who(await signed_in(browser())) == "acc-anna"


async def test_the_list_keeps_out_everybody_else(
    settings: Settings, jumping: JumpingClock, spotify: Spotify
) -> None:
    listed = settings.model_copy(update={"allowed_users": ("bert",)})
    async with running(listed, jumping) as browser:
        client = browser()
        asked = await started(client)
        response = await called_back(client, code=CODE, state=asked["state"])
        assert response.status_code == 403
        assert "acc-anna" in response.text
        assert 'href="mailto:me@example.com"' in response.text
        assert await who(client) is None


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (httpx.Response(403, text="User not registered in the Developer Dashboard"), "not-registered"),
        (httpx.Response(403, json={"error": {"status": 403, "message": "Forbidden"}}), "not-registered"),
        (
            httpx.Response(403, text="Active premium subscription required for the owner of the app."),
            "owner-without-premium",
        ),
        (httpx.Response(401, json={"error": {"status": 401}}), "spotify-down"),
        (httpx.Response(429, headers={"Retry-After": "9"}), "spotify-down"),
        (httpx.Response(500, text="<html>canary-body"), "spotify-down"),
        (httpx.Response(200, json={"display_name": "no id"}), "spotify-down"),
    ],
)
async def test_spotify_does_not_tell_who_it_is(
    browser: Browser, spotify: Spotify, answer: httpx.Response, expected: str
) -> None:
    spotify.me.mock(return_value=answer)
    client = browser()
    asked = await started(client)
    status, code = await problem(client, code=CODE, state=asked["state"])
    assert code == f"sign-in-{expected}"
    assert status in {403, 503}
    assert await who(client) is None


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (httpx.Response(400, json={"error": "invalid_grant"}), "expired"),
        (httpx.Response(400, json={"error": "invalid_client"}), "misconfigured"),
        (
            httpx.Response(400, json={"error": "invalid_grant", "error_description": "Invalid redirect URI"}),
            "misconfigured",
        ),
        (httpx.Response(502, text="<html>"), "spotify-down"),
        (httpx.ConnectError("canary"), "spotify-down"),
    ],
)
async def test_spotify_gives_no_tokens(
    browser: Browser, spotify: Spotify, answer: httpx.Response | Exception, expected: str
) -> None:
    spotify.token.side_effect = [answer]
    client = browser()
    asked = await started(client)
    assert (await problem(client, code=CODE, state=asked["state"]))[1] == f"sign-in-{expected}"
    assert not spotify.me.called


@pytest.mark.parametrize(
    ("error", "expected"),
    [("server_error", "spotify-down"), ("invalid_scope", "misconfigured"), ("anything", "spotify-down")],
)
async def test_spotify_sends_an_error_along(browser: Browser, error: str, expected: str) -> None:
    client = browser()
    asked = await started(client)
    assert (await problem(client, error=error, state=asked["state"]))[1] == f"sign-in-{expected}"


async def test_a_refused_fresh_token_is_not_tried_again(browser: Browser, spotify: Spotify) -> None:
    spotify.me.respond(401, json={"error": {"status": 401, "message": "Invalid access token"}})
    client = browser()
    asked = await started(client)
    await problem(client, code=CODE, state=asked["state"])
    assert (spotify.token.call_count, spotify.me.call_count) == (1, 1)


async def test_a_failed_sign_in_leaves_the_session_alone(browser: Browser) -> None:
    client = await signed_in(browser())
    asked = await started(client)
    await problem(client, error="access_denied", state=asked["state"])
    assert await who(client) == "acc-anna"


async def test_waiting_is_asked_for_as_spotify_asks_for_it(browser: Browser, spotify: Spotify) -> None:
    spotify.token.side_effect = [httpx.Response(429, headers={"Retry-After": "9"})]
    client = browser()
    asked = await started(client)
    response = await called_back(client, code=CODE, state=asked["state"])
    assert (response.status_code, response.headers["retry-after"]) == (503, "9")
    assert "needs a pause" in response.text


async def test_a_browser_gets_one_clean_page(browser: Browser) -> None:
    client = browser()
    response = await called_back(client, code=CODE, state="<script>alert(1)</script>")
    assert response.status_code == 400
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "This is not the sign-in that this browser started last." in response.text
    assert 'href="/auth/spotify"' in response.text
    assert "<script>alert" not in response.text
    assert CODE not in response.text


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            httpx.Response(400, json={"error": "invalid_grant", "error_description": "Invalid redirect URI"}),
            "http://127.0.0.1:8000/auth/spotify/callback",
        ),
        (
            httpx.Response(
                400, json={"error": "invalid_client", "error_description": "Invalid client secret"}
            ),
            "SPOTIFY_CLIENT_SECRET",
        ),
        (httpx.Response(401, json={"error": "invalid_client"}), "SPOTIFY_CLIENT_ID"),
    ],
)
async def test_wrong_settings_are_named_and_lead_to_the_set_up(
    browser: Browser, spotify: Spotify, answer: httpx.Response, words: str
) -> None:
    spotify.token.side_effect = [answer]
    client = browser()
    asked = await started(client)
    page = await called_back(client, code=CODE, state=asked["state"])
    assert page.status_code == 503
    assert "Spotify settings are wrong." in page.text
    assert words in page.text
    assert 'href="/setup"' in page.text


@pytest.mark.parametrize(
    "description", ["Invalid authorization code", "Authorization code expired", "code_verifier was incorrect"]
)
async def test_a_code_of_no_use_asks_to_sign_in_again(
    browser: Browser, spotify: Spotify, description: str
) -> None:
    spotify.token.side_effect = [
        httpx.Response(400, json={"error": "invalid_grant", "error_description": description})
    ]
    client = browser()
    asked = await started(client)
    page = await called_back(client, code=CODE, state=asked["state"])
    assert page.status_code == 400
    assert "Sign in again" in page.text
    assert description not in page.text


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("User not registered in the Developer Dashboard", "name your account to Spotify"),
        ("Active premium subscription required for the owner of the app.", "no Premium subscription"),
    ],
)
async def test_an_account_that_spotify_keeps_out_is_told_so_at_sign_in(
    browser: Browser, spotify: Spotify, body: str, words: str
) -> None:
    spotify.me.mock(return_value=httpx.Response(403, text=body))
    client = browser()
    asked = await started(client)
    page = await called_back(client, code=CODE, state=asked["state"])
    assert words in page.text
    assert ('href="/auth/spotify?renew=true"' in page.text) == ("name your" in words)
    assert await who(client) is None

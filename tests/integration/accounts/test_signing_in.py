import asyncio
import base64
import hashlib
import re
from html import unescape
from http.cookies import Morsel, SimpleCookie
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.integration.accounts.journey import (
    CODE,
    FORM,
    Browser,
    JumpingClock,
    Spotify,
    called_back,
    signed_in,
    started,
    who,
)

pytestmark = pytest.mark.anyio


def cookies_set(response: httpx.Response) -> dict[str, Morsel[str]]:
    return {
        name: morsel
        for line in response.headers.get_list("set-cookie")
        for name, morsel in SimpleCookie(line).items()
    }


async def test_the_whole_way(browser: Browser, spotify: Spotify) -> None:
    client = browser()
    asked = await started(client, "/genres?family=metal")
    response = await called_back(client, code=CODE, state=asked["state"])
    assert response.status_code == 303
    assert response.headers["location"] == "/genres?family=metal"
    session = (await client.get("/session")).json()
    assert session.pop("reconnectBy") > "2026"
    assert session == {
        "authenticated": True,
        "demo": False,
        "user": {"id": "acc-anna", "name": "Anna", "avatar": None},
        "spotifyConnected": True,
    }
    assert spotify.token.call_count == 1
    assert spotify.me.call_count == 1
    assert spotify.me.calls.last.request.headers["authorization"] == "Bearer canary-access"


async def test_an_account_of_the_older_kind(browser: Browser, spotify: Spotify) -> None:
    pictures = [{"url": "https://i.scdn.co/image/anna"}, {"url": "https://i.scdn.co/image/small"}]
    spotify.me.respond(json={"id": "anna", "display_name": None, "images": pictures})
    session = (await (await signed_in(browser())).get("/session")).json()
    assert session["user"] == {"id": "anna", "name": "anna", "avatar": "https://i.scdn.co/image/anna"}


async def test_nobody_is_signed_in_at_first(browser: Browser) -> None:
    assert (await browser().get("/session")).json() == {
        "authenticated": False,
        "demo": False,
        "user": None,
        "spotifyConnected": False,
        "reconnectBy": None,
    }


async def test_the_challenge_fits_the_verifier_that_is_sent(browser: Browser, spotify: Spotify) -> None:
    client = browser()
    asked = await started(client)
    await called_back(client, code=CODE, state=asked["state"])
    verifier = spotify.sent[0]["code_verifier"]
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    assert asked["code_challenge_method"] == "S256"
    assert asked["code_challenge"] == challenge
    assert asked["redirect_uri"] == spotify.sent[0]["redirect_uri"]
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/auth/spotify/callback"


@pytest.mark.parametrize(
    "address",
    [
        "/genres/city%20pop?match=lead&sort=name",
        "/genres/r%26b",
        "/genres/what%3F",
        "/genres/%E6%BC%94%E6%AD%8C?q=a%20b%2Bc",
        "/genres?family=pop&q=" + "x" * 600,
    ],
)
async def test_whose_session_has_ended_comes_back_to_the_very_page(browser: Browser, address: str) -> None:
    client = browser()
    start = (await client.get(address)).headers["location"]
    (sign_in,) = re.findall(r'href="(/auth/spotify\?[^"]*)"', (await client.get(start)).text)
    state = parse_qs(urlsplit((await client.get(unescape(sign_in))).headers["location"]).query)["state"][0]
    assert (await called_back(client, code=CODE, state=state)).headers["location"] == address


async def test_the_way_back_never_leaves_this_host(browser: Browser) -> None:
    client = browser()
    asked = await started(client, "//evil.example/x")
    response = await called_back(client, code=CODE, state=asked["state"])
    assert response.headers["location"] == "/"


async def test_cookies_on_loopback(browser: Browser) -> None:
    client = browser()
    start = await client.get("/auth/spotify")
    signin = cookies_set(start)["genre_sorter_signin"]
    assert signin["max-age"] == "600"
    state = start.headers["location"].partition("state=")[2].partition("&")[0]
    response = await called_back(client, code=CODE, state=state)
    dropped, session = (
        cookies_set(response)["genre_sorter_signin"],
        cookies_set(response)["genre_sorter_session"],
    )
    assert dropped["max-age"] == "0"
    for morsel in (signin, dropped, session):
        assert morsel["httponly"]
        assert morsel["samesite"] == "lax"
        assert morsel["path"] == "/"
        assert not morsel["secure"]
        assert not morsel["domain"]


@pytest.mark.parametrize("base_url", ["https://sorter.example"])
async def test_cookies_over_https_belong_to_the_host(browser: Browser, base_url: str) -> None:
    client = browser()
    start = await client.get("/auth/spotify")
    state = start.headers["location"].partition("state=")[2].partition("&")[0]
    response = await called_back(client, code=CODE, state=state)
    session = cookies_set(response)["__Host-session"]
    for morsel in (cookies_set(start)["__Host-signin"], cookies_set(response)["__Host-signin"], session):
        assert morsel["secure"]
        assert morsel["httponly"]
        assert morsel["samesite"] == "lax"
        assert morsel["path"] == "/"
        assert not morsel["domain"]
    assert await who(client) == "acc-anna"


async def test_a_planted_session_is_replaced(browser: Browser) -> None:
    """Session fixation: whoever planted a cookie knows nothing about the session that follows."""
    attacker = await signed_in(browser())
    planted = attacker.cookies["genre_sorter_session"]
    victim = browser()
    victim.cookies.set("genre_sorter_session", planted, domain="127.0.0.1", path="/")
    await signed_in(victim)
    values = [cookie.value for cookie in victim.cookies.jar if cookie.name == "genre_sorter_session"]
    assert planted not in values
    assert await who(attacker) is None
    assert await who(victim) == "acc-anna"


async def test_two_callbacks_at_once_make_one_session(browser: Browser, spotify: Spotify) -> None:
    client = browser()
    asked = await started(client)
    responses = await asyncio.gather(
        *(called_back(client, code=CODE, state=asked["state"]) for _ in range(2))
    )
    assert sorted(response.status_code for response in responses) == [303, 400]
    assert sum("genre_sorter_session" in cookies_set(response) for response in responses) == 1
    assert spotify.token.call_count == 1


async def test_signing_out_kills_the_session_at_once(browser: Browser) -> None:
    client = await signed_in(browser())
    copy = browser()
    copy.cookies.update(client.cookies)
    assert await who(copy) == "acc-anna"
    response = await client.post("/auth/logout", headers=FORM)
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert cookies_set(response)["genre_sorter_session"]["max-age"] == "0"
    assert await who(copy) is None
    assert await who(client) is None


async def test_signing_out_twice_is_fine(browser: Browser) -> None:
    assert (await browser().post("/auth/logout", headers=FORM)).status_code == 303


async def test_signing_out_everywhere(browser: Browser) -> None:
    here, there = await signed_in(browser()), await signed_in(browser())
    response = await here.post("/auth/logout-everywhere", headers=FORM)
    assert (response.status_code, response.headers["location"]) == (303, "/")
    assert await who(here) is None
    assert await who(there) is None


async def test_signing_out_everywhere_needs_somebody(browser: Browser) -> None:
    response = await browser().post("/auth/logout-everywhere", headers={"sec-fetch-site": "same-origin"})
    assert response.status_code == 401


@pytest.mark.parametrize("path", ["/auth/logout", "/auth/logout-everywhere"])
async def test_no_other_site_and_no_link_signs_anybody_out(browser: Browser, path: str) -> None:
    client = await signed_in(browser())
    assert (await client.post(path)).status_code == 403
    assert (await client.get(path)).status_code == 405
    assert await who(client) == "acc-anna"


async def test_a_session_ends_by_server_time(browser: Browser, jumping: JumpingClock) -> None:
    client = await signed_in(browser())
    jumping.jump(days=6, hours=23)
    assert await who(client) == "acc-anna"
    jumping.jump(days=6, hours=23)
    assert await who(client) == "acc-anna"
    jumping.jump(days=7, seconds=1)
    assert await who(client) is None


async def test_no_session_outlives_thirty_days(browser: Browser, jumping: JumpingClock) -> None:
    client = await signed_in(browser())
    for _ in range(5):
        jumping.jump(days=5, hours=23)
        assert await who(client) == "acc-anna"
    jumping.jump(hours=6)
    assert await who(client) is None


async def test_private_answers_are_not_kept_by_the_browser(browser: Browser) -> None:
    client = await signed_in(browser())
    assert (await client.get("/session")).headers["cache-control"] == "no-store"

"""A permission more is asked for with all that was given before, and a no to it ends nothing."""

from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.accounts.oauth import SCOPES
from app.spotify.errors import COVERS_SCOPE, UNFOLLOW_SCOPE
from tests.integration.accounts.journey import (
    ACCESS,
    CODE,
    REFRESH,
    Browser,
    Spotify,
    called_back,
    signed_in,
    who,
)

pytestmark = pytest.mark.anyio


async def asked_for(client: httpx.AsyncClient, **params: str) -> dict[str, str]:
    """Ask for more, and return what Spotify's consent page was asked."""
    response = await client.get("/auth/spotify", params={"next": "/playlists", **params})
    query = parse_qs(urlsplit(response.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


def answer(scope: str) -> httpx.Response:
    tokens = {"access_token": ACCESS, "refresh_token": REFRESH, "expires_in": 3600, "scope": scope}
    return httpx.Response(200, json=tokens)


def give(spotify: Spotify, scope: str) -> None:
    spotify.token.side_effect = lambda _: answer(scope)


async def test_every_new_permission_is_asked_for_with_those_given_before(
    browser: Browser, spotify: Spotify
) -> None:
    client = await signed_in(browser())
    first = await asked_for(client, feature="unfollow")
    assert first["scope"] == f"{SCOPES} {UNFOLLOW_SCOPE}"
    give(spotify, first["scope"])
    back = await called_back(client, code=CODE, state=first["state"])
    assert back.headers["location"] == "/playlists"
    both = f"{SCOPES} {UNFOLLOW_SCOPE} {COVERS_SCOPE}"
    assert (await asked_for(client, feature="covers"))["scope"] == both
    assert (await asked_for(client, renew="true"))["scope"] == first["scope"]
    assert (await asked_for(client))["scope"] == SCOPES
    assert (await asked_for(browser(), feature="covers"))["scope"] == f"{SCOPES} {COVERS_SCOPE}"


async def test_a_usual_sign_in_elsewhere_loses_nothing_and_asks_the_web_api_for_nothing_more(
    browser: Browser, spotify: Spotify
) -> None:
    wide = f"{SCOPES} {UNFOLLOW_SCOPE}"
    give(spotify, wide)
    await signed_in(browser())
    spotify.token.side_effect = lambda request: answer(SCOPES if b"code" in request.content else wide)
    elsewhere = await signed_in(browser())
    assert (await asked_for(elsewhere, renew="true"))["scope"] == wide
    assert spotify.me.call_count == 2


async def test_a_no_to_a_permission_more_goes_back_with_the_session_and_says_so(
    browser: Browser, spotify: Spotify
) -> None:
    client = await signed_in(browser())
    calls = spotify.token.call_count
    asked = await asked_for(client, feature="unfollow", next="/playlists/runs/1")
    back = await called_back(client, error="access_denied", state=asked["state"])
    assert (back.status_code, back.headers["location"]) == (303, "/playlists/runs/1?refused=unfollow")
    assert await who(client) == "acc-anna"
    assert spotify.token.call_count == calls

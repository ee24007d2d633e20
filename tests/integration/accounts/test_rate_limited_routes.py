"""What a caller is told who asks too often, on every route with a limit of its own."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace

import httpx
import pytest
from limits import RateLimitItemPerMinute

from app.main import create_app
from app.rate_limits import RateLimit, RateLimits
from app.settings import Settings
from tests.integration.accounts.journey import PAGE, Browser, JumpingClock, Spotify, signed_in

pytestmark = pytest.mark.anyio

PROGRAM = {"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "accept": "*/*"}
MOST = 2
BY_ADDRESS = [
    ("sign_ins", "GET", "/auth/spotify"),
    ("sign_ins", "GET", "/auth/spotify/callback"),
    ("boards", "GET", "/api/scoreboard"),
    ("boards", "GET", "/api/leaderboard"),
    ("boards", "GET", "/api/recent-playlists"),
    ("boards", "GET", "/stats"),
    ("boards", "GET", "/api/listening"),
    ("boards", "GET", "/community"),
    ("boards", "GET", "/health"),
    ("requests", "GET", "/session"),
    ("requests", "GET", "/nothing"),
]
SOME = "0" * 22
BY_USER = [
    ("exports", "GET", "/api/privacy/export"),
    ("playing", "GET", "/api/now-playing"),
    ("playing", "GET", "/now-playing/line"),
    ("playing", "POST", "/now-playing/refresh"),
    ("changes", "POST", "/api/preferences"),
    ("changes", "POST", "/settings/display"),
    ("changes", "PUT", "/api/genres/corrections"),
    ("changes", "DELETE", "/api/genres/scan"),
    ("costly", "POST", "/scan"),
    ("costly", "POST", "/api/genres/scan"),
    ("costly", "POST", "/api/playlists/preview"),
    ("costly", "POST", "/api/playlists"),
    ("costly", "POST", "/api/playlists/refresh"),
    ("costly", "POST", f"/api/playlists/{SOME}/undo"),
    ("costly", "POST", "/api/playlists/contents"),
    ("costly", "POST", "/playlists/contents"),
    ("costly", "POST", "/playlists/preview"),
    ("costly", "POST", "/playlists/preview/x/revise"),
    ("costly", "POST", f"/playlists/{SOME}/refresh"),
]

Limited = Callable[[str], AbstractAsyncContextManager[Browser]]


@pytest.fixture
def limited(settings: Settings, jumping: JumpingClock, spotify: Spotify) -> Limited:
    """Run the app with one of its limits so low that a test reaches it."""

    @asynccontextmanager
    async def run(name: str) -> AsyncIterator[Browser]:
        low = RateLimit(jumping, RateLimitItemPerMinute(MOST))
        app = create_app(settings, clock=jumping)
        async with app.router.lifespan_context(app) as state:
            limits = replace(RateLimits.of(jumping), **{name: low})
            services = replace((state or {})["services"], limits=limits)

            async def served(scope, receive, send):  # noqa: ANN001, ANN202 - an ASGI app
                await app({**scope, "state": {"services": services}}, receive, send)

            yield lambda: httpx.AsyncClient(
                transport=httpx.ASGITransport(served),
                base_url=settings.public_url,
                headers=PAGE | {"x-forwarded-for": "192.0.2.1"},
            )

    return run


async def reach(client: httpx.AsyncClient, method: str, path: str) -> httpx.Response:
    """Ask as often as it may be asked, and once more."""
    for _ in range(MOST):
        assert (await client.request(method, path, headers=PROGRAM)).status_code != 429
    refused = await client.request(method, path, headers=PROGRAM)
    assert (refused.status_code, refused.headers["content-type"]) == (429, "application/problem+json")
    assert 0 < int(refused.headers["retry-after"]) <= 60
    assert refused.json()["type"] == "urn:genre-sorter:too-many-requests"
    return refused


@pytest.mark.parametrize(("name", "method", "path"), BY_ADDRESS)
async def test_an_address_has_its_share(
    limited: Limited, jumping: JumpingClock, name: str, method: str, path: str
) -> None:
    async with limited(name) as browser, browser() as client:
        await reach(client, method, path)
        elsewhere = PROGRAM | {"x-forwarded-for": "192.0.2.7"}
        assert (await client.request(method, path, headers=elsewhere)).status_code != 429
        jumping.jump(minutes=1)
        assert (await client.request(method, path, headers=PROGRAM)).status_code != 429


@pytest.mark.parametrize(("name", "method", "path"), BY_USER)
async def test_a_person_has_their_share(
    limited: Limited, jumping: JumpingClock, spotify: Spotify, name: str, method: str, path: str
) -> None:
    async with limited(name) as browser, browser() as anna, browser() as ben:
        await signed_in(anna)
        spotify.me.respond(json={"account_id": "acc-ben", "id": "ben", "display_name": "Ben", "images": []})
        await signed_in(ben)
        await reach(anna, method, path)
        assert (await ben.request(method, path, headers=PROGRAM)).status_code != 429
        jumping.jump(minutes=1)
        assert (await anna.request(method, path, headers=PROGRAM)).status_code != 429


async def test_a_browser_gets_a_page_and_what_watches_the_process_is_always_answered(
    limited: Limited,
) -> None:
    async with limited("requests") as browser, browser() as client:
        await reach(client, "GET", "/about")
        page = await client.get("/about")
        assert page.status_code == 429
        assert 0 < int(page.headers["retry-after"]) <= 60
        assert "Too many requests" in page.text
        assert "The next is taken in" in page.text
        assert page.headers["content-security-policy"]
        for path in ("/healthz", "/readyz", "/static/css/tokens.css"):
            assert (await client.get(path)).status_code == 200


async def test_the_machine_itself_may_ask_as_often_as_it_likes(limited: Limited) -> None:
    async with limited("requests") as browser, browser() as client:
        del client.headers["x-forwarded-for"]
        for _ in range(MOST + 1):
            assert (await client.get("/session", headers=PROGRAM)).status_code == 200
        client.headers["via"] = "1.1 proxy"
        await reach(client, "GET", "/session")


async def test_reading_is_no_change(limited: Limited) -> None:
    async with limited("changes") as browser, browser() as client:
        await signed_in(client)
        for _ in range(MOST + 1):
            assert (await client.get("/api/preferences", headers=PROGRAM)).status_code == 200

import httpx
import pytest
from starlette.types import ASGIApp

from tests.integration.demo.visitor import BASE_URL, Visitor

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("path", ["/", "/genres", "/simulators", "/simulated", "/static/simulator"])
async def test_everything_outside_the_prefix_is_the_app_s(app: ASGIApp, path: str) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=BASE_URL) as http:
        assert (await http.get(path)).text == "outside http"


@pytest.mark.parametrize("path", ["", "/", "/nothing", "/control/", "/open/track", "/accounts", "/docs"])
async def test_unknown_places_inside_are_not_found(visitor: Visitor, path: str) -> None:
    answer = await visitor.http.get(f"{BASE_URL}/simulator{path}")
    assert answer.status_code == 404
    assert "outside" not in answer.text


async def test_the_lifespan_is_the_app_s(app: ASGIApp) -> None:
    sent = []

    async def receive() -> dict[str, str]:
        return {"type": "lifespan.startup"}

    async def send(message: object) -> None:
        sent.append(message)

    await app({"type": "lifespan"}, receive, send)
    assert b"outside lifespan" in str(sent).encode()


@pytest.mark.parametrize("path", ["/accounts/authorize", "/api/v1/me", "/open/track/x", "/nothing"])
async def test_every_answer_is_guarded(visitor: Visitor, path: str) -> None:
    headers = (await visitor.http.get(path)).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")


async def test_large_bodies_are_refused_but_counted(signed_in: Visitor) -> None:
    large = b'{"name": "' + b"x" * 131_072 + b'"}'
    assert (await signed_in.api("POST", "/me/playlists", content=large)).status_code == 413

    async def unending() -> object:
        yield b"{}"

    assert (await signed_in.api("POST", "/me/playlists", content=unending())).status_code == 413
    assert (await signed_in.control())["calls"]["spotify"] == {"POST /v1/me/playlists": 2}

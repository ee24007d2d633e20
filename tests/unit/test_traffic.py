"""Counting behind the answer: it changes none, and a store that fails harms nobody."""

from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.testing import capture_logs

from app.kv.cached import CachedKV
from app.telemetry.service import AnalyticsService
from app.traffic import CountTraffic
from tests.fakes import FakeClock
from tests.unit.telemetry.counting import analytics_of

pytestmark = pytest.mark.anyio

BROWSER = {"sec-fetch-mode": "navigate"}


@pytest.fixture
def analytics(kv: CachedKV, clock: FakeClock) -> AnalyticsService:
    return analytics_of(kv, clock)


def client(app: ASGIApp, analytics: AnalyticsService) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(CountTraffic(app, lambda _: analytics))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", headers=BROWSER)


def streamed() -> Response:
    async def parts() -> AsyncIterator[bytes]:
        for part in (b"<p>", b"streamed"):
            yield part

    return StreamingResponse(parts(), media_type="text/html")


@pytest.mark.parametrize(
    ("answer", "counted"),
    [
        (HTMLResponse("page"), {"pageViews": 1, "uniqueVisitors": 1}),
        (streamed(), {"pageViews": 1, "uniqueVisitors": 1}),
        (HTMLResponse("page", status_code=404), {}),
        (HTMLResponse("page", status_code=500), {"errors": 1}),
        (JSONResponse({}, status_code=503), {"errors": 1}),
        (JSONResponse({}), {}),
        (Response(), {}),
    ],
)
async def test_what_is_counted(
    answer: Response, counted: dict[str, int], analytics: AnalyticsService
) -> None:
    async with client(answer, analytics) as http:
        assert (await http.get("/")).status_code == answer.status_code
    assert dict((await analytics.today()).totals) == counted


async def test_a_monitor_that_is_told_to_wait_is_no_failure(analytics: AnalyticsService) -> None:
    async with client(Response(status_code=503), analytics) as http:
        assert (await http.get("/readyz")).status_code == 503
    assert dict((await analytics.today()).totals) == {}


@pytest.mark.parametrize(
    ("agent", "views"),
    [
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", 0),
        ("Mozilla/5.0 (Linux; Android 6.0.1) Chrome/143.0.0.0 (compatible; bingbot/2.0)", 0),
        ("facebookexternalhit/1.1", 0),
        ("WhatsApp/2.23.20.0", 0),
        ("Slackbot-LinkExpanding 1.0", 0),
        ("Mozilla/5.0 (compatible; Baiduspider/2.0)", 0),
        ("Pingdom.com_bot_version_1.4", 0),
        ("Mozilla/5.0 (Linux; Android 12; CUBOT X50) AppleWebKit/537.36 Chrome/143.0.0.0", 1),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", 1),
        ("", 1),
    ],
)
async def test_robots_are_nobody(agent: str, views: int, analytics: AnalyticsService) -> None:
    async with client(HTMLResponse("page"), analytics) as http:
        await http.get("/", headers={"user-agent": agent})
    assert (await analytics.today()).totals.get("pageViews", 0) == views


async def test_a_store_that_fails_changes_no_answer(analytics: AnalyticsService, kv: CachedKV) -> None:
    await kv.close()
    with capture_logs() as lines:
        async with client(HTMLResponse("page"), analytics) as http:
            assert (await http.get("/")).text == "page"
    assert [line["event"] for line in lines] == ["traffic.not_counted"]


async def test_what_the_app_raises_is_passed_on_and_nothing_counted(analytics: AnalyticsService) -> None:
    async def failing(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise RuntimeError("in the middle of an answer")

    async with client(failing, analytics) as http:
        with pytest.raises(RuntimeError):
            await http.get("/")
    assert dict((await analytics.today()).totals) == {}


async def test_what_is_no_request_passes(analytics: AnalyticsService) -> None:
    seen = []

    async def app(scope: Scope, _receive: Receive, _send: Send) -> None:
        seen.append(scope["type"])

    async def nothing() -> dict[str, str]:
        return {}

    async def nowhere(_message: object) -> None:
        pass

    await CountTraffic(app, lambda _: analytics)({"type": "lifespan"}, nothing, nowhere)
    assert seen == ["lifespan"]

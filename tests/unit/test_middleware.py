"""Middleware over plain ASGI apps: what it adds, refuses and waits for."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.testing import capture_logs

from app.errors import AppError
from app.head_requests import HeadAsGet
from app.kv.errors import KVError
from app.middleware import CatchAll, CrossOrigin, FlushKV, HostCheck, RequestContext, SecurityHeaders
from app.problems import as_app_error
from app.settings import Settings

pytestmark = pytest.mark.anyio

SETTINGS = Settings(_env_file=None, base_url="http://127.0.0.1:8000")


def respond(_request: Request, error: Exception) -> Response:
    problem = as_app_error(error)
    return JSONResponse({"code": problem.code, "detail": problem.detail}, problem.status)


async def hello(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("hello")(scope, receive, send)


def client(app: ASGIApp, base_url: str = "http://127.0.0.1:8000") -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base_url)


async def test_every_answer_has_a_request_id_and_they_differ() -> None:
    async with client(RequestContext(hello)) as http:
        first, second = await http.get("/"), await http.get("/")
    assert len(first.headers["x-request-id"]) == 16
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


async def test_the_policy_carries_a_new_nonce_each_time_and_allows_no_inline_script() -> None:
    async with client(SecurityHeaders(hello, SETTINGS)) as http:
        first, second = await http.get("/"), await http.get("/")
    policy = first.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert "'nonce-" in policy
    assert "unsafe" not in policy
    assert policy != second.headers["content-security-policy"]
    assert first.headers["x-content-type-options"] == "nosniff"
    assert first.headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in first.headers


async def test_https_installations_send_hsts() -> None:
    settings = Settings(_env_file=None, base_url="https://genres.example", secret_key="s" * 32)
    async with client(SecurityHeaders(hello, settings), "https://genres.example") as http:
        assert (await http.get("/")).headers["strict-transport-security"].startswith("max-age=")


async def test_another_loopback_name_is_led_to_the_configured_one_with_its_query() -> None:
    async with client(HostCheck(hello, SETTINGS, respond), "http://localhost:8000") as http:
        answer = await http.get("/genres?q=a%20b")
    assert answer.status_code == 307
    assert answer.headers["location"] == "http://127.0.0.1:8000/genres?q=a%20b"


async def test_a_redirect_to_the_configured_name_keeps_what_is_escaped_in_the_path() -> None:
    async with client(HostCheck(hello, SETTINGS, respond), "http://localhost:8000") as http:
        answer = await http.get("/genres/100%25%3Fx%0D%0A")
    assert answer.headers["location"] == "http://127.0.0.1:8000/genres/100%25%3Fx%0D%0A"


@pytest.mark.parametrize(
    ("base_url", "host"),
    [
        ("http://127.0.0.1:8000", "127.0.0.1:8000"),
        ("http://127.0.0.1", "127.0.0.1:80"),
        ("https://genres.example", "Genres.Example"),
        ("https://genres.example", "genres.example:443"),
        ("https://genres.example:8443", "GENRES.example:8443"),
    ],
)
async def test_the_configured_name_is_known_however_a_client_writes_it(base_url: str, host: str) -> None:
    settings = Settings(_env_file=None, base_url=base_url, secret_key="s" * 32)
    async with client(HostCheck(hello, settings, respond)) as http:
        assert (await http.get("/", headers={"host": host})).status_code == 200


@pytest.mark.parametrize("host", ["[::1", "", "a b", "\u00e4"])
async def test_what_is_no_host_at_all_is_refused_like_an_unknown_one(host: str) -> None:
    async with client(HostCheck(hello, SETTINGS, respond)) as http:
        answer = await http.get("/", headers={"host": host.encode()})  # type: ignore[dict-item]
    assert answer.status_code == 421


@pytest.mark.parametrize(
    "base_url", ["http://evil.example", "http://192.168.1.5:8000", "http://127.0.0.1.evil.example"]
)
async def test_an_unknown_name_is_refused_and_both_addresses_are_named(base_url: str) -> None:
    async with client(HostCheck(hello, SETTINGS, respond), base_url) as http:
        answer = await http.get("/")
    assert answer.status_code == 421
    assert base_url.removeprefix("http://") in answer.json()["detail"]
    assert "http://127.0.0.1:8000" in answer.json()["detail"]


async def test_probes_answer_under_any_name() -> None:
    async with client(HostCheck(hello, SETTINGS, respond), "http://10.0.0.7:8000") as http:
        assert (await http.get("/healthz")).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "http://127.0.0.1:8000"}, 403),
        ({"origin": "http://127.0.0.1:8000"}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({}, 403),
        ({"authorization": "Bearer x"}, 200),
        ({"authorization": "Bearer x", "cookie": "a=b"}, 403),
    ],
)
async def test_what_changes_something_must_come_from_this_site(headers: dict[str, str], status: int) -> None:
    async with client(CrossOrigin(hello, SETTINGS, respond)) as http:
        assert (await http.post("/", headers=headers)).status_code == status
        assert (await http.get("/", headers=headers)).status_code == 200


class Flushes:
    """Counts flushes and can fail or take its time."""

    def __init__(self, error: Exception | None = None, *, owes: bool = True) -> None:
        self.owes = owes
        self.count = 0
        self.error = error
        self.gate = asyncio.Event()
        self.gate.set()

    async def flush(self, timeout_s: float | None = None) -> None:
        await self.gate.wait()
        self.count += 1
        if self.error:
            raise self.error


async def failing(scope: Scope, receive: Receive, send: Send) -> None:
    raise RuntimeError("secret inner message")


async def streaming(scope: Scope, receive: Receive, send: Send) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"a"
        yield b"b"

    await StreamingResponse(parts())(scope, receive, send)


@pytest.mark.parametrize("inner", [hello, streaming, CatchAll(failing, respond)])
async def test_the_queue_is_flushed_after_every_kind_of_answer(inner: ASGIApp) -> None:
    flushes = Flushes()
    async with client(FlushKV(inner, lambda _scope: flushes)) as http:
        await http.get("/")
    assert flushes.count == 1


async def test_nothing_is_flushed_where_all_is_durable() -> None:
    flushes = Flushes(owes=False)
    async with client(FlushKV(hello, lambda _scope: flushes)) as http:
        await http.get("/")
    assert flushes.count == 0


async def test_the_answer_is_sent_before_the_flush_begins() -> None:
    flushes = Flushes()
    flushes.gate.clear()
    sent: list[str] = []

    async def send(message: dict[str, object]) -> None:
        sent.append(str(message["type"]))

    app = FlushKV(hello, lambda _scope: flushes)
    request = asyncio.ensure_future(app({"type": "http", "method": "GET"}, _nothing_more, send))  # type: ignore[arg-type]
    for _ in range(5):
        await asyncio.sleep(0)
    assert sent == ["http.response.start", "http.response.body"]
    assert flushes.count == 0
    flushes.gate.set()
    await request
    assert flushes.count == 1


async def _nothing_more() -> dict[str, object]:
    return {"type": "http.disconnect"}


async def test_an_aborted_request_is_flushed_all_the_same() -> None:
    flushes = Flushes()
    started = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        started.set()
        await asyncio.sleep(3600)

    app = FlushKV(slow, lambda _scope: flushes)
    request = asyncio.ensure_future(app({"type": "http"}, _nothing_more, _nothing_more))  # type: ignore[arg-type]
    await started.wait()
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert flushes.count == 1


async def test_a_failed_flush_does_not_change_the_answer() -> None:
    async with client(FlushKV(hello, lambda _scope: Flushes(KVError("down")))) as http:
        assert (await http.get("/")).text == "hello"


async def test_an_unforeseen_error_is_a_500_that_tells_nothing_of_the_inside() -> None:
    async with client(CatchAll(failing, respond)) as http:
        answer = await http.get("/")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal-error"
    assert "secret" not in answer.text


async def test_a_browser_that_leaves_while_it_sends_is_no_fault_of_the_app() -> None:
    """Beacons are often cut off, and what failed is counted and looked after."""

    async def leaves() -> dict[str, object]:
        return {"type": "http.disconnect"}

    async def reading(scope: Scope, receive: Receive, send: Send) -> None:
        await Request(scope, receive).body()

    sent: list[object] = []

    async def send(message: object) -> None:
        sent.append(message)

    with capture_logs() as lines:
        await CatchAll(reading, respond)({"type": "http", "method": "POST"}, leaves, send)  # type: ignore[arg-type]
    assert [(line["event"], line["log_level"]) for line in lines] == [("request.cut_off", "info")]
    assert not sent


async def test_errors_of_services_keep_their_status() -> None:
    class TeapotError(AppError):
        status = 418
        code = "teapot"

    async def teapot(scope: Scope, receive: Receive, send: Send) -> None:
        raise TeapotError("short and stout")

    async with client(CatchAll(teapot, respond)) as http:
        answer = await http.get("/")
    assert (answer.status_code, answer.json()["code"]) == (418, "teapot")


async def test_a_stream_that_is_asked_for_by_head_ends_with_its_headers() -> None:
    async def endless(scope: Scope, receive: Receive, send: Send) -> None:
        async def parts() -> AsyncIterator[str]:
            while True:
                yield f"{scope['method']} "
                await asyncio.sleep(0)

        await StreamingResponse(parts())(scope, receive, send)

    async with client(HeadAsGet(endless)) as http:
        answer = await asyncio.wait_for(http.head("/"), 10)
    assert (answer.status_code, answer.content) == (200, b"")

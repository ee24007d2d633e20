"""The whole app over ASGI: headers, errors, static files and who may see what."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from starlette.types import Receive, Scope, Send
from structlog.testing import capture_logs

from app.accounts.crypto import Keyring
from app.main import create_app
from app.settings import Settings

pytestmark = pytest.mark.anyio

BASE = "http://127.0.0.1:8000"
BROWSER = {"accept": "text/html", "sec-fetch-mode": "navigate", "sec-fetch-site": "same-origin"}


@asynccontextmanager
async def running(
    tmp_path: Path, client: tuple[str, int] = ("127.0.0.1", 1), **values: object
) -> AsyncIterator[httpx.AsyncClient]:
    defaults: dict[str, object] = {"kv_url": f"sqlite:///{tmp_path}/kv.db"}
    app = create_app(Settings(_env_file=None, **(defaults | values)))  # type: ignore[arg-type]
    async with app.router.lifespan_context(app) as state:

        async def with_state(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "state": dict(state or {})}, receive, send)

        transport = httpx.ASGITransport(with_state, client=client)
        async with httpx.AsyncClient(transport=transport, base_url=BASE) as http:
            yield http


@pytest.fixture
async def http(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with running(tmp_path) as client:
        yield client


async def test_the_about_page_credits_the_sources_that_are_used(tmp_path: Path) -> None:
    own = {"spotify_client_id": "client", "contact": "me@example.com"}
    few = {"genre_sources": ("musicbrainz", "lastfm")}
    async with running(tmp_path, **own, **few) as http:
        page = (await http.get("/about")).text
        assert "CC BY-NC-SA 3.0" in page
        assert not any(name in page for name in ("Wikidata", "Last.fm", "ISRC", "inferred"))
    async with running(tmp_path, **own, lastfm_api_key="key") as http:
        page = (await http.get("/about")).text
        assert all(name in page for name in ("Wikidata", "Powered by AudioScrobbler", "ISRC", "inferred"))


@pytest.mark.parametrize("path", ["/", "/setup", "/about", "/style"])
async def test_open_pages_answer_with_the_security_headers(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path, headers=BROWSER)
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-request-id"]


async def test_a_missing_page_is_a_page_for_a_browser_and_a_document_for_a_program(
    http: httpx.AsyncClient,
) -> None:
    page, document = await http.get("/nothing", headers=BROWSER), await http.get("/nothing")
    assert page.status_code == document.status_code == 404
    assert page.headers["content-type"].startswith("text/html")
    assert document.headers["content-type"] == "application/problem+json"
    assert document.json()["instance"] == "/nothing"
    for answer in (page, document):
        assert answer.headers["content-security-policy"]


async def test_a_wrong_method_is_told_which_ones_are_right(http: httpx.AsyncClient) -> None:
    answer = await http.put("/api/genres", headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"


async def test_a_forms_address_that_is_opened_anew_says_what_it_is_for(http: httpx.AsyncClient) -> None:
    page = await http.get("/operator/session", headers=BROWSER)
    assert page.status_code == 405
    assert "It takes what a form on another page sends. Nothing was changed." in page.text


OPEN = ["/", "/about", "/healthz", "/readyz", "/session", "/openapi.json", "/static/css/tokens.css"]


@pytest.mark.parametrize("path", [*OPEN, "/genres", "/api/me", "/nothing"])
async def test_head_is_answered_like_get_without_a_body(http: httpx.AsyncClient, path: str) -> None:
    with capture_logs() as lines:
        got = await http.get(path, headers=BROWSER)
        head = await http.head(path, headers=BROWSER)
    changing = {"x-request-id", "content-security-policy", "content-length"}  # a nonce is packed each time
    assert head.status_code == got.status_code
    assert {name: head.headers[name] for name in head.headers.keys() - changing} == {
        name: got.headers[name] for name in got.headers.keys() - changing
    }
    asked, again = (line for line in lines if line["event"] == "request.done")
    assert (again["method"], again["route"]) == ("HEAD", asked["route"])


async def test_head_changes_nothing_where_only_post_does(http: httpx.AsyncClient) -> None:
    assert (await http.head("/auth/logout")).status_code == 405


PRIVATE_PAGES = [
    "/genres",
    "/genres/none",
    "/scan",
    "/playlists",
    "/playlists/preview/x",
    "/playlists/runs/x",
]
PRIVATE_ROUTES = ["/api/me", "/api/library-size", "/api/genres", "/api/genres/scan", "/api/my-playlists"]


@pytest.mark.parametrize("path", PRIVATE_PAGES)
async def test_private_pages_lead_to_the_start_and_back(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path, headers=BROWSER)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/?next={path}"


async def test_a_form_sent_after_the_session_has_ended_says_that_nothing_was_done(
    http: httpx.AsyncClient,
) -> None:
    answer = await http.post("/settings/display", data={"theme": "dark"}, headers=BROWSER)
    assert answer.status_code == 401
    assert "Your session may have ended. Nothing was done now" in answer.text


async def test_the_start_page_goes_on_to_where_somebody_wanted(http: httpx.AsyncClient) -> None:
    assert 'href="/auth/spotify?next=/playlists"' in (await http.get("/?next=/playlists")).text
    assert 'href="/auth/spotify?next=/genres"' in (await http.get("/")).text


@pytest.mark.parametrize("path", PRIVATE_ROUTES)
async def test_private_routes_answer_401(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:genre-sorter:not-authenticated"


async def test_a_wrong_body_is_told_field_by_field(http: httpx.AsyncClient) -> None:
    answer = await http.get("/health?detailed=perhaps")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == "query.detailed"


async def test_a_body_over_the_limit_is_refused_with_every_header_and_no_fault_of_ours(
    http: httpx.AsyncClient,
) -> None:
    async def unannounced() -> AsyncIterator[bytes]:
        for _ in range(70):
            yield b"x" * 1000

    for body in (b"x" * 70_000, unannounced()):
        with capture_logs() as lines:
            answer = await http.post(
                "/api/genres/scan", content=body, headers={"sec-fetch-site": "same-origin"}
            )
        assert answer.status_code == 413
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
        assert not [line for line in lines if line["log_level"] == "error"]


async def test_static_files_are_kept_for_ever_under_their_hash_and_checked_without(
    http: httpx.AsyncClient,
) -> None:
    landing = (await http.get("/", headers=BROWSER)).text
    hashed = landing.split('rel="stylesheet" href="')[1].split('"')[0]
    kept = await http.get(hashed)
    assert "immutable" in kept.headers["cache-control"]
    checked = await http.get("/static/css/tokens.css")
    assert checked.headers["cache-control"] == "no-cache"
    again = await http.get("/static/css/tokens.css", headers={"if-none-match": checked.headers["etag"]})
    assert again.status_code == 304


NO_FILES = ["/static/../pyproject.toml", "/static/%2e%2e/pyproject.toml", "/static/css"]


@pytest.mark.parametrize("path", ["/static/nothing", "/static/css", f"/static/{'x' * 300}", "/static/%00"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_what_is_no_file_costs_no_page(http: httpx.AsyncClient, method: str, path: str) -> None:
    """No limit counts what is asked for below the files' address."""
    answer = await http.request(method, path, headers=BROWSER)
    assert answer.status_code == (404 if method == "GET" else 405)
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", NO_FILES)
async def test_nothing_outside_the_static_files_is_served(http: httpx.AsyncClient, path: str) -> None:
    assert (await http.get(path)).status_code == 404


async def test_pages_are_compressed_where_the_browser_can(http: httpx.AsyncClient) -> None:
    answer = await http.get("/", headers=BROWSER | {"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"


async def test_openapi_describes_the_routes_that_programs_use(http: httpx.AsyncClient) -> None:
    paths = (await http.get("/openapi.json")).json()["paths"]
    assert {"/api/genres", "/api/genres/scan", "/api/playlists", "/api/kv-metrics", "/session"} <= set(paths)


OPERATOR_ROUTES = ["/metrics", "/api/kv-metrics", "/api/kv-usage", "/health?detailed=true"]


@pytest.mark.parametrize("path", OPERATOR_ROUTES)
async def test_without_operators_the_machine_itself_may_look(tmp_path: Path, path: str) -> None:
    async with running(tmp_path) as here:
        assert (await here.get(path)).status_code == 200
        assert (await here.get(path, headers={"x-forwarded-for": "1.2.3.4"})).status_code == 403
    async with running(tmp_path, client=("192.0.2.7", 1)) as elsewhere:
        assert (await elsewhere.get(path)).status_code == 403


async def test_another_site_under_a_name_that_leads_here_is_not_the_machine(http: httpx.AsyncClient) -> None:
    """A page may have its own name lead to the loopback address; probes answer under any name."""
    for host, status in (
        ("evil.example:8000", 403),
        ("[::1", 403),
        ("localhost:8000", 200),
        ("[::1]:8000", 200),
    ):
        assert (await http.get("/health?detailed=true", headers={"host": host})).status_code == status


@pytest.mark.parametrize("path", OPERATOR_ROUTES)
async def test_with_a_token_only_the_token_counts(tmp_path: Path, path: str) -> None:
    async with running(tmp_path, operator_token="right-token") as http:
        assert (await http.get(path)).status_code == 403
        assert (await http.get(path, headers={"authorization": "Bearer wrong"})).status_code == 403
        assert (await http.get(path, headers={"authorization": "Bearer right-token"})).status_code == 200


@pytest.mark.parametrize("header", ["via", "forwarded", "x-real-ip", "x-forwarded-proto"])
async def test_a_proxy_on_the_machine_is_not_the_machine(http: httpx.AsyncClient, header: str) -> None:
    assert (await http.get("/api/kv-metrics", headers={header: "x"})).status_code == 403


async def test_scheme_and_name_are_those_of_the_installation_whatever_a_trusted_proxy_says(
    http: httpx.AsyncClient,
) -> None:
    said = {
        "x-forwarded-for": "192.0.2.7",
        "x-forwarded-proto": "https",
        "x-forwarded-host": "evil.example",
        "forwarded": "for=192.0.2.7;proto=https;host=evil.example",
    }
    answer = await http.get("/auth/spotify", headers=BROWSER | said)
    assert "redirect_uri=http%3A%2F%2F127.0.0.1%3A8000%2F" in answer.headers["location"]
    assert "secure" not in answer.headers["set-cookie"].lower()
    assert "strict-transport-security" not in answer.headers
    assert "evil.example" not in (await http.get("/setup", headers=BROWSER | said)).text


async def test_health_asks_no_store_whoever_asks(tmp_path: Path) -> None:
    secret = "s" * 32
    signed = Keyring(secret).signer("session").sign("somebody")
    async with running(tmp_path, secret_key=secret) as http:
        await http.get("/health", headers={"cookie": f"genre_sorter_session={signed}"})
        assert "session" not in (await http.get("/api/kv-metrics")).json()["kinds"]


async def test_probes_answer(http: httpx.AsyncClient) -> None:
    assert (await http.get("/healthz")).text == "ok"
    assert (await http.get("/readyz")).status_code == 200
    assert (await http.get("/health")).json()["status"] == "ok"

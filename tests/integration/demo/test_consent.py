import html

import pytest
from starlette.types import ASGIApp

from tests.fakes import FakeClock
from tests.integration.demo.conftest import BuildApp
from tests.integration.demo.visitor import BASE_URL, CALLBACK, SCOPES, Visitor, query_of

pytestmark = pytest.mark.anyio


async def test_the_consent_page_names_the_person_and_what_is_asked(visitor: Visitor) -> None:
    page = await visitor.ask()
    assert page.status_code == 200
    assert "Simulated: Spotify would ask you this" in page.text
    assert "See the songs and albums you have saved" in page.text
    assert "Make and change your private playlists" in page.text
    assert "public playlists" not in page.text
    assert "<script" not in page.text


async def test_the_page_lets_forms_lead_to_the_app_and_nothing_else_in(visitor: Visitor) -> None:
    page = await visitor.ask()
    policy = page.headers["Content-Security-Policy"]
    assert f"form-action 'self' {BASE_URL};" in policy
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert page.headers["Cache-Control"] == "no-store"


async def test_the_cookie_stays_with_the_simulator(visitor: Visitor) -> None:
    cookie = (await visitor.ask()).headers["Set-Cookie"]
    assert "Path=/simulator" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=86400" in cookie
    assert "Secure" not in cookie


async def test_the_cookie_is_secure_on_https(build: BuildApp) -> None:
    redirect_uri = "https://music.example/auth/spotify/callback"
    app = build(base_url="https://music.example", redirect_uris=(redirect_uri,))
    page = await Visitor(app).ask(redirect_uri=redirect_uri)
    assert page.status_code == 200
    assert "Secure" in page.headers["Set-Cookie"]


async def test_agree_gives_a_code_and_the_state_back(visitor: Visitor) -> None:
    answer = await visitor.answer(await visitor.ask(), "agree")
    assert answer.headers["Location"].startswith(f"{CALLBACK}?")
    assert query_of(answer)["state"] == "s1"
    assert query_of(answer)["code"]


async def test_cancel_tells_the_app_so(visitor: Visitor) -> None:
    answer = await visitor.answer(await visitor.ask(), "cancel")
    assert query_of(answer) == {"error": "access_denied", "state": "s1"}


async def test_whoever_agreed_before_is_not_asked_again_unless_the_app_insists(signed_in: Visitor) -> None:
    assert query_of(await signed_in.ask())["code"]
    assert (await signed_in.ask(show_dialog="true")).status_code == 200
    assert (await signed_in.ask(scope=f"{SCOPES} playlist-modify-public")).status_code == 200


async def test_each_browser_has_an_account_of_its_own(visitor: Visitor, app: ASGIApp) -> None:
    other = await Visitor(app).sign_in()
    mine = (await (await visitor.sign_in()).api("GET", "/me")).json()
    theirs = (await other.api("GET", "/me")).json()
    assert mine["account_id"] != theirs["account_id"]
    assert mine["id"] != theirs["id"]


async def test_the_same_browser_keeps_its_account(visitor: Visitor) -> None:
    first = (await (await visitor.sign_in()).api("GET", "/me")).json()
    second = (await (await visitor.sign_in()).api("GET", "/me")).json()
    assert first == second


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"client_id": "other"}, "INVALID_CLIENT: Invalid client"),
        ({"client_id": None}, "INVALID_CLIENT: Invalid client"),
        ({"redirect_uri": None}, "INVALID_CLIENT: Invalid redirect URI"),
        ({"redirect_uri": f"{CALLBACK}/"}, "INVALID_CLIENT: Invalid redirect URI"),
        ({"redirect_uri": CALLBACK.replace("callback", "Callback")}, "INVALID_CLIENT: Invalid redirect URI"),
        ({"redirect_uri": "https://evil.example/auth/spotify/callback"}, "Invalid redirect URI"),
        ({"redirect_uri": "http://localhost:8000/auth/spotify/callback"}, "Invalid redirect URI"),
        ({"redirect_uri": "http://127.0.0.1@evil.example/auth/spotify/callback"}, "Invalid redirect URI"),
        ({"redirect_uri": "http://a@127.0.0.1:80/auth/spotify/callback"}, "Invalid redirect URI"),
        ({"redirect_uri": "http://127.0.0.1:port/auth/spotify/callback"}, "Invalid redirect URI"),
        ({"redirect_uri": "http://[::1"}, "Invalid redirect URI"),
    ],
)
async def test_a_wrong_app_or_address_is_a_page_and_leads_nowhere(
    visitor: Visitor, changes: dict[str, str | None], words: str
) -> None:
    page = await visitor.ask(**changes)
    assert page.status_code == 400
    assert words in html.unescape(page.text)
    assert "Location" not in page.headers


@pytest.mark.parametrize("uri", ["http://localhost/auth/spotify/callback", "http://music.example/cb"])
async def test_an_insecure_address_is_refused_although_registered(build: BuildApp, uri: str) -> None:
    page = await Visitor(build(redirect_uris=(uri,))).ask(redirect_uri=uri)
    assert page.status_code == 400
    assert "INVALID_CLIENT: Insecure redirect URI" in page.text


@pytest.mark.parametrize("port", ["8000", "9039"])
@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]"])
async def test_a_loopback_address_without_port_takes_any_port(visitor: Visitor, host: str, port: str) -> None:
    uri = f"http://{host}:{port}/auth/spotify/callback"
    assert (await visitor.ask(redirect_uri=uri)).status_code == 200


async def test_a_registered_port_must_match(build: BuildApp) -> None:
    visitor = Visitor(build(redirect_uris=(CALLBACK,)))
    assert (await visitor.ask()).status_code == 200
    assert (await visitor.ask(redirect_uri=CALLBACK.replace("8000", "8001"))).status_code == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "user-library-read everything"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
    ],
)
async def test_other_faults_are_told_to_the_app(
    visitor: Visitor, changes: dict[str, str | None], error: str
) -> None:
    assert query_of(await visitor.ask(**changes)) == {"error": error, "state": "s1"}


async def test_only_the_browser_that_was_asked_may_answer(visitor: Visitor, build: BuildApp) -> None:
    page = await visitor.ask()
    visitor.http.cookies.clear()
    assert (await visitor.answer(page, "agree")).status_code == 400
    stranger_page = await Visitor(build()).ask()
    await visitor.ask()
    assert (await visitor.answer(stranger_page, "agree")).status_code == 400


async def test_a_page_waits_a_quarter_of_an_hour(visitor: Visitor, clock: FakeClock) -> None:
    page = await visitor.ask()
    await clock.advance(15 * 60)
    assert (await visitor.answer(page, "agree")).status_code == 400


async def test_the_address_of_the_page_cannot_bring_html_in(visitor: Visitor) -> None:
    page = await visitor.ask(state='"><script>alert(1)</script>')
    assert "<script" not in page.text

"""Getting to the operator's page, staying there, and being kept out."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from app.settings import Settings
from tests.integration.accounts.journey import FORM, PAGE, Browser, JumpingClock, Spotify, running, signed_in

pytestmark = pytest.mark.anyio

TOKEN = "operators-token"
COOKIE = "genre_sorter_operator"


def guarded(settings: Settings, **values: object) -> Settings:
    return Settings(**settings.model_dump() | {"_env_file": None, "operator_token": TOKEN} | values)


@pytest.fixture
async def browser(settings: Settings, jumping: JumpingClock, spotify: Spotify) -> AsyncIterator[Browser]:
    async with running(guarded(settings), jumping) as new_browser:
        yield new_browser


async def enter(client: httpx.AsyncClient, token: str = TOKEN) -> httpx.Response:
    return await client.post("/operator/session", data={"token": token}, headers=FORM)


async def test_without_rights_the_page_says_how_to_get_them(browser: Browser) -> None:
    answer = await browser().get("/operator")
    assert answer.status_code == 403
    assert 'action="/operator/session"' in answer.text
    assert 'type="password"' in answer.text
    assert "ADMIN_USERS" not in answer.text


async def test_the_token_opens_the_page_for_this_browser(browser: Browser) -> None:
    client = browser()
    answer = await enter(client)
    assert (answer.status_code, answer.headers["location"]) == (303, "/operator")
    page = await client.get("/operator")
    assert page.status_code == 200
    assert 'action="/operator/leave"' in page.text
    assert 'href="/operator"' in (await client.get("/about")).text
    for path in ("/api/kv-usage", "/metrics", "/health?detailed=true"):
        assert (await client.get(path)).status_code == 200
        assert (await browser().get(path)).status_code == 403


async def test_the_cookie_is_for_this_host_alone_and_its_id_is_new_each_time(browser: Browser) -> None:
    client = browser()
    first, second = await enter(client), await enter(client)
    header = first.headers["set-cookie"]
    assert header.startswith(f"{COOKIE}=")
    assert "HttpOnly" in header
    assert "Max-Age=43200" in header
    assert "SameSite=lax" in header
    values = [answer.cookies[COOKIE] for answer in (first, second)]
    assert values[0] != values[1]
    old = browser()
    old.cookies.set(COOKIE, values[0], domain="127.0.0.1")
    assert (await old.get("/operator")).status_code == 403


async def test_over_https_the_cookie_is_a_host_cookie(settings: Settings, jumping: JumpingClock) -> None:
    async with running(guarded(settings, base_url="https://genres.example"), jumping) as browser:
        header = (await enter(browser())).headers["set-cookie"]
    assert header.startswith("__Host-operator=")
    assert "Secure" in header


async def test_it_ends_after_twelve_hours_whatever_the_browser_keeps(
    browser: Browser, jumping: JumpingClock
) -> None:
    client = browser()
    await enter(client)
    value = client.cookies[COOKIE]
    jumping.jump(hours=11, minutes=59)
    assert (await client.get("/operator", headers={"cookie": f"{COOKIE}={value}"})).status_code == 200
    jumping.jump(minutes=1)
    assert (await client.get("/operator", headers={"cookie": f"{COOKIE}={value}"})).status_code == 403


async def test_leaving_ends_it_at_once(browser: Browser) -> None:
    client = browser()
    await enter(client)
    value = client.cookies[COOKIE]
    answer = await client.post("/operator/leave", headers=FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/operator")
    assert COOKIE not in client.cookies
    assert (await client.get("/operator", headers={"cookie": f"{COOKIE}={value}"})).status_code == 403


@pytest.mark.parametrize("token", ["another-token", None])
async def test_another_token_ends_every_session(
    token: str | None, settings: Settings, jumping: JumpingClock, spotify: Spotify
) -> None:
    async with running(guarded(settings), jumping) as browser:
        client = browser()
        await enter(client)
        value = client.cookies[COOKIE]
    changed = guarded(settings, operator_token=token, admin_users=("nobody",))
    async with running(changed, jumping) as browser:
        answer = await browser().get("/operator", headers={"cookie": f"{COOKIE}={value}"})
        assert answer.status_code == 403


async def test_a_wrong_token_is_told_and_opens_nothing(browser: Browser) -> None:
    client = browser()
    for wrong in ("wrong", "", "\u00fcn\u00efcode", TOKEN + "x", TOKEN[:-1]):
        answer = await enter(client, wrong)
        assert answer.status_code == 403
        assert "not the text in OPERATOR_TOKEN" in answer.text
        assert "set-cookie" not in answer.headers
    assert (await client.post("/operator/session", headers=FORM)).status_code == 403


async def test_guessing_ends_after_ten_tries_by_form_and_header_together(
    browser: Browser, jumping: JumpingClock
) -> None:
    client = browser()
    for _ in range(5):
        assert (await enter(client, "wrong")).status_code == 403
        wrong = await client.get("/metrics", headers={"authorization": "Bearer wrong", "accept": "*/*"})
        assert wrong.status_code == 403
    page = await enter(client)
    assert page.status_code == 429
    assert 0 < int(page.headers["retry-after"]) <= 60
    assert re.search(r"next is taken in \d+ seconds", page.text)
    assert (await client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"})).status_code == 429
    jumping.jump(minutes=1)
    assert (await enter(client)).status_code == 303


async def test_the_form_takes_nothing_from_another_site(browser: Browser) -> None:
    for path in ("/operator/session", "/operator/leave"):
        answer = await browser().post(path, data={"token": TOKEN}, headers=PAGE)
        assert answer.status_code == 403
        assert "another site" in answer.text


async def test_a_button_on_the_page_gives_a_backup(browser: Browser) -> None:
    client = browser()
    assert (await client.post("/api/admin/backup", headers=FORM)).status_code == 403
    await enter(client)
    assert 'action="/api/admin/backup"' in (await client.get("/operator")).text
    copy = await client.post("/api/admin/backup", headers=FORM)
    assert copy.status_code == 200
    assert copy.content.startswith(b"SQLite format 3")


async def test_an_invented_cookie_costs_no_read(browser: Browser) -> None:
    client = browser()
    await client.get("/operator", headers={"cookie": f"{COOKIE}=invented.signature"})
    kinds = (await client.get("/api/kv-metrics", headers={"authorization": f"Bearer {TOKEN}"})).json()[
        "kinds"
    ]
    assert "operator-session" not in kinds


async def test_accounts_of_the_list_are_operators_and_others_are_told_their_id(
    settings: Settings, jumping: JumpingClock, spotify: Spotify
) -> None:
    named = guarded(settings, operator_token=None, admin_users=("acc-anna",))
    async with running(named, jumping) as browser:
        client = await signed_in(browser())
        assert (await client.get("/operator")).status_code == 200
        assert 'href="/operator"' in (await client.get("/playlists")).text
        stranger = await browser().get("/operator")
        assert stranger.status_code == 403
        assert "next=/operator" in stranger.text
        assert "/operator/session" not in stranger.text
    async with running(named.model_copy(update={"admin_users": ("somebody",)}), jumping) as browser:
        client = await signed_in(browser())
        answer = await client.get("/operator")
        assert answer.status_code == 403
        assert "<code>acc-anna</code>" in answer.text
        assert 'href="/operator"' not in (await client.get("/playlists")).text


async def test_where_nobody_is_named_only_the_machine_itself_may_look(
    settings: Settings, jumping: JumpingClock, spotify: Spotify
) -> None:
    async with running(settings, jumping) as browser:
        client = browser()
        assert (await client.get("/operator")).status_code == 200
        through_a_proxy = await client.get("/operator", headers={"x-forwarded-for": "192.0.2.7"})
        assert through_a_proxy.status_code == 403
        assert "Set OPERATOR_TOKEN" in through_a_proxy.text


async def test_a_proxy_that_is_not_believed_is_told_of_with_what_to_do(
    settings: Settings, jumping: JumpingClock, spotify: Spotify
) -> None:
    told, mine = {"x-forwarded-for": "192.0.2.7"}, {"authorization": f"Bearer {TOKEN}"}
    for proxies, is_told in ((("192.0.2.1",), True), (("127.0.0.1",), False)):
        async with running(guarded(settings, trusted_proxies=proxies), jumping) as browser:
            page = (await browser().get("/operator", headers=mine | told)).text
            assert ("Everybody behind 127.0.0.1 looks like one" in page) is is_told
            assert ("add it to TRUSTED_PROXIES" in page) is is_told
            assert "TRUSTED_PROXIES" not in (await browser().get("/operator", headers=mine)).text


async def test_the_page_shows_what_was_before_it_was_asked_for(
    settings: Settings, jumping: JumpingClock, spotify: Spotify
) -> None:
    async with running(guarded(settings), jumping) as browser:
        client = browser()
        await enter(client)
        cookies = client.cookies
    async with running(guarded(settings), jumping) as browser:
        client = browser()
        client.cookies = cookies
        first, second = await client.get("/operator"), await client.get("/operator")
    rows = [re.findall(r'<th scope="row">(operator-session)</th>', page.text) for page in (first, second)]
    assert len(rows[0]) < len(rows[1])


async def test_every_operators_page_leads_strangers_to_the_form_and_operators_to_all_others(
    browser: Browser,
) -> None:
    client = browser()
    pages = [
        f"/operator{path}"
        for path in ("/access-requests", "/users", "/errors", "/speed", "/keys", "/caches", "/unknown-words")
    ]
    for path in pages:
        answer = await client.get(path)
        assert answer.status_code == 403
        assert 'href="/operator"' in answer.text
    await enter(client)
    for path in ("/operator", *pages):
        page = (await client.get(path)).text
        assert [one for one in ("/operator", *pages) if f'href="{one}"' not in page] == []
        assert f'href="{path}" aria-current="page"' in page

"""Asking for access, from the start page and from a sign-in that was refused, and the operators' list."""

import re

import httpx
import pytest

from app.accounts.access.service import MOST_FROM_AN_ADDRESS
from app.settings import Settings
from tests.integration.accounts.journey import (
    CODE,
    FORM,
    Browser,
    JumpingClock,
    Spotify,
    called_back,
    running,
    signed_in,
    started,
)

pytestmark = pytest.mark.anyio

ANNA = {"name": "Anna", "email": "anna@example.com"}
HERE = {"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "accept": "*/*"}
LIST = "/api/admin/access-requests"
DESK = "/operator/access-requests"


async def waiting(client: httpx.AsyncClient) -> list[dict[str, str]]:
    answer = await client.get(LIST, headers=HERE)
    assert answer.status_code == 200
    requests: list[dict[str, str]] = answer.json()["requests"]
    return requests


async def test_the_start_page_says_who_may_come_in_and_who_runs_this(browser: Browser) -> None:
    page = (await browser().get("/")).text
    assert "five invited Spotify accounts" in page
    assert 'href="mailto:me@example.com"' in page
    assert 'href="/request-access"' in page


@pytest.mark.parametrize(
    "changed", [{"spotify_app_mode": "extended"}, {"spotify_client_id": ""}], ids=["extended", "demo"]
)
async def test_where_nobody_needs_to_be_invited_nobody_is_told_so(
    settings: Settings, jumping: JumpingClock, changed: dict[str, str]
) -> None:
    async with running(settings.model_copy(update=changed), jumping) as browser:
        page = (await browser().get("/")).text
        assert "invited" not in page
        assert "/request-access" not in page
        asking = (await browser().get("/request-access")).text
        assert (
            ("Nobody has to ask here" in asking)
            == ("<form" not in asking)
            == ("extended" in changed.values())
        )


async def test_somebody_asks_and_an_operator_lets_them_in(browser: Browser) -> None:
    guest, operator = browser(), browser()
    form = (await guest.get("/request-access")).text
    assert {"name", "email"} == set(re.findall(r'<input class="input" id="field-\w+" name="(\w+)"', form))
    sent = await guest.post("/request-access", data=ANNA, headers=FORM)
    assert (sent.status_code, sent.headers["location"]) == (303, "/request-access?sent")
    assert "You have asked for access" in (await guest.get(sent.headers["location"])).text
    desk = (await operator.get("/operator")).text
    assert "People who wait to be let in: 1." in desk
    assert "Look and decide" in desk
    assert "nothing to do." not in desk
    page = (await operator.get(DESK)).text
    assert "anna@example.com" in page
    (request,) = re.findall(r'name="request_id" value="([^"]+)"', page)
    decided = await operator.post(DESK, data={"request_id": request, "decision": "approve"}, headers=FORM)
    assert (decided.status_code, decided.headers["location"]) == (303, f"{DESK}?decided=approve")
    page = (await operator.get(decided.headers["location"])).text
    assert "Approved." in page
    assert "anna" not in page
    again = await operator.post(DESK, data={"request_id": request, "decision": "deny"}, headers=FORM)
    assert again.status_code == 404
    assert "no longer there" in again.text


async def test_programs_ask_and_decide_as_well(browser: Browser, settings: Settings) -> None:
    client = browser()
    for number, decision in enumerate(["approve", "deny"]):
        wish = {"name": "Bo", "email": f"bo{number}@example.com"}
        asked = await client.post("/api/request-access", json=wish, headers=HERE)
        assert (asked.status_code, asked.content) == (202, b"")
        (request,) = await waiting(client)
        assert wish.items() <= request.items()
        assert set(request) == {"id", "name", "email", "askedAt"}
        answer = await client.post(f"{LIST}/{request['id']}/{decision}", headers=HERE)
        assert answer.status_code == 204
        assert await waiting(client) == []
    unknown = await client.post(f"{LIST}/none/approve", headers=HERE)
    assert (unknown.status_code, unknown.json()["type"]) == (404, "urn:genre-sorter:access-request-decided")
    assert (await client.post(f"{LIST}/none/perhaps", headers=HERE)).status_code == 422


async def test_what_cannot_be_used_is_told_beside_its_field_and_kept_in_it(browser: Browser) -> None:
    client = browser()
    wrong = await client.post("/request-access", data={"name": "<b>", "email": "anna"}, headers=FORM)
    assert wrong.status_code == 422
    assert "This is no email address." in wrong.text
    assert wrong.text.count('aria-invalid="true"') == 1
    assert 'value="&lt;b&gt;"' in wrong.text
    empty = await client.post("/request-access", headers=FORM)
    assert empty.text.count('aria-invalid="true"') == 2
    for body in ({}, {"name": "Anna"}, {"name": "", "email": "a@b.c"}, {**ANNA, "plan": "free"}):
        refused = await client.post("/api/request-access", json=body, headers=HERE)
        assert refused.status_code == 422
    assert await waiting(client) == []


async def test_an_address_that_asks_without_end_is_told_to_wait(browser: Browser) -> None:
    client = browser()
    for number in range(MOST_FROM_AN_ADDRESS):
        await client.post("/api/request-access", json={"name": "x", "email": f"{number}@b.c"}, headers=HERE)
    page = await client.post("/request-access", data=ANNA, headers=FORM)
    assert page.status_code == 429
    assert int(page.headers["retry-after"]) > 3000
    assert "Too many requests for access came from here" in page.text


@pytest.mark.parametrize("path", ["/request-access", "/api/request-access"])
async def test_no_other_site_asks_for_anybody(browser: Browser, path: str) -> None:
    answer = await browser().post(path, json=ANNA, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


async def test_a_list_of_people_is_for_operators_alone(settings: Settings, jumping: JumpingClock) -> None:
    guarded = Settings(**settings.model_dump() | {"_env_file": None, "operator_token": "canary-token"})
    async with running(guarded, jumping) as browser:
        client = browser()
        await client.post("/api/request-access", json=ANNA, headers=HERE)
        for path in (LIST, DESK):
            assert (await client.get(path, headers=HERE)).status_code == 403
        assert (await client.post(f"{LIST}/x/approve", headers=HERE)).status_code == 403
        decided = await client.post(DESK, data={"request_id": "x", "decision": "deny"}, headers=FORM)
        assert decided.status_code == 403
        assert "OPERATOR_TOKEN" in (await client.get(DESK)).text
        client.headers["authorization"] = "Bearer canary-token"
        assert [one["name"] for one in await waiting(client)] == ["Anna"]


async def test_whoever_is_not_registered_at_spotify_lands_on_the_form(
    browser: Browser, spotify: Spotify
) -> None:
    spotify.me.mock(return_value=httpx.Response(403, text="User not registered in the Developer Dashboard"))
    client = browser()
    asked = await started(client)
    page = await called_back(client, code=CODE, state=asked["state"])
    assert page.status_code == 403
    assert "Spotify does not let this account use the app yet." in page.text
    assert 'action="/request-access"' in page.text
    assert 'href="/auth/spotify?renew=true"' in page.text


async def test_nothing_of_a_person_is_left_in_the_store_once_it_is_decided(
    browser: Browser, settings: Settings
) -> None:
    client = browser()
    await client.post("/api/request-access", json=ANNA, headers=HERE)
    (request,) = await waiting(client)
    before = await client.post("/api/admin/backup", headers=FORM)
    assert b"anna@example.com" in before.content
    await client.post(f"{LIST}/{request['id']}/deny", headers=HERE)
    after = await client.post("/api/admin/backup", headers=FORM)
    assert b"anna@example.com" not in after.content


async def test_sessions_are_listed_with_their_browsers_and_end_together(browser: Browser) -> None:
    phone, desktop = browser(), browser()
    phone.headers["user-agent"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Safari/604.1"
    desktop.headers["user-agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Firefox/145.0"
    await signed_in(phone)
    await signed_in(desktop)
    page = (await desktop.get("/settings")).text
    assert re.search(r"Firefox, Linux <strong[^>]*>this one</strong>", page)
    assert "Safari, iPhone" in page
    assert "rv:145" not in page
    await desktop.post("/auth/logout-everywhere", headers=FORM)
    for client in (phone, desktop):
        assert (await client.get("/settings")).headers["location"] == "/?next=/settings"

"""What operators see of what is stored, and what they can do about it, over the whole app."""

from collections.abc import AsyncIterator
from hashlib import sha256
from itertools import product

import httpx
import pytest
from structlog.testing import capture_logs

from app.settings import Settings
from tests.integration.accounts.journey import (
    ACCESS,
    FORM,
    REFRESH,
    Browser,
    JumpingClock,
    Spotify,
    running,
    signed_in,
    who,
)

pytestmark = pytest.mark.anyio

ANNA = "acc-anna"
HERE = {**FORM, "sec-fetch-mode": "cors", "accept": "application/json"}


@pytest.fixture
async def browser(settings: Settings, jumping: JumpingClock, spotify: Spotify) -> AsyncIterator[Browser]:
    with_token = Settings(**settings.model_dump() | {"_env_file": None, "operator_token": "operators-token"})
    async with running(with_token, jumping) as new_browser:
        yield new_browser


@pytest.fixture
def operator(browser: Browser) -> httpx.AsyncClient:
    client = browser()
    client.headers["authorization"] = "Bearer operators-token"
    return client


FOR_OPERATORS = [
    ("GET", "/api/admin/users"),
    ("DELETE", f"/api/admin/user/{ANNA}"),
    ("GET", "/api/admin/kv-keys"),
    ("GET", f"/api/admin/kv-key/preferences:{ANNA}"),
    ("POST", "/api/admin/clear-cache"),
    ("POST", "/api/admin/rebuild-caches"),
    ("GET", "/operator/users"),
    ("POST", "/operator/users/delete"),
    ("GET", "/operator/keys"),
    ("GET", f"/operator/keys/value?key=user:{ANNA}"),
    ("GET", "/operator/caches"),
    ("POST", "/operator/caches/clear"),
    ("POST", "/operator/caches/rebuild"),
]


async def test_all_of_it_is_for_operators(browser: Browser) -> None:
    client, stranger = await signed_in(browser()), browser()
    for (method, path), one in product(FOR_OPERATORS, (client, stranger)):
        answer = await one.request(method, path, headers=FORM, data={"user": ANNA})
        assert answer.status_code == 403, path
    assert await who(client) == ANNA


async def test_users_are_listed_with_their_visits(
    browser: Browser, operator: httpx.AsyncClient, jumping: JumpingClock
) -> None:
    assert (await operator.get("/api/admin/users")).json() == {"total": 0, "users": [], "nextOffset": None}
    client = await signed_in(browser())
    jumping.jump(days=1)
    await signed_in(client)
    (told,) = (await operator.get("/api/admin/users")).json()["users"]
    assert (told["id"], told["name"], told["connected"]) == (ANNA, "Anna", True)
    assert told["since"] < told["signedInAt"]
    assert told["values"] == {"connection": 1, "preferences": 1, "user": 1, "user-sessions": 1}
    await client.post("/auth/disconnect", headers=FORM)
    (told,) = (await operator.get("/api/admin/users")).json()["users"]
    assert (told["name"], told["connected"]) == ("", False)


async def test_an_operator_deletes_an_account_and_it_is_logged_without_its_name(
    browser: Browser, operator: httpx.AsyncClient
) -> None:
    client = await signed_in(browser())
    with capture_logs() as logs:
        assert (await operator.delete(f"/api/admin/user/{ANNA}", headers=FORM)).status_code == 204
    (line,) = [one for one in logs if one["event"] == "operator.user_deleted"]
    assert ANNA not in str(logs)
    assert len(line["user"]) == 16
    assert await who(client) is None
    assert (await operator.get("/api/admin/users")).json()["total"] == 0
    stranger = await operator.delete("/api/admin/user/nobody", headers=HERE)
    assert (stranger.status_code, stranger.json()["type"]) == (404, "urn:genre-sorter:no-such-user")


async def test_the_log_says_which_operator_asked(
    settings: Settings, jumping: JumpingClock, spotify: Spotify
) -> None:
    with_account = settings.model_copy(update={"admin_users": (ANNA,)})
    async with running(with_account, jumping) as new_browser:
        client = await signed_in(new_browser())
        with capture_logs() as logs:
            assert (await client.get("/operator/caches")).status_code == 200
            assert (await client.post("/api/admin/clear-cache", headers=FORM)).status_code == 200
    asked = [line["account"] for line in logs if line["event"] == "operator.asks"]
    assert asked == [sha256(ANNA.encode()).hexdigest()[:16]] * 2


async def test_a_look_costs_one_list_of_the_store(operator: httpx.AsyncClient) -> None:
    lists = []
    for page in ("users", "keys", "keys?kind=user", "users?offset=50"):
        lists.append((await operator.get("/api/kv-metrics")).json()["metrics"]["kvLists"])
        assert (await operator.get(f"/operator/{page}")).status_code == 200
    assert lists == [lists[0] + number for number in range(len(lists))]


async def test_keys_are_listed_by_kind_searched_and_read(
    browser: Browser, operator: httpx.AsyncClient
) -> None:
    await signed_in(browser())
    kinds = {kind["name"]: kind for kind in (await operator.get("/api/admin/kv-keys")).json()["kinds"]}
    assert (kinds["user"]["keys"], kinds["user"]["personal"], kinds["user"]["lifeS"]) == (1, True, None)
    assert kinds["signin-state"]["lifeS"] == 600
    found = (await operator.get("/api/admin/kv-keys?kind=user&q=anna")).json()
    assert (found["keys"], found["total"], found["nextOffset"]) == ([f"user:{ANNA}"], 1, None)
    assert (await operator.get("/api/admin/kv-keys?kind=user&q=berta")).json()["total"] == 0
    assert (await operator.get("/api/admin/kv-keys?kind=none")).status_code == 404
    told = (await operator.get(f"/api/admin/kv-key/user:{ANNA}")).json()
    assert set(told["value"]) == {"since", "signed_in_at"}
    for absent in ("user:berta", "none:at-all", "user"):
        assert (await operator.get(f"/api/admin/kv-key/{absent}")).status_code == 404


async def test_every_value_can_be_read_and_none_shows_a_secret(
    browser: Browser, operator: httpx.AsyncClient
) -> None:
    client = await signed_in(browser())
    secrets = {ACCESS, REFRESH, *client.cookies.values()}
    seen = set()
    for kind in (await operator.get("/api/admin/kv-keys")).json()["kinds"]:
        for key in (await operator.get(f"/api/admin/kv-keys?kind={kind['name']}")).json()["keys"]:
            answer = await operator.get(f"/api/admin/kv-key/{key}")
            assert answer.status_code == 200, key
            assert not [secret for secret in secrets if secret in answer.text]
            if kind["name"] in {"session", "connection", "user-sessions"}:
                assert "hidden" in answer.text
            page = await operator.get("/operator/keys/value", params={"key": key})
            assert page.status_code == 200
            assert not [secret for secret in secrets if secret in page.text]
            seen.add(kind["name"])
    assert {"session", "user-sessions", "connection", "user", "kv-ledger"} <= seen
    assert ANNA not in (await operator.get("/operator/keys?kind=session")).text


async def test_memory_is_cleared_and_sessions_go_on(browser: Browser, operator: httpx.AsyncClient) -> None:
    client = await signed_in(browser())
    await who(client)
    with capture_logs() as logs:
        cleared = (await operator.post("/api/admin/clear-cache", headers=FORM)).json()["cleared"]
        assert (await operator.post("/api/admin/rebuild-caches", headers=FORM)).status_code == 204
    assert cleared > 0
    events = {line["event"] for line in logs}
    assert {"operator.cache_cleared", "operator.caches_rebuilt"} <= events
    assert await who(client) == ANNA


async def test_the_pages_do_the_same_without_scripts(browser: Browser, operator: httpx.AsyncClient) -> None:
    client = await signed_in(browser())
    desk = (await operator.get("/operator")).text
    for address in ("/operator/users", "/operator/keys", "/operator/caches"):
        assert f'href="{address}"' in desk
    assert ANNA in (await operator.get("/operator/users")).text
    assert 'href="/operator/keys?kind=user"' in (await operator.get("/operator/keys")).text
    keys = (await operator.get("/operator/keys?kind=user")).text
    assert f'href="/operator/keys/value?key=user%3A{ANNA}"' in keys
    assert "No key contains" in (await operator.get("/operator/keys?kind=user&q=berta")).text
    for past_the_end in ("keys?kind=user&offset=200", "users?offset=50"):
        assert "There are no more." in (await operator.get(f"/operator/{past_the_end}")).text
    for act, words in (("clear", "cleared"), ("rebuild", "rebuilt")):
        done = await operator.post(f"/operator/caches/{act}", headers=FORM)
        assert (done.status_code, done.headers["location"]) == (303, f"/operator/caches?{words}")
        assert 'role="status"' in (await operator.get(done.headers["location"])).text
    gone = await operator.post("/operator/users/delete", data={"user": ANNA}, headers=FORM)
    assert gone.headers["location"] == "/operator/users?deleted"
    assert "Nobody has signed in yet." in (await operator.get("/operator/users?deleted")).text
    assert await who(client) is None


async def test_no_backup_holds_a_deleted_account(browser: Browser, operator: httpx.AsyncClient) -> None:
    client = await signed_in(browser())
    before = (await operator.post("/api/admin/backup", headers=FORM)).content
    assert ANNA.encode() in before
    assert (await client.delete("/api/privacy/account", headers=FORM)).status_code == 204
    after = (await operator.post("/api/admin/backup", headers=FORM)).content
    assert after.startswith(b"SQLite format 3")
    assert ANNA.encode() not in after

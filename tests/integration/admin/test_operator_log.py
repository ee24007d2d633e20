"""Whatever an operator does, or looks at that is of a person, stands in the log with who it was."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi.routing import APIRoute
from structlog.testing import capture_logs

from app.main import ROUTERS
from app.settings import Settings
from tests.integration.accounts.journey import FORM, JumpingClock, Spotify, running, signed_in

pytestmark = pytest.mark.anyio

ANNA = "acc-anna"
DONE = {
    ("POST", "/operator/session"): "operator.entered",
    ("POST", "/operator/leave"): "operator.left",
    ("POST", "/operator/access-requests"): "access.approved",
    ("POST", "/api/admin/access-requests/{request_id}/{decision}"): "access.denied",
    ("POST", "/api/admin/backup"): "operator.backup_taken",
    ("POST", "/operator/caches/clear"): "operator.cache_cleared",
    ("POST", "/api/admin/clear-cache"): "operator.cache_cleared",
    ("POST", "/operator/caches/rebuild"): "operator.caches_rebuilt",
    ("POST", "/api/admin/rebuild-caches"): "operator.caches_rebuilt",
    ("POST", "/operator/users/delete"): "operator.user_deleted",
    ("DELETE", "/api/admin/user/{user_id}"): "operator.user_deleted",
}
LOOKED_AT = {
    "/operator/access-requests": "operator.asks",
    "/api/admin/access-requests": "operator.asks",
    "/operator/users": "operator.users_listed",
    "/api/admin/users": "operator.users_listed",
    "/operator/keys?kind=user": "operator.keys_listed",
    "/api/admin/kv-keys?kind=user": "operator.keys_listed",
    f"/operator/keys/value?key=user:{ANNA}": "operator.value_read",
    f"/api/admin/kv-key/user:{ANNA}": "operator.value_read",
}
WITHOUT_ASKING = {"/operator/session", "/operator/leave"}
"""Who enters or leaves is told by the line itself."""


@pytest.fixture
async def operator(
    settings: Settings, jumping: JumpingClock, spotify: Spotify
) -> AsyncIterator[httpx.AsyncClient]:
    with_token = Settings(**settings.model_dump() | {"_env_file": None, "operator_token": "operators-token"})
    async with running(with_token, jumping) as browser:
        await signed_in(browser())
        client = browser()
        client.headers["authorization"] = "Bearer operators-token"
        yield client


def test_every_route_by_which_operators_do_something_is_walked_here() -> None:
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    acts = {
        (method, route.path)
        for route in routes
        if route.path.startswith(("/operator", "/api/admin"))
        for method in route.methods - {"GET", "HEAD"}
    }
    assert acts == DONE.keys()


@pytest.mark.parametrize(("method", "path"), DONE)
async def test_what_operators_do_is_logged(operator: httpx.AsyncClient, method: str, path: str) -> None:
    await operator.post("/operator/session", data={"token": "operators-token"}, headers=FORM)
    asking = {"name": "Berta", "email": "berta@example.com"}
    await operator.post("/request-access", data=asking, headers=FORM)
    (waiting,) = (await operator.get("/api/admin/access-requests")).json()["requests"]
    form = {"token": "operators-token", "user": ANNA, "request_id": waiting["id"], "decision": "approve"}
    address = path.format(user_id=ANNA, request_id=waiting["id"], decision="deny")
    with capture_logs() as logs:
        answer = await operator.request(method, address, data=form, headers=FORM)
    assert answer.status_code in {200, 204, 303}
    events = [line["event"] for line in logs]
    assert DONE[method, path] in events
    assert ("operator.asks" in events) == (path not in WITHOUT_ASKING)
    assert not [secret for secret in (ANNA, "Berta", "berta@", "operators-token") if secret in str(logs)]


async def test_a_look_at_what_is_of_people_is_logged_and_a_stranger_is_no_operator_who_asks(
    operator: httpx.AsyncClient,
) -> None:
    for path, event in LOOKED_AT.items():
        with capture_logs() as logs:
            assert (await operator.get(path)).status_code == 200
        assert {"operator.asks", event} <= {line["event"] for line in logs}
        assert ANNA not in str(logs)
    operator.headers.pop("authorization")
    with capture_logs() as logs:
        assert {(await operator.get(path)).status_code for path in LOOKED_AT} == {403}
    assert "operator.asks" not in {line["event"] for line in logs}

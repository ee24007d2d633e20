"""What the OpenAPI document says of each route, held against what the route answers."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import respx

from app.settings import Settings
from tests.integration.accounts.journey import JumpingClock, Spotify, running, signed_in

pytestmark = pytest.mark.anyio

PROGRAM = {"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors", "accept": "*/*"}
OPERATOR = PROGRAM | {"authorization": "Bearer operators-token"}
ELSEWHERE = PROGRAM | {"sec-fetch-site": "cross-site"}
UNKNOWN = {"playlist_id": "0" * 22, "target": "artist:x", "decision": "deny"}
STREAM = "text/event-stream"
PROBLEM = "application/problem+json"
Document = dict[str, Any]


@pytest.fixture
async def client(
    settings: Settings, jumping: JumpingClock, spotify: Spotify
) -> AsyncIterator[httpx.AsyncClient]:
    guarded = Settings(**settings.model_dump() | {"_env_file": None, "operator_token": "operators-token"})
    async with running(guarded, jumping) as browser, browser() as client:
        yield client


async def described(client: httpx.AsyncClient) -> list[tuple[str, str, Document]]:
    """Return method, path and description of every route, those last that end the session."""
    paths = (await client.get("/openapi.json")).json()["paths"]
    every = [(method, path, told) for path, of_path in paths.items() for method, told in of_path.items()]
    assert len(every) > 70
    return sorted(every, key=lambda route: route[1].endswith(("/account", "/logout", "/logout-everywhere")))


def odd(answer: httpx.Response, told: Document) -> str | None:
    """Return what the document does not tell of this answer."""
    status, named = str(answer.status_code), {}
    if answer.status_code >= 400:
        code = answer.json()["type"].removeprefix("urn:genre-sorter:")
        named = told["responses"].get(status, {}).get("content", {}).get(PROBLEM, {}).get("examples", {})
        known = status != "500" and code in named
    else:
        code, known = "", status in told["responses"]
    return None if known else f"{answer.request.method} {answer.request.url.path}: {status} {code}"


def asked_for(path: str) -> str:
    """Return the path with names in it that nothing has."""
    for part in path.split("/"):
        if part.startswith("{"):
            path = path.replace(part, UNKNOWN.get(part.strip("{}"), "x"))
    return path


@pytest.mark.parametrize(
    ("headers", "body"),
    [(PROGRAM, b""), (ELSEWHERE, b""), (PROGRAM, b"x" * 70_000), (OPERATOR, b"nonsense"), (OPERATOR, b"{}")],
    ids=["nobody", "another site", "too much", "an operator's nonsense", "an operator"],
)
async def test_every_answer_is_described(
    client: httpx.AsyncClient, headers: dict[str, str], body: bytes
) -> None:
    sent, found = headers | {"content-type": "application/json"}, []
    for method, path, told in await described(client):
        content = b"" if method == "get" else body
        found.append(odd(await client.request(method, asked_for(path), headers=sent, content=content), told))
    assert not set(found) - {None}


@pytest.mark.parametrize("body", [b"nonsense", b"{}"])
async def test_every_answer_to_a_person_without_a_library_is_described(
    client: httpx.AsyncClient, body: bytes
) -> None:
    await signed_in(client)
    with respx.mock(assert_all_called=False) as spotify:
        spotify.route(host="api.spotify.com").respond(403)
        sent, found = PROGRAM | {"content-type": "application/json"}, []
        for method, path, told in await described(client):
            if STREAM not in told["responses"].get("200", {}).get("content", {}):
                found.append(
                    odd(await client.request(method, asked_for(path), headers=sent, content=body), told)
                )
        assert not set(found) - {None}


async def test_the_page_lists_every_route(client: httpx.AsyncClient) -> None:
    page = (await client.get("/docs", headers={"accept": "text/html"})).text
    for method, path, _ in await described(client):
        assert f"<h3>{method.upper()} <code>{path}</code></h3>" in page
    assert "There are 5,000 corrections already" in page

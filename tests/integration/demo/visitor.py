"""A person with a browser, and the app that the person signs in to."""

import base64
import hashlib
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from starlette.types import ASGIApp

BASE_URL = "http://127.0.0.1:8000"
CALLBACK = f"{BASE_URL}/auth/spotify/callback"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
SCOPES = "user-library-read playlist-read-private playlist-modify-private"
AGENT = "genre-sorter/1.0 ( https://example.org )"


class Visitor:
    def __init__(self, app: ASGIApp) -> None:
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"{BASE_URL}/simulator")
        self.tokens: dict[str, Any] = {}

    async def ask(self, **changes: str | None) -> httpx.Response:
        query = {
            "client_id": "demo",
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "state": "s1",
            "scope": SCOPES,
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **changes,
        }
        wanted = {name: value for name, value in query.items() if value is not None}
        return await self.http.get("/accounts/authorize", params=wanted)

    async def answer(self, page: httpx.Response, decision: str) -> httpx.Response:
        found = re.search(r'name="consent" value="([^"]+)"', page.text)
        assert found, page.text
        form = {"consent": found[1], "decision": decision}
        return await self.http.post("/accounts/authorize", data=form)

    async def code(self, **changes: str | None) -> str:
        page = await self.ask(**changes)
        answer = page if page.status_code == 303 else await self.answer(page, "agree")
        return query_of(answer)["code"]

    async def token(self, **form: str) -> httpx.Response:
        headers = {"Authorization": form.pop("authorization")} if "authorization" in form else {}
        return await self.http.post("/accounts/api/token", data=form, headers=headers)

    async def redeem(self, code: str, /, **changes: str) -> httpx.Response:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "client_id": "demo",
            "code_verifier": VERIFIER,
            **changes,
        }
        return await self.token(**form)

    async def refresh(self) -> httpx.Response:
        refresh_token = self.tokens["refresh_token"]
        return await self.token(grant_type="refresh_token", refresh_token=refresh_token, client_id="demo")

    async def sign_in(self, **changes: str | None) -> "Visitor":
        self.tokens = (await self.redeem(await self.code(**changes))).json()
        return self

    async def api(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}", **more.pop("headers", {})}
        return await self.http.request(method, f"/api/v1{path}", headers=headers, **more)

    async def make_playlist(self, **fields: Any) -> dict[str, Any]:
        answer = await self.api("POST", "/me/playlists", json={"name": "Jazz", "public": False, **fields})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def musicbrainz(self, path: str, params: Mapping[str, Any], agent: str = AGENT) -> httpx.Response:
        headers = {"User-Agent": agent}
        return await self.http.get(
            f"/musicbrainz/ws/2/{path}", params={"fmt": "json", **params}, headers=headers
        )

    async def control(self) -> dict[str, Any]:
        return dict((await self.http.get("/control")).json())

    async def switch(self, **switches: Any) -> httpx.Response:
        return await self.http.post("/control/switches", json=switches)


def query_of(answer: httpx.Response) -> dict[str, str]:
    assert answer.status_code == 303, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}

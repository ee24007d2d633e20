"""Playlists at Spotify as the real client sees them, on respx; answers can be refused or get lost."""

import json
import re
from typing import Any, Literal

import httpx
import respx

API = "https://spotify.test/v1"
QUOTA_S = 3600
Fault = Literal["lost", "down", "refused", "quota"]


class PlaylistsAtSpotify:
    """Keeps playlists; `faults` are taken by the next calls that write, in order.

    Attributes:
        counted: whether it tells how many songs a playlist holds.
    """

    def __init__(self, wire: respx.MockRouter) -> None:
        self.playlists: dict[str, dict[str, Any]] = {}
        self.faults: list[Fault | None] = []
        self.posts = 0
        self.counted = True
        wire.get(f"{API}/me/playlists").mock(side_effect=self._list)
        wire.post(f"{API}/me/playlists").mock(side_effect=self._create)
        wire.get(url__regex=rf"{API}/playlists/\w+$").mock(side_effect=self._get)
        wire.post(url__regex=rf"{API}/playlists/\w+/items$").mock(side_effect=self._add)

    def uris(self, playlist_id: str) -> list[str]:
        return self.playlists[playlist_id]["uris"]

    def put(self, name: str, uris: list[str]) -> str:
        """Make a playlist that the app knows nothing of."""
        playlist_id = f"playlist{len(self.playlists):014d}"
        self.playlists[playlist_id] = {"name": name, "uris": uris}
        return playlist_id

    def _shape(self, playlist_id: str) -> dict[str, Any]:
        playlist = self.playlists[playlist_id]
        return {
            "id": playlist_id,
            "name": playlist["name"],
            "external_urls": {"spotify": f"https://open.spotify.test/playlist/{playlist_id}"},
            "items": {"total": len(playlist["uris"])} if self.counted else None,
            "snapshot_id": "s",
        }

    def _list(self, _request: httpx.Request) -> httpx.Response:
        newest_first = [self._shape(playlist_id) for playlist_id in reversed(self.playlists)]
        return httpx.Response(200, json={"items": newest_first, "total": len(newest_first)})

    def _get(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=self._shape(request.url.path.rpartition("/")[2]))

    def _create(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        assert body["public"] is False
        return self._write(lambda: self._shape(self.put(body["name"], [])), status=201)

    def _add(self, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        playlist_id = re.findall(r"/playlists/(\w+)/items", request.url.path)[0]

        def add() -> dict[str, Any]:
            position = body["position"]
            self.uris(playlist_id)[position:position] = body["uris"]
            return {"snapshot_id": "s"}

        return self._write(add, status=201)

    def _write(self, deed: Any, *, status: int) -> httpx.Response:
        self.posts += 1
        fault = self.faults.pop(0) if self.faults else None
        if fault == "refused":
            return httpx.Response(403, json={"error": {"status": 403, "message": "Forbidden"}})
        if fault == "quota":
            error = {"status": 429, "message": "Too many requests", "reason": "QUOTA_EXCEEDED"}
            return httpx.Response(429, json={"error": error}, headers={"Retry-After": str(QUOTA_S)})
        if fault == "down":
            return httpx.Response(502, html="<h1>Bad Gateway</h1>")
        answer = deed()
        return (
            httpx.Response(504, html="<h1>Timeout</h1>")
            if fault == "lost"
            else httpx.Response(status, json=answer)
        )


class Tokens:
    """Gives the same token always."""

    async def access_token(self, *, rejected: str | None = None) -> str:
        return "token"


def track_uris(count: int) -> tuple[str, ...]:
    return tuple(f"spotify:track:track{number:017d}" for number in range(count))

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
        calls: method and path of every call, ids left out.
        counted: whether it tells how many songs a playlist holds.
        posts: calls that write.
        isrcs: codes of recordings by URI.
        kept_as: what songs become when they are added, by URI: another one, or nothing.
        late: so many looks at a playlist still show it as it was before its last change.
    """

    def __init__(self, wire: respx.MockRouter) -> None:
        self.playlists: dict[str, dict[str, Any]] = {}
        self.unfollowed: set[str] = set()
        self.isrcs: dict[str, str] = {}
        self.kept_as: dict[str, str | None] = {}
        self.late = 0
        self.faults: list[Fault | None] = []
        self.calls: list[str] = []
        self.posts = 0
        self.counted = True
        one = rf"{API}/playlists/\w+"
        wire.get(f"{API}/me/playlists").mock(side_effect=self._list)
        wire.post(f"{API}/me/playlists").mock(side_effect=self._create)
        wire.get(url__regex=rf"{one}(\?.*)?$").mock(side_effect=self._get)
        wire.put(url__regex=rf"{one}$").mock(side_effect=self._rename)
        wire.get(url__regex=rf"{one}/items(\?.*)?$").mock(side_effect=self._items)
        wire.post(url__regex=rf"{one}/items$").mock(side_effect=self._add)
        wire.delete(url__regex=rf"{one}/items$").mock(side_effect=self._remove)
        wire.delete(url__regex=rf"{API}/me/library").mock(side_effect=self._unfollow)

    def uris(self, playlist_id: str) -> list[str]:
        return self.playlists[playlist_id]["uris"]

    def put(self, name: str, uris: list[str], *, owner: str = "anna") -> str:
        """Make a playlist that the app knows nothing of."""
        playlist_id = f"playlist{len(self.playlists):014d}"
        self.playlists[playlist_id] = {"name": name, "uris": uris, "version": 0, "owner": owner}
        return playlist_id

    def edit(self, playlist_id: str, uris: list[str]) -> None:
        """Change a playlist by hand."""
        playlist = self.playlists[playlist_id]
        playlist |= {"before": playlist | {}, "uris": uris, "version": playlist["version"] + 1}

    def _shape(self, playlist_id: str, *, entries: bool = False) -> dict[str, Any]:
        playlist = self.playlists[playlist_id]
        return {
            "id": playlist_id,
            "name": playlist["name"],
            "owner": {"id": playlist["owner"]},
            "external_urls": {"spotify": f"https://open.spotify.test/playlist/{playlist_id}"},
            "items": (self._page(playlist_id, 0, 100 if entries else 0) if self.counted else None),
            "snapshot_id": f"version-{playlist['version']}",
        }

    def _page(self, playlist_id: str, offset: int, limit: int) -> dict[str, Any]:
        uris = self.uris(playlist_id)
        page = {"total": len(uris), "offset": offset, "limit": limit}
        rows = [self._row(uri) for uri in uris[offset : offset + limit]]
        return page | {"items": rows} if limit else page

    def _row(self, uri: str) -> dict[str, Any]:
        track = {"uri": uri, "id": uri.rpartition(":")[2], "external_ids": {"isrc": self.isrcs.get(uri)}}
        return {"item": track if uri else None}

    def _note(self, request: httpx.Request) -> str:
        """Note a call, and return the id of the playlist that it is about."""
        found = re.search(r"/playlists/(\w{22})", request.url.path)
        self.calls.append(
            f"{request.method} {request.url.path.removeprefix('/v1')}".replace(
                found[1] if found else "-", "*"
            )
        )
        return found[1] if found else ""

    def _list(self, request: httpx.Request) -> httpx.Response:
        self._note(request)
        listed = [one for one in self.playlists if one not in self.unfollowed]
        newest_first = [self._shape(playlist_id) for playlist_id in reversed(listed)]
        offset = int(request.url.params["offset"])
        page = {"items": newest_first[offset : offset + 50], "total": len(newest_first)}
        return httpx.Response(200, json=page)

    def _get(self, request: httpx.Request) -> httpx.Response:
        playlist_id = self._note(request)
        if playlist_id not in self.playlists:
            return httpx.Response(404, json={"error": {"status": 404, "message": "Resource not found"}})
        playlist = self.playlists[playlist_id]
        if self.late and "before" in playlist:
            self.late -= 1
            self.playlists[playlist_id] = playlist["before"]
        shape = self._shape(playlist_id, entries=True)
        self.playlists[playlist_id] = playlist
        return httpx.Response(200, json=shape)

    def _items(self, request: httpx.Request) -> httpx.Response:
        offset, limit = (int(request.url.params[name]) for name in ("offset", "limit"))
        return httpx.Response(200, json=self._page(self._note(request), offset, min(limit, 50)))

    def _create(self, request: httpx.Request) -> httpx.Response:
        self._note(request)
        body = json.loads(request.content)
        assert body["public"] is False
        return self._write(lambda: self._shape(self.put(body["name"], [])), status=201)

    def _rename(self, request: httpx.Request) -> httpx.Response:
        playlist_id, body = self._note(request), json.loads(request.content)

        def rename() -> None:
            self.playlists[playlist_id] |= body

        return self._write(rename, status=200)

    def _add(self, request: httpx.Request) -> httpx.Response:
        playlist_id, body = self._note(request), json.loads(request.content)
        uris = list(self.uris(playlist_id))
        place = body.get("position", len(uris))
        assert 0 <= place <= len(uris)
        added = [kept for uri in body["uris"] if (kept := self.kept_as.get(uri, uri))]
        return self._write(
            lambda: self._changed(playlist_id, [*uris[:place], *added, *uris[place:]]), status=201
        )

    def _remove(self, request: httpx.Request) -> httpx.Response:
        playlist_id, body = self._note(request), json.loads(request.content)
        gone = {one["uri"] for one in body["items"]}
        left = [uri for uri in self.uris(playlist_id) if uri not in gone]
        return self._write(lambda: self._changed(playlist_id, left), status=200)

    def _unfollow(self, request: httpx.Request) -> httpx.Response:
        self._note(request)
        playlist_id = request.url.params["uris"].removeprefix("spotify:playlist:")
        return self._write(lambda: self.unfollowed.add(playlist_id), status=200)

    def _changed(self, playlist_id: str, uris: list[str]) -> dict[str, Any]:
        self.edit(playlist_id, uris)
        return {"snapshot_id": f"version-{self.playlists[playlist_id]['version']}"}

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
        if fault == "lost":
            return httpx.Response(504, html="<h1>Timeout</h1>")
        return httpx.Response(status, json=answer) if answer else httpx.Response(status)


class Tokens:
    """Gives the same token always."""

    async def access_token(self, *, rejected: str | None = None) -> str:
        return "token"


def track_uris(count: int) -> tuple[str, ...]:
    return tuple(f"spotify:track:track{number:017d}" for number in range(count))

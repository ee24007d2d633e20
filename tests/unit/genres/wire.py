"""Spotify's Liked Songs and MusicBrainz as the app's real clients see them, on respx."""

import asyncio
import re
import uuid
from collections.abc import Callable, Iterable
from typing import Any

import httpx
import respx

SPOTIFY = "https://spotify.test/v1"
MUSICBRAINZ = "https://musicbrainz.test"


def artist_id(number: int) -> str:
    return f"artist{number:016d}"


def track(number: int, artists: Iterable[int] = (0,), **fields: Any) -> dict[str, Any]:
    """A row of Liked Songs; a higher number was liked later."""
    day, second = divmod(number, 86_400)
    song = {
        "id": f"track{number:017d}",
        "uri": f"spotify:track:track{number:017d}",
        "name": f"Song {number}",
        "artists": [{"id": artist_id(one), "name": f"Artist {one}"} for one in artists],
        "album": {"id": None, "name": "Album", "images": [], "release_date": "1999-01-01"},
        "duration_ms": 1000,
        "type": "track",
    }
    stamp = f"2026-01-{1 + day:02d}T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}Z"
    return {"added_at": stamp, "track": song | fields}


def tracks(count: int, artists_every: int = 2) -> list[dict[str, Any]]:
    """So many rows, newest first, with a new artist every few songs."""
    return [track(number, [number // artists_every]) for number in reversed(range(count))]


class LikedSongs:
    """The list at Spotify; `edit` is called before each answer with the number of the call, from 1.

    While `go` is cleared, answers wait.
    """

    def __init__(self, wire: respx.MockRouter, rows: list[dict[str, Any]]) -> None:
        self.rows = rows
        self.offsets: list[int] = []
        self.edit: Callable[[int], httpx.Response | None] = lambda call: None
        self.go = asyncio.Event()
        self.go.set()
        wire.get(f"{SPOTIFY}/me/tracks").mock(side_effect=self._answer)

    async def asked(self) -> None:
        """Return once the first page was asked for."""
        while not self.offsets:
            await asyncio.sleep(0.001)

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        offset, limit = int(request.url.params["offset"]), int(request.url.params["limit"])
        self.offsets.append(offset)
        await self.go.wait()
        if response := self.edit(len(self.offsets)):
            return response
        items = self.rows[offset : offset + limit]
        return httpx.Response(
            200, json={"items": items, "total": len(self.rows), "offset": offset, "limit": limit}
        )

    @property
    def keys(self) -> list[str]:
        """Ids, or addresses of local files, in order."""
        return [row["track"]["id"] or row["track"]["uri"] for row in self.rows if row and row["track"]]


class MusicBrainzWire:
    """MusicBrainz with tags for some artists; an artist without an entry has no link from Spotify."""

    def __init__(self, wire: respx.MockRouter, tags: dict[str, dict[str, int]] | None = None) -> None:
        self.tags = tags or {}
        self.unlinked: set[str] = set()
        self.down = False
        self.asked: list[list[str]] = []
        self.searches = 0
        wire.get(url__startswith=f"{MUSICBRAINZ}/ws/2/url").mock(side_effect=self._urls)
        wire.get(url__startswith=f"{MUSICBRAINZ}/ws/2/artist").mock(side_effect=self._artists)

    def _urls(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            return httpx.Response(503, text="The MusicBrainz web server is currently busy.")
        ids = re.findall(r"artist/(\w{22})", str(request.url))
        self.asked.append(ids)
        known = [one for one in ids if one in self.tags and one not in self.unlinked]
        urls = [_url(one) for one in known]
        if len(ids) == 1:
            return httpx.Response(200, json=urls[0]) if urls else httpx.Response(404, json={})
        return httpx.Response(200, json={"url-count": len(urls), "urls": urls})

    def _artists(self, request: httpx.Request) -> httpx.Response:
        if self.down:
            return httpx.Response(503, text="The MusicBrainz web server is currently busy.")
        self.searches += 1
        by_mbid = {mbid(one): tags for one, tags in self.tags.items()}
        wanted = re.findall(r"[0-9a-f-]{36}", request.url.params["query"])
        artists = [
            {"id": one, "tags": [{"name": name, "count": n} for name, n in by_mbid[one].items()]}
            for one in wanted
        ]
        return httpx.Response(200, json={"count": len(artists), "artists": artists})


def mbid(spotify_id: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, spotify_id))


def _url(spotify_id: str) -> dict[str, Any]:
    resource = f"https://open.spotify.com/artist/{spotify_id}"
    return {"resource": resource, "relations": [{"artist": {"id": mbid(spotify_id), "name": "x"}}]}

"""Spotify's playlists as the app's real client sees them, on respx."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import respx

from tests.unit.genres.wire import SPOTIFY

Row = dict[str, Any]


def playlist_id(number: int) -> str:
    return f"playlist{number:014d}"


@dataclass
class ListedPlaylist:
    """One playlist; `status` is what reading its entries is answered with."""

    id: str
    rows: list[Row] = field(default_factory=list)
    name: str = "Mine"
    owner: str = "anna"
    collaborative: bool = False
    snapshot: str = "s1"
    status: int = 200

    def shape(self) -> dict[str, Any]:
        owner = {"id": self.owner, "display_name": self.owner.title()}
        shape = {"id": self.id, "name": self.name, "owner": owner, "images": None, "type": "playlist"}
        return shape | {"collaborative": self.collaborative, "snapshot_id": self.snapshot}


class Playlists:
    """Anna's playlists; `edit` is called before each answer about entries, with the number of the call."""

    def __init__(self, wire: respx.MockRouter, *lists: ListedPlaylist) -> None:
        self.lists = list(lists)
        self.calls: list[str] = []
        self.edit: Callable[[int], httpx.Response | None] = lambda call: None
        wire.get(f"{SPOTIFY}/me/playlists").mock(side_effect=self._list)
        wire.get(url__regex=rf"^{SPOTIFY}/playlists/(?P<one>\w+)/items").mock(side_effect=self._items)
        wire.get(url__regex=rf"^{SPOTIFY}/playlists/(?P<one>\w+)(\?.*)?$").mock(side_effect=self._whole)

    @property
    def entry_calls(self) -> int:
        """How many calls have asked for entries."""
        return len(self.calls) - self.calls.count("list")

    def _list(self, request: httpx.Request) -> httpx.Response:
        self.calls.append("list")
        offset = int(request.url.params["offset"])
        shapes = [one.shape() | {"items": {"total": len(one.rows)}} for one in self.lists]
        page = {"items": [*shapes, None][offset : offset + 50], "total": len(shapes) + 1, "offset": offset}
        return httpx.Response(200, json=page | {"limit": 50})

    def _whole(self, request: httpx.Request, one: str) -> httpx.Response:
        return self._answer(one, 0, 100, whole=True)

    def _items(self, request: httpx.Request, one: str) -> httpx.Response:
        return self._answer(one, int(request.url.params["offset"]), int(request.url.params["limit"]))

    def _answer(self, one: str, offset: int, limit: int, *, whole: bool = False) -> httpx.Response:
        self.calls.append(one)
        if response := self.edit(self.entry_calls):
            return response
        found = next((playlist for playlist in self.lists if playlist.id == one), None)
        if found is None or found.status >= 400:
            status = found.status if found else 404
            return httpx.Response(status, json={"error": {"status": status, "message": "Forbidden"}})
        rows = [row and {"added_at": row["added_at"], "item": row["track"]} for row in found.rows]
        page = {"items": rows[offset : offset + limit], "total": len(rows), "offset": offset, "limit": limit}
        return httpx.Response(200, json=found.shape() | {"items": page} if whole else page)

"""Previews, runs and the playlists made, as programs see them."""

import json
from typing import Any

import httpx
import pytest

from tests.unit.playlists.spotify_wire import PlaylistsAtSpotify

pytestmark = pytest.mark.anyio

HERE = {"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}


async def previewed(http: httpx.AsyncClient, *include: str) -> dict[str, Any]:
    body = {"selections": [{"include": list(include), "name": "mine"}]}
    answer = await http.post("/api/playlists/preview", json=body, headers=HERE)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def test_a_preview_writes_nothing_and_is_applied_once(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify
) -> None:
    preview = await previewed(scanned, "family:jazz")
    assert at_spotify.playlists == {}
    applied = [
        await scanned.post("/api/playlists", json={"preview": preview["id"]}, headers=HERE) for _ in range(2)
    ]
    run = f"/api/playlists/runs/{preview['id']}"
    assert [(one.status_code, one.headers["location"]) for one in applied] == [(202, run)] * 2
    await scanned.get(f"{run}/events", headers=HERE)
    (playlist_id,) = at_spotify.playlists
    assert at_spotify.uris(playlist_id) == preview["playlists"][0]["trackUris"]
    (made,) = (await scanned.get("/api/my-playlists", headers=HERE)).json()["playlists"]
    assert (made["id"], made["name"], made["songs"]) == (
        playlist_id,
        "mine",
        preview["playlists"][0]["addCount"],
    )


async def test_the_events_of_a_run_say_what_the_run_says(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify
) -> None:
    preview = await previewed(scanned, "genre:bebop")
    await scanned.post("/api/playlists", json={"preview": preview["id"]}, headers=HERE)
    run = f"/api/playlists/runs/{preview['id']}"
    streamed = (await scanned.get(f"{run}/events", headers=HERE)).text
    last = [line.removeprefix("data: ") for line in streamed.splitlines() if line.startswith("data: ")][-1]
    assert "event: done" in streamed
    assert "retry: 2000" in streamed
    assert json.loads(last) == (await scanned.get(run, headers=HERE)).json()

"""Playlists that are kept in step, as programs see them."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import respx

from tests.integration.accounts.journey import CODE, PAGE, called_back
from tests.integration.playlists.test_playlists_api import HERE, previewed
from tests.unit.playlists.spotify_wire import PlaylistsAtSpotify

pytestmark = pytest.mark.anyio


async def post(http: httpx.AsyncClient, path: str, body: Any = None, *, status: int = 200) -> Any:
    answer = await http.post(path, json=body, headers=HERE)
    assert answer.status_code == status, answer.text
    return answer.json()


async def ended(http: httpx.AsyncClient, run: str) -> dict[str, Any]:
    await http.get(f"/api/playlists/runs/{run}/events", headers=HERE)
    found: dict[str, Any] = (await http.get(f"/api/playlists/runs/{run}", headers=HERE)).json()
    return found


async def mine(http: httpx.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await http.get("/api/my-playlists", headers=HERE)).json()["playlists"]
    return found


@pytest.fixture
async def jazz(scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify) -> str:
    """A playlist of all jazz."""
    preview = await previewed(scanned, "family:jazz")
    run = await post(scanned, "/api/playlists", {"preview": preview["id"]}, status=202)
    assert (await ended(scanned, run["run"]))["status"] == "completed"
    (playlist_id,) = at_spotify.playlists
    return playlist_id


async def test_a_preview_tells_everything_that_is_known_before(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify
) -> None:
    there = at_spotify.put("Mine", ["spotify:track:" + "x" * 22])
    body = {"include": ["bebop"], "exclude": ["family:blues"], "match": "lead", "name": "mine"}
    preview = await post(scanned, "/api/playlists/preview", {"selections": [body]})
    (planned,) = preview["playlists"]
    count = planned["addCount"]
    assert count == len(planned["trackIds"]) > 50
    assert preview["callsNeeded"] == planned["callsNeeded"] == 1 + 1 + 1
    assert preview["callsLeft"] > 500
    assert {
        key: planned[key] for key in ("task", "target", "removeCount", "alreadyCount", "heldBackCount")
    } == {
        "task": "make",
        "target": None,
        "removeCount": 0,
        "alreadyCount": 0,
        "heldBackCount": 0,
    }
    assert planned["namesakes"] == [{"id": there, "name": "Mine", "songs": 1}]


async def test_what_is_excluded_is_not_in_it(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify
) -> None:
    body = {"selections": [{"include": ["family:jazz"], "exclude": ["bebop"]}]}
    problem = await post(scanned, "/api/playlists/preview", body, status=422)
    assert problem["type"].endswith("nothing-selected")


async def test_an_own_playlist_is_a_target_and_a_foreign_one_is_not(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify
) -> None:
    there = at_spotify.put("Morning", ["spotify:track:" + "x" * 22])
    body = {"selections": [{"include": ["family:jazz"], "target": there}]}
    preview = await post(scanned, "/api/playlists/preview", body)
    assert (preview["playlists"][0]["task"], preview["playlists"][0]["name"]) == ("update", "Morning")
    run = await post(scanned, "/api/playlists", {"preview": preview["id"]}, status=202)
    assert (await ended(scanned, run["run"]))["playlists"][0]["id"] == there
    assert len(at_spotify.uris(there)) == preview["playlists"][0]["addCount"] + 1
    body["selections"][0]["target"] = "f" * 22
    assert (await post(scanned, "/api/playlists/preview", body, status=404))["type"].endswith(
        "not-your-playlist"
    )
    body["selections"][0]["target"] = "../me"
    await post(scanned, "/api/playlists/preview", body, status=422)


async def test_hand_made_changes_stay_until_they_are_allowed_again_and_can_be_undone(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify, jazz: str
) -> None:
    whole = list(at_spotify.uris(jazz))
    at_spotify.edit(jazz, [*whole[:3], *whole[4:]])
    run = await post(scanned, "/api/playlists/refresh", status=202)
    assert (await ended(scanned, run["run"]))["status"] == "completed"
    (kept,) = await mine(scanned)
    assert (kept["takenOutCount"], kept["songs"], kept["mode"], kept["gone"]) == (
        1,
        len(whole) - 1,
        "add",
        False,
    )
    preview = await post(scanned, f"/api/playlists/{jazz}/refresh/preview")
    assert (preview["playlists"][0]["addCount"], preview["playlists"][0]["heldBackCount"]) == (0, 1)
    kept = await post(scanned, f"/api/playlists/{jazz}/allow-again", {"uris": [whole[3]]})
    assert kept["takenOutCount"] == 0
    run = await post(scanned, f"/api/playlists/{jazz}/refresh", status=202)
    assert (await ended(scanned, run["run"]))["playlists"][0]["added"] == 1
    assert at_spotify.uris(jazz) == whole
    (kept,) = await mine(scanned)
    assert (kept["change"]["kind"], kept["change"]["added"], kept["change"]["run"]) == (
        "updated",
        1,
        run["run"],
    )
    assert kept["change"]["undoUntil"]
    run = await post(scanned, f"/api/playlists/{jazz}/undo", status=202)
    await ended(scanned, run["run"])
    assert at_spotify.uris(jazz) == [*whole[:3], *whole[4:]]
    assert (await post(scanned, f"/api/playlists/{jazz}/undo", status=409))["type"].endswith(
        "nothing-to-undo"
    )


async def test_a_playlist_is_removed_only_if_that_is_said_and_allowed(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify, jazz: str, wire: respx.MockRouter
) -> None:
    path = f"/api/playlists/{jazz}/undo"
    problem = await post(scanned, path, status=409)
    assert problem["type"].endswith("undo-removes-playlist")
    problem = await post(scanned, path, {"unfollow": True}, status=403)
    assert problem["type"].endswith("spotify-missing-permission")
    assert at_spotify.unfollowed == set()
    asked = await scanned.get("/auth/spotify", params={"feature": "unfollow"}, headers=PAGE)
    query = parse_qs(urlsplit(asked.headers["location"]).query)
    tokens = {"access_token": "t", "refresh_token": "r", "expires_in": 3600, "scope": query["scope"][0]}
    wire.post("https://accounts.spotify.com/api/token").mock(
        side_effect=lambda _: httpx.Response(200, json=tokens)
    )
    await called_back(scanned, code=CODE, state=query["state"][0])
    run = await post(scanned, path, {"unfollow": True}, status=202)
    assert (await ended(scanned, run["run"]))["status"] == "completed"
    assert at_spotify.unfollowed == {jazz}
    assert await mine(scanned) == []


async def test_how_a_playlist_is_kept_can_be_changed_and_it_can_be_forgotten(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify, jazz: str
) -> None:
    path = f"/api/playlists/{jazz}"
    selection = {"include": ["bebop"], "exclude": ["family:folk"]}
    body = {"mode": "mirror", "schedule": "weekly", "selection": selection, "name": "Late"}
    changed = (await scanned.put(path, json=body, headers=HERE)).json()
    assert (changed["mode"], changed["include"], changed["exclude"]) == (
        "mirror",
        ["genre:bebop"],
        ["family:folk"],
    )
    assert changed["schedule"] == "weekly"
    assert (changed["name"], at_spotify.playlists[jazz]["name"]) == ("Late", "Late")
    assert (await mine(scanned)) == [changed]
    assert (await scanned.put(path, json={"mode": "other"}, headers=HERE)).status_code == 422
    assert (await scanned.delete(path, headers=HERE)).status_code == 204
    assert (await scanned.put(path, json={"mode": "add"}, headers=HERE)).status_code == 404
    assert await mine(scanned) == []
    assert jazz not in at_spotify.unfollowed


async def test_a_deleted_playlist_is_shown_as_gone(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify, jazz: str
) -> None:
    at_spotify.unfollowed.add(jazz)
    preview = await post(scanned, "/api/playlists/refresh/preview")
    assert [one["id"] for one in preview["gone"]] == [jazz]
    assert [one["gone"] for one in await mine(scanned)] == [True]
    problem = await post(scanned, f"/api/playlists/{jazz}/refresh", status=409)
    assert problem["type"].endswith("playlist-gone")


async def test_without_playlists_there_is_nothing_to_refresh(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify
) -> None:
    assert (await post(scanned, "/api/playlists/refresh", status=404))["type"].endswith("no-playlists")
    for path in (f"/api/playlists/{'f' * 22}/refresh", f"/api/playlists/{'f' * 22}/undo"):
        assert (await post(scanned, path, status=404))["type"].endswith("playlist-not-kept")

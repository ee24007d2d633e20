"""In which of one's own playlists songs are: read when that is asked for, and used by the library."""

import re
from typing import Any

import httpx
import pytest

from tests.integration.accounts.journey import FORM, PAGE
from tests.integration.playlists.test_kept_playlists_api import ended, mine, post
from tests.integration.playlists.test_playlists_api import HERE
from tests.unit.genres.wire import LikedSongs
from tests.unit.playlists.spotify_wire import PlaylistsAtSpotify, track_uris

pytestmark = pytest.mark.anyio

CONTENTS = "/api/playlists/contents"


async def jazz(http: httpx.AsyncClient) -> list[str]:
    """Return the URIs of all jazz, newest like first."""
    body = {"selections": [{"include": ["family:jazz"]}]}
    return list((await post(http, "/api/playlists/preview", body))["playlists"][0]["trackUris"])


async def contents(http: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await http.get(CONTENTS, headers=HERE)).json()
    return found


async def read(http: httpx.AsyncClient) -> dict[str, Any]:
    await post(http, CONTENTS, status=202)
    await http.get(f"{CONTENTS}/events", headers=HERE)
    return await contents(http)


async def songs_shown(http: httpx.AsyncClient, path: str) -> str:
    page = (await http.get(path, headers=PAGE)).text
    found = re.search(r"([\d,]+) of ([\d,]+) songs are shown", page)
    return found[0] if found else page


async def test_reading_is_offered_with_its_calls_and_done_once(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify
) -> None:
    at_spotify.put("Long", list(track_uris(230)))
    at_spotify.put("Short", list(track_uris(3)))
    at_spotify.put("Nothing yet", [])
    at_spotify.put("Foreign", list(track_uris(9)), owner="bo")
    offered = await contents(scanned)
    assert {one["name"]: one["state"] for one in offered["playlists"]} == {
        "Foreign": "foreign",
        "Nothing yet": "read",
        "Short": "unread",
        "Long": "unread",
    }
    assert (offered["status"], offered["missing"], offered["callsNeeded"]) == ("idle", 2, 1 + 4)
    assert at_spotify.calls == ["GET /me/playlists"]
    done = await read(scanned)
    assert (done["missing"], done["callsNeeded"], done["problem"]) == (0, 0, None)
    assert at_spotify.calls[1:] == ["GET /playlists/*", "GET /playlists/*", *["GET /playlists/*/items"] * 3]
    await read(scanned)
    assert len(at_spotify.calls) == 6
    assert {one["name"]: one["state"] for one in done["playlists"]}["Long"] == "read"


async def test_the_library_shows_songs_that_are_in_no_playlist(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify
) -> None:
    songs = await jazz(scanned)
    asked = await scanned.get("/genres?playlists=none", headers=PAGE)
    assert (asked.status_code, asked.headers["location"]) == (303, "/playlists/contents")
    at_spotify.put("Morning", songs[:30])
    at_spotify.put("Evening", songs[20:40])
    await read(scanned)
    whole = len(songs)
    assert await songs_shown(scanned, "/genres?family=jazz&playlists=none") == (
        f"{whole - 40} of {whole} songs are shown"
    )
    genre = (await scanned.get("/genres/bebop?playlists=none", headers=PAGE)).text
    assert songs[39].rpartition(":")[2] not in genre
    assert songs[40].rpartition(":")[2] in genre
    why = "/genres/why?song=" + songs[25].rpartition(":")[2]
    page = (await scanned.get(why, headers=PAGE)).text
    assert ">Evening<" in page
    assert ">Morning<" in page
    assert (
        "In none of your playlists."
        in (await scanned.get("/genres/why?song=" + songs[50].rpartition(":")[2], headers=PAGE)).text
    )


async def test_another_copy_of_a_recording_counts_too(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify, liked: LikedSongs
) -> None:
    twin = liked.rows[1]
    liked.rows[2]["track"]["external_ids"] = twin["track"]["external_ids"] = {"isrc": "SEABC2600001"}
    await scanned.post("/scan", data={"source": "liked", "everything": "true"}, headers=FORM)
    await scanned.get("/api/genres/scan/events", headers=HERE)
    at_spotify.put("One of them", [f"spotify:track:{twin['track']['id']}"])
    await read(scanned)
    assert await songs_shown(scanned, "/genres?playlists=none") == "118 of 120 songs are shown"


async def test_what_the_app_keeps_itself_is_known_and_a_changed_playlist_is_read_again(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify
) -> None:
    theirs = at_spotify.put("Theirs", [])
    body = {"selections": [{"include": ["family:jazz"]}]}
    preview = await post(scanned, "/api/playlists/preview", body)
    run = await post(scanned, "/api/playlists", {"preview": preview["id"]}, status=202)
    await ended(scanned, run["run"])
    before = len(at_spotify.calls)
    view = await read(scanned)
    assert {one["name"]: one["state"] for one in view["playlists"]}["Theirs"] == "read"
    assert at_spotify.calls[before:] == ["GET /me/playlists"]
    family = (await scanned.get("/genres?family=jazz&playlists=none", headers=PAGE)).text
    assert "No song stands here" in family
    (made,) = await mine(scanned)
    assert {one["id"]: one["state"] for one in view["playlists"]} == {theirs: "read", made["id"]: "made"}


async def test_a_selection_of_songs_that_are_in_no_playlist_stays_so(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify
) -> None:
    songs = await jazz(scanned)
    body = {"selections": [{"include": ["family:jazz"], "unlisted": True}]}
    problem = await post(scanned, "/api/playlists/preview", body, status=409)
    assert problem["type"].endswith("contents-unknown")
    at_spotify.put("Morning", songs[:30])
    await read(scanned)
    form = {"select": "family:jazz", "unlisted": "true"}
    said = (await scanned.post("/genres/selection", data=form, headers=FORM)).text
    assert f"{len(songs) - 30} songs" in said
    preview = await post(scanned, "/api/playlists/preview", body)
    assert preview["playlists"][0]["trackUris"] == songs[30:]
    run = await post(scanned, "/api/playlists", {"preview": preview["id"]}, status=202)
    assert (await ended(scanned, run["run"]))["status"] == "completed"
    refreshed = await post(scanned, "/api/playlists/refresh/preview")
    assert refreshed["playlists"][0]["addCount"] == 0


async def test_the_page_of_a_preview_counts_what_is_in_other_playlists_and_keeps_to_it(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify
) -> None:
    songs = await jazz(scanned)
    at_spotify.put("Morning", songs[:30])
    target = at_spotify.put("Target", songs[40:50])
    await read(scanned)
    form = {"select": "family:jazz", "unlisted": "true"}
    answer = await scanned.post("/playlists/preview", data=form, headers=FORM)
    page = (await scanned.get(answer.headers["location"], headers=PAGE)).text
    assert "40 songs are in other playlists of yours and stay out" in page
    assert page.count('name="drop-0"') == 0
    revised = await scanned.post(
        f"{answer.headers['location']}/revise", data={"where-0": target}, headers=FORM
    )
    page = (await scanned.get(revised.headers["location"], headers=PAGE)).text
    assert "30 songs are in other playlists of yours and stay out" in page


async def test_an_export_can_be_of_songs_in_no_playlist(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify
) -> None:
    songs = await jazz(scanned)
    export = "/api/genres/export?format=json&include=family:jazz&unlisted=true"
    assert (await scanned.get(export, headers=HERE)).status_code == 409
    at_spotify.put("Morning", songs[:30])
    await read(scanned)
    assert [one["uri"] for one in (await scanned.get(export, headers=HERE)).json()] == songs[30:]
    page = await scanned.get("/genres/export?select=family:jazz&unlisted=true", headers=PAGE)
    assert f"Export {len(songs) - 30} songs" in page.text
    assert 'name="unlisted" value="true"' in page.text


async def test_songs_of_the_target_itself_do_not_count(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify
) -> None:
    songs = await jazz(scanned)
    target = at_spotify.put("Target", songs[:10])
    at_spotify.put("Other", songs[5:20])
    await read(scanned)
    body = {"selections": [{"include": ["family:jazz"], "unlisted": True, "target": target}]}
    (planned,) = (await post(scanned, "/api/playlists/preview", body))["playlists"]
    assert (planned["addCount"], planned["removeCount"]) == (len(songs) - 20, 0)


async def test_the_page_says_what_reading_takes_and_starts_it(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify
) -> None:
    at_spotify.put("<b>Long</b>", list(track_uris(230)))
    at_spotify.put("Theirs", [], owner="<i>bo</i>")
    page = (await scanned.get("/playlists/contents", headers=PAGE)).text
    assert "0 of 1 playlists are read and kept." in page
    assert "4 calls to Spotify, under a minute" in page
    assert "&lt;b&gt;Long" in page
    assert "of &lt;i&gt;bo" in page
    started = await scanned.post("/playlists/contents", headers=FORM)
    assert (started.status_code, started.headers["location"]) == (303, "/playlists/contents")
    await scanned.get(f"{CONTENTS}/events", headers=HERE)
    page = (await scanned.get("/playlists/contents", headers=PAGE)).text
    assert "1 of 1 playlists are read and kept." in page
    assert 'href="/genres?playlists=none"' in page


async def test_without_a_library_one_is_offered_first(
    browser: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify
) -> None:
    at_spotify.put("Morning", list(track_uris(3)))
    for _ in range(2):
        asked = await browser.get("/genres?playlists=none", headers=PAGE)
        assert (asked.status_code, asked.headers["location"]) == (303, "/scan")
        await read(browser)


async def test_without_an_own_playlist_no_song_is_in_one(scanned: httpx.AsyncClient) -> None:
    page = (await scanned.get("/playlists/contents", headers=PAGE)).text
    assert "You have no playlists of your own" in page
    assert await songs_shown(scanned, "/genres?playlists=none") == "120 of 120 songs are shown"

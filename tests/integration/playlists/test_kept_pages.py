"""The pages of the playlists that are kept in step, and their forms."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import respx

from tests.integration.accounts.journey import CODE, FORM, PAGE, called_back
from tests.integration.playlists.test_kept_playlists_api import ended, jazz, mine, post
from tests.unit.playlists.spotify_wire import PlaylistsAtSpotify

__all__ = ["jazz"]

pytestmark = pytest.mark.anyio


async def see(http: httpx.AsyncClient, path: str, *, status: int = 200) -> str:
    """Return the words of a page."""
    answer = await http.get(path, headers=PAGE)
    assert answer.status_code == status, answer.text
    body = re.sub(r"<option.*?</option>", "", answer.text.partition("<main")[2])
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


async def send(http: httpx.AsyncClient, path: str, **form: object) -> str:
    """Send a form, and return where it leads."""
    answer = await http.post(path, data=form, headers=FORM)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def refreshed(http: httpx.AsyncClient) -> None:
    run = await post(http, "/api/playlists/refresh", status=202)
    assert (await ended(http, run["run"]))["status"] == "completed"


async def test_the_shelf_says_how_each_playlist_is_kept(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify, jazz: str
) -> None:
    await scanned.put(
        f"/api/playlists/{jazz}",
        json={"mode": "mirror", "selection": {"include": ["family:jazz"], "exclude": ["family:blues"]}},
        headers=FORM,
    )
    page = await see(scanned, "/playlists")
    assert "1 playlist, kept in step" in page
    assert re.search(r"mine \d+ songs all of Jazz without all of Blues mirror Compared", page)
    at_spotify.unfollowed.add(jazz)
    assert (await send(scanned, "/playlists/refresh")).startswith("/playlists/preview/")
    assert "Gone from Spotify" in await see(scanned, "/playlists")


async def test_all_frozen_offers_no_update(scanned: httpx.AsyncClient, jazz: str) -> None:
    await scanned.put(f"/api/playlists/{jazz}", json={"mode": "frozen"}, headers=FORM)
    assert "nothing to update" in await see(scanned, "/playlists")
    page = await see(scanned, f"/playlists/{jazz}")
    assert "no update touches it" in page
    assert "Preview the update" not in page


async def test_a_playlist_renamed_at_spotify_has_its_new_name_here(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify, jazz: str
) -> None:
    at_spotify.playlists[jazz]["name"] = "Late & early"
    preview = await post(scanned, "/api/playlists/refresh/preview")
    assert [one["name"] for one in preview["playlists"]] == ["Late & early"]
    assert "Late & early" in await see(scanned, f"/playlists/{jazz}")


async def test_terms_are_saved_and_a_name_is_told_to_spotify_only_when_it_is_new(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify, jazz: str
) -> None:
    before = at_spotify.posts
    form = {
        "name": "mine",
        "mode": "mirror",
        "order": "oldest",
        "schedule": "weekly",
        "match": "lead",
        "inferred": "yes",
    }
    assert await send(scanned, f"/playlists/{jazz}", **form) == f"/playlists/{jazz}?notice=saved"
    (kept,) = await mine(scanned)
    assert {key: kept[key] for key in ("mode", "order", "schedule", "match", "inferred", "include")} == {
        "mode": "mirror",
        "order": "oldest",
        "schedule": "weekly",
        "match": "lead",
        "inferred": True,
        "include": ["family:jazz"],
    }
    assert at_spotify.posts == before
    del form["inferred"]
    await send(scanned, f"/playlists/{jazz}", **form | {"name": "Late"})
    (kept,) = await mine(scanned)
    assert (kept["inferred"], kept["name"], at_spotify.playlists[jazz]["name"]) == (False, "Late", "Late")
    page = await see(scanned, f"/playlists/{jazz}?notice=saved")
    assert "Saved." in page
    assert "mirror, every week" in page
    page = await see(scanned, "/playlists")
    assert "mirror, every week" in page
    assert "your library. Auto-sort runs next:" in page


async def test_what_belongs_there_is_changed_by_name(scanned: httpx.AsyncClient, jazz: str) -> None:
    path = f"/playlists/{jazz}/selection"
    for form in (
        {"genre": "Be-Bop", "to": "exclude"},
        {"family": "blues", "to": "include"},
        {"remove": "family:jazz"},
    ):
        assert await send(scanned, path, **form) == f"/playlists/{jazz}?notice=saved"
    (kept,) = await mine(scanned)
    assert (kept["include"], kept["exclude"]) == (["family:blues"], ["genre:bebop"])
    await send(scanned, path, genre="bebop", to="include")
    (kept,) = await mine(scanned)
    assert (kept["include"], kept["exclude"]) == (["family:blues", "genre:bebop"], [])


async def test_a_genre_that_no_song_has_is_told_beside_the_field(
    scanned: httpx.AsyncClient, jazz: str
) -> None:
    there = await send(scanned, f"/playlists/{jazz}/selection", genre='"polka', to="include")
    assert "#" not in there, "browsers would go there, and not to the field"
    page = (await scanned.get(there, headers=PAGE)).text
    assert "No song of your library has this genre." in page
    assert re.search(r'value="&#34;polka"[^>]* autofocus', page)
    (kept,) = await mine(scanned)
    assert kept["include"] == ["family:jazz"]


async def test_the_last_thing_that_belongs_there_stays(scanned: httpx.AsyncClient, jazz: str) -> None:
    answer = await scanned.post(
        f"/playlists/{jazz}/selection", data={"remove": "family:jazz"}, headers=FORM | {"accept": "text/html"}
    )
    assert answer.status_code == 409
    (kept,) = await mine(scanned)
    assert kept["include"] == ["family:jazz"]


async def test_songs_taken_out_by_hand_are_listed_and_allowed_one_by_one_or_all(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify, jazz: str
) -> None:
    whole = list(at_spotify.uris(jazz))
    at_spotify.edit(jazz, whole[3:])
    await refreshed(scanned)
    assert "3 songs that no update adds again" in await see(scanned, f"/playlists/{jazz}")
    path = f"/playlists/{jazz}/allow-again"
    assert await send(scanned, path, uri=whole[0]) == f"/playlists/{jazz}?notice=allowed#out-songs"
    page = await see(scanned, f"/playlists/{jazz}?notice=allowed")
    assert "Allowed again." in page
    assert "2 songs that no update adds again" in page
    assert await send(scanned, path) == f"/playlists/{jazz}?notice=allowed"
    assert "Taken out by hand" not in await see(scanned, f"/playlists/{jazz}")
    await refreshed(scanned)
    assert at_spotify.uris(jazz) == whole


async def test_an_update_is_undone_after_asking(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify, jazz: str
) -> None:
    whole = list(at_spotify.uris(jazz))
    at_spotify.edit(jazz, whole[2:])
    await refreshed(scanned)
    await send(scanned, f"/playlists/{jazz}/allow-again")
    await refreshed(scanned)
    page = await see(scanned, f"/playlists/{jazz}/undo")
    assert "This removes the 2 songs that were added" in page
    assert "puts" not in page
    change = (await mine(scanned))[0]["change"]["run"]
    run = await send(scanned, f"/playlists/{jazz}/undo", change=change)
    await ended(scanned, run.rpartition("/")[2])
    assert at_spotify.uris(jazz) == whole[2:]
    assert "2 songs that no update adds again" in await see(scanned, f"/playlists/{jazz}")
    assert "nothing to take back" in await see(scanned, f"/playlists/{jazz}/undo", status=409)


async def test_a_change_that_is_not_the_last_any_more_is_asked_about_again(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify, jazz: str
) -> None:
    writes = at_spotify.posts
    assert await send(scanned, f"/playlists/{jazz}/undo", change="older") == f"/playlists/{jazz}/undo"
    assert at_spotify.posts == writes


async def test_removing_a_playlist_asks_for_the_permission_first(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify, jazz: str, wire: respx.MockRouter
) -> None:
    path = f"/playlists/{jazz}/undo"
    assert "Remove mine from your Spotify?" in await see(scanned, path)
    page = (await scanned.get(path, headers=PAGE)).text
    (link,) = re.findall(r'href="(/auth/spotify\?feature=[^"]+)"', page)
    assert "Without the permission" in await see(scanned, f"{path}?refused=unfollow")
    asked = await scanned.get(html.unescape(link), headers=PAGE)
    query = parse_qs(urlsplit(asked.headers["location"]).query)
    tokens = {"access_token": "t", "refresh_token": "r", "expires_in": 3600, "scope": query["scope"][0]}
    wire.post("https://accounts.spotify.com/api/token").mock(
        side_effect=lambda _: httpx.Response(200, json=tokens)
    )
    back = await called_back(scanned, code=CODE, state=query["state"][0])
    assert back.headers["location"] == path
    assert "Remove the playlist" in await see(scanned, path)
    run = await send(scanned, path, change=(await mine(scanned))[0]["change"]["run"])
    await ended(scanned, run.rpartition("/")[2])
    assert at_spotify.unfollowed == {jazz}
    assert "Nothing made yet" in await see(scanned, "/playlists")


async def test_a_playlist_that_is_gone_is_made_again_or_forgotten(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify, jazz: str
) -> None:
    at_spotify.unfollowed.add(jazz)
    assert await send(scanned, f"/playlists/{jazz}/refresh") == f"/playlists/{jazz}"
    page = await see(scanned, f"/playlists/{jazz}")
    assert "Make it again" in page
    assert "Undo" not in page
    plan = await send(scanned, f"/playlists/{jazz}/again")
    run = await post(scanned, "/api/playlists", {"preview": plan.rpartition("/")[2]}, status=202)
    await ended(scanned, run["run"])
    (again,) = [one for one in at_spotify.playlists if one not in at_spotify.unfollowed]
    assert [one["id"] for one in await mine(scanned)] == [again]
    at_spotify.unfollowed.add(again)
    await send(scanned, "/playlists/refresh")
    assert "Forget mine?" in await see(scanned, f"/playlists/{again}/forget")
    assert await send(scanned, f"/playlists/{again}/forget") == "/playlists"
    assert await mine(scanned) == []


async def test_a_playlist_is_managed_no_longer_and_stays_at_spotify(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify, jazz: str
) -> None:
    assert "It stays at Spotify as it is" in await see(scanned, f"/playlists/{jazz}/forget")
    assert await send(scanned, f"/playlists/{jazz}/forget") == "/playlists"
    assert at_spotify.unfollowed == set()
    assert "not kept here" in await see(scanned, f"/playlists/{jazz}", status=404)


async def test_words_that_are_no_playlist_have_no_page(scanned: httpx.AsyncClient) -> None:
    for path in ("/playlists/nothing", "/playlists/nothing/undo", "/playlists/nothing/forget"):
        assert "not kept here" in await see(scanned, path, status=404)

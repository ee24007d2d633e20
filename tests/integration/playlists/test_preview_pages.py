"""The pages of a preview and of the run that writes it, and their forms."""

import httpx
import pytest

from tests.integration.accounts.journey import FORM, PAGE
from tests.integration.playlists.test_kept_pages import see, send
from tests.integration.playlists.test_kept_playlists_api import ended, jazz, mine, post
from tests.integration.playlists.test_playlists_api import previewed
from tests.unit.playlists.spotify_wire import PlaylistsAtSpotify

__all__ = ["jazz"]

pytestmark = pytest.mark.anyio


async def made(http: httpx.AsyncClient, where: str) -> str:
    """Wait for the run that an address names; return its id."""
    assert where.startswith("/playlists/runs/"), where
    run = where.rpartition("/")[2]
    assert (await ended(http, run))["status"] == "completed"
    return run


async def test_a_name_that_is_there_is_asked_about_before_anything_is_written(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify
) -> None:
    there = at_spotify.put("Late", ["spotify:track:" + "x" * 22])
    preview = (await previewed(scanned, "family:jazz"))["id"]
    asked = await send(scanned, f"/playlists/preview/{preview}", **{"name-0": " late "})
    assert asked.startswith("/playlists/preview/")
    assert at_spotify.posts == 0
    assert "You have a playlist “Late” already, with 1 song." in await see(scanned, asked)
    second = await send(scanned, asked.partition("?")[0], **{"name-0": "late", "second-0": "true"})
    await made(scanned, second)
    assert [one["name"] for one in at_spotify.playlists.values()] == ["Late", "late"]
    assert at_spotify.uris(there) == ["spotify:track:" + "x" * 22]


async def test_a_button_adds_to_the_one_that_is_there_instead(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify
) -> None:
    there = at_spotify.put("Jazz", ["spotify:track:" + "x" * 22])
    preview = await previewed(scanned, "family:jazz")
    form = {"name-0": "Jazz", "into-0": there, "where-0": ""}
    where = await send(scanned, f"/playlists/preview/{preview['id']}/revise", **form)
    page = await see(scanned, where)
    assert "1 playlist, nothing written yet" in page
    assert f"{preview['playlists'][0]['addCount']} songs to add" in page
    assert at_spotify.posts == 0
    form = {"where-0": there, "mode-0": "add", "order-0": "newest"}
    await made(scanned, await send(scanned, where.partition("?")[0], **form))
    assert len(at_spotify.playlists) == 1
    (kept,) = await mine(scanned)
    assert (kept["id"], kept["songs"]) == (there, preview["playlists"][0]["addCount"] + 1)


async def test_another_place_or_order_is_shown_before_it_is_written(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify
) -> None:
    there = at_spotify.put("Morning", ["spotify:track:" + "x" * 22])
    preview = await previewed(scanned, "family:jazz")
    page = f"/playlists/preview/{preview['id']}"
    for chosen in ({"where-0": there}, {"order-0": "oldest"}):
        where = await send(scanned, page, **{"name-0": "mine"} | chosen)
        assert where.endswith("?changed=true")
        assert "This is what would be written now." in await see(scanned, where)
    assert at_spotify.posts == 0
    form = {"name-0": "mine", "order-0": "oldest", "mode-0": "mirror", "description-0": "All of it"}
    await made(scanned, await send(scanned, where.partition("?")[0], **form))
    (kept,) = await mine(scanned)
    assert (kept["order"], kept["mode"], kept["name"]) == ("oldest", "mirror", "mine")
    assert at_spotify.uris(kept["id"]) == preview["playlists"][0]["trackUris"][::-1]


async def test_a_song_that_is_left_out_never_comes_back_by_itself_and_can_be_had_again(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify
) -> None:
    preview = await previewed(scanned, "family:jazz")
    first, *others = preview["playlists"][0]["trackUris"]
    looked = await send(scanned, f"/playlists/preview/{preview['id']}/revise", **{"drop-0": first})
    assert "1 song that you leave out" in await see(scanned, looked)
    # unticked again it is in, which is shown before it is written
    assert (await send(scanned, looked.partition("?")[0], **{"name-0": "mine"})).endswith("?changed=true")
    form = {"name-0": "mine", "drop-0": first}
    await made(scanned, await send(scanned, f"/playlists/preview/{preview['id']}", **form))
    (kept,) = await mine(scanned)
    run = await post(scanned, "/api/playlists/refresh", status=202)
    assert (await ended(scanned, run["run"]))["playlists"][0]["total"] == 0
    assert at_spotify.uris(kept["id"]) == others
    assert kept["takenOutCount"] == 1


async def test_the_permission_to_undo_is_asked_for_with_the_first_creation(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify
) -> None:
    page = f"/playlists/preview/{(await previewed(scanned, 'family:jazz'))['id']}"
    assert 'name="unfollow" value="yes" checked' in (await scanned.get(page, headers=PAGE)).text
    where = await send(scanned, page, **{"name-0": "mine", "unfollow": "yes"})
    run = page.replace("preview", "runs")
    assert where == f"/auth/spotify?feature=unfollow&next={run}"
    await made(scanned, run)
    assert "You did not give the permission" in await see(scanned, f"{run}?refused=unfollow")
    (playlist_id,) = at_spotify.playlists
    assert f'href="/playlists/{playlist_id}/undo"' in (await scanned.get(run, headers=PAGE)).text
    page = f"/playlists/preview/{(await previewed(scanned, 'genre:bebop'))['id']}"
    assert 'name="unfollow" value="yes">' in (await scanned.get(page, headers=PAGE)).text


async def test_what_is_already_written_is_not_asked_about_again(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify
) -> None:
    page = f"/playlists/preview/{(await previewed(scanned, 'family:jazz'))['id']}"
    first = await send(scanned, page, **{"name-0": "mine"})
    await made(scanned, first)
    assert await send(scanned, page, **{"name-0": "mine", "order-0": "oldest"}) == first
    assert len(at_spotify.playlists) == 1


@pytest.mark.parametrize("field", [{"mode-0": "odd"}, {"into-0": "../me"}, {"drop-0": "spotify:local:x"}])
async def test_what_the_page_does_not_offer_is_refused(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify, field: dict[str, str]
) -> None:
    page = f"/playlists/preview/{(await previewed(scanned, 'family:jazz'))['id']}"
    for path in (page, f"{page}/revise"):
        assert (await scanned.post(path, data=field, headers=FORM)).status_code == 422
    assert at_spotify.posts == 0


async def test_a_refresh_with_nothing_to_do_says_so_and_offers_no_button(
    scanned: httpx.AsyncClient, jazz: str
) -> None:
    where = await send(scanned, "/playlists/refresh")
    page = await see(scanned, where)
    assert "Nothing to do Every playlist has what belongs there." in page
    assert "Nothing to do in 1 playlist" in page
    assert "Nothing is written before you press" not in page


async def test_an_undo_tells_what_it_means_for_refreshes_and_allows_it_again(
    scanned: httpx.AsyncClient, at_spotify: PlaylistsAtSpotify, jazz: str
) -> None:
    whole = list(at_spotify.uris(jazz))
    at_spotify.edit(jazz, whole[2:])
    await post(scanned, f"/api/playlists/{jazz}/refresh/preview")
    await post(scanned, f"/api/playlists/{jazz}/allow-again")
    run = await post(scanned, f"/api/playlists/{jazz}/refresh", status=202)
    assert (await ended(scanned, run["run"]))["playlists"][0]["added"] == 2
    page = await see(scanned, f"/playlists/runs/{run['run']}")
    assert "Updated 2 songs put in." in page
    undo = await post(scanned, f"/api/playlists/{jazz}/undo", status=202)
    assert (await ended(scanned, undo["run"]))["status"] == "completed"
    page = f"/playlists/runs/{undo['run']}"
    assert "2 songs that were taken out count as taken out by hand" in await see(scanned, page)
    assert await send(scanned, f"{page}/allow-again") == page
    assert "count as taken out by hand" not in await see(scanned, page)
    preview = await post(scanned, f"/api/playlists/{jazz}/refresh/preview")
    assert sorted(preview["playlists"][0]["trackUris"]) == sorted(whole[:2])


async def test_what_a_mirror_takes_out_is_listed(scanned: httpx.AsyncClient, jazz: str) -> None:
    (kept,) = await mine(scanned)
    families = (await scanned.get("/api/genres")).json()["families"]
    other = next(one["id"] for one in families if one["id"] not in {"jazz", "electronic"})
    terms = {"mode": "mirror", "selection": {"include": [f"family:{other}"]}}
    await scanned.put(f"/api/playlists/{jazz}", json=terms, headers=FORM)
    where = await send(scanned, "/playlists/refresh")
    page = await see(scanned, where)
    assert f"{kept['songs']} to take out." in page
    assert "Update" in page
    page = await see(scanned, f"{where}/songs?what=remove")
    assert f"{kept['songs']} songs to take out" in page
    assert "Song 1 " in page

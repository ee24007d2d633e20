"""The pages of scanning and of the library, in the whole app."""

import asyncio
import re

import httpx
import pytest
import respx

from app.settings import Settings
from tests.integration.accounts.journey import FORM, JumpingClock, running, signed_in
from tests.integration.genres.test_genres_api import FETCH, events
from tests.unit.genres.wire import MUSICBRAINZ, LikedSongs, MusicBrainzWire, artist_id, mbid

pytestmark = pytest.mark.anyio


@pytest.fixture
async def scanned(browser: httpx.AsyncClient) -> httpx.AsyncClient:
    response = await browser.post("/scan", data={"source": "liked"}, headers=FORM)
    assert (response.status_code, response.headers["location"]) == (303, "/scan")
    await events(browser)
    return browser


async def text(browser: httpx.AsyncClient, path: str) -> str:
    response = await browser.get(path)
    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store"), path
    return response.text


async def test_without_a_library_one_is_offered(browser: httpx.AsyncClient) -> None:
    response = await browser.get("/genres")
    assert (response.status_code, response.headers["location"]) == (303, "/scan")
    page = await text(browser, "/scan")
    assert 'action="/scan"' in page
    assert ">120<" in page


async def test_the_scan_page_follows_the_scan_and_stops_it(
    browser: httpx.AsyncClient, liked: LikedSongs
) -> None:
    liked.go.clear()
    await browser.post("/scan", data={"source": "liked"}, headers=FORM)
    again = await browser.post("/scan", data={"source": "liked"}, headers=FORM)
    assert again.headers["location"] == "/scan"
    assert 'data-status="running"' in await text(browser, "/scan")
    await liked.asked()
    stopped = await browser.post("/scan/stop", headers=FORM)
    assert stopped.headers["location"] == "/scan"
    liked.go.set()
    assert 'data-status="cancelled"' in await text(browser, "/scan")
    await browser.post("/scan", data={"source": "liked"}, headers=FORM)
    await events(browser)
    assert 'data-status="completed"' in await text(browser, "/scan")
    assert 'name="source"' in await text(browser, "/scan?again=1")


async def test_the_library_shows_families_genres_and_songs(scanned: httpx.AsyncClient) -> None:
    library = await text(scanned, "/genres")
    assert 'value="family:jazz"' in library
    assert 'href="/genres/none"' in library
    assert 'value="genre:bebop"' in await text(scanned, "/genres?family=jazz")
    assert "deep house" in await text(scanned, "/genres?q=house&sort=name")
    assert "Clear search" in await text(scanned, "/genres?q=xyz")
    genre = await text(scanned, "/genres/deep%20house?match=any&sort=artist")
    assert "Song 79" in genre
    assert "Artist 49" in await text(scanned, "/genres/none")


async def test_a_genre_with_an_ampersand_has_a_page(scanned: httpx.AsyncClient) -> None:
    page = await text(scanned, "/genres?q=soul")
    (address,) = re.findall(r'href="(/genres/[^"]+)">r&amp;b soul<', page)
    assert "Song 100" in await text(scanned, address)


async def test_names_are_text_and_never_markup(scanned: httpx.AsyncClient) -> None:
    page = await text(scanned, "/genres/bebop")
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert(1)" not in page
    assert "<img src=x" not in page


async def test_the_library_says_where_its_genres_come_from(scanned: httpx.AsyncClient) -> None:
    assert 'href="/genres/sources"' in await text(scanned, "/genres")
    page = " ".join((await text(scanned, "/genres/sources")).split())
    assert "41 artists, 68%" in page
    assert "83 songs, 69%" in page
    assert "Nobody knows a genre of 19 of your 60 artists." in page


async def test_the_library_leads_to_what_it_may_have_twice(scanned: httpx.AsyncClient) -> None:
    assert 'href="/genres/duplicates"' in await text(scanned, "/genres")
    assert "No song is in your library twice." in await text(scanned, "/genres/duplicates")
    assert (await scanned.get("/genres/duplicates?offset=-1")).status_code == 422


async def test_a_filter_stays_on_from_page_to_page(scanned: httpx.AsyncClient) -> None:
    library = await text(scanned, "/genres?sure=one")
    assert "83 of 120 songs" in library
    assert 'href="/genres?family=jazz&amp;sure=one"' in library
    assert 'name="sure" value="one"' in library
    family = await text(scanned, "/genres?family=jazz&sure=one")
    assert 'href="/genres/bebop?sure=one"' in family
    genre = await text(scanned, "/genres/bebop?sure=one")
    assert 'href="/genres/bebop?match=lead&amp;sort=newest&amp;sure=one"' in genre
    assert "Clear filter" in await text(scanned, "/genres/bebop?sure=own")


@pytest.mark.parametrize("query", ["sure=perhaps", "source=hearsay", "sure="])
@pytest.mark.parametrize("path", ["/genres", "/genres/bebop"])
async def test_an_unknown_filter_is_refused(scanned: httpx.AsyncClient, path: str, query: str) -> None:
    response = await scanned.get(f"{path}?{query}")
    assert response.status_code == 422
    assert response.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/genres/fado", "/genres?family=fado"])
async def test_what_is_not_there_is_a_clean_page(scanned: httpx.AsyncClient, path: str) -> None:
    response = await scanned.get(path)
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")


async def test_a_song_says_who_says_which_word_of_its_artist_and_when(
    scanned: httpx.AsyncClient, liked: LikedSongs
) -> None:
    listed = await text(scanned, "/genres/deep%20house")
    (address,) = re.findall(rf'href="(/genres/why[?]song={liked.keys[-1]}&amp;genre=deep%20house)"', listed)
    page = await text(scanned, address.replace("&amp;", "&"))
    assert "Artist 0" in page
    assert "“deep house”, 3 votes" in page
    assert f'href="https://musicbrainz.org/artist/{mbid(artist_id(0))}"' in page
    assert "deep house is a second genre" in page
    lead = await text(scanned, f"/genres/why?song={liked.keys[-1]}")
    assert "“bebop”, 8 votes" in lead


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("song={key}&genre=fado", 404),
        ("song={ungenred}", 404),
        ("song=somebody-elses", 404),
        ("genre=bebop", 422),
        ("song=", 422),
    ],
)
async def test_there_is_no_why_of_what_is_not_there(
    scanned: httpx.AsyncClient, liked: LikedSongs, query: str, status: int
) -> None:
    asked = query.format(key=liked.keys[-1], ungenred=liked.keys[1])
    response = await scanned.get(f"/genres/why?{asked}")
    assert response.status_code == status
    assert response.headers["content-type"].startswith("text/html")


async def test_a_selection_is_counted(scanned: httpx.AsyncClient) -> None:
    form = {"select": ["family:jazz", "genre:deep house"], "match": "any", "together": "each"}
    counted = await scanned.post("/genres/selection", data=form, headers=FETCH)
    assert "81 songs" in counted.text
    assert "81 of them in more than one playlist" in counted.text
    nothing = await scanned.post("/genres/selection", data={}, headers=FETCH)
    assert "Nothing picked yet." in nothing.text


async def first_visit(settings: Settings, clock: JumpingClock) -> tuple[str, httpx.Cookies]:
    """Sign in and scan in a process that ends; return the library's page and the browser's cookies."""
    async with running(settings, clock) as new_browser, new_browser() as browser:
        await signed_in(browser)
        await browser.post("/scan", data={"source": "liked"}, headers=FORM)
        await events(browser)
        return await text(browser, "/genres"), browser.cookies


async def test_coming_back_after_a_restart_shows_the_library_at_once(
    settings: Settings, liked: LikedSongs, musicbrainz: MusicBrainzWire
) -> None:
    before, cookies = await first_visit(settings, JumpingClock())
    calls = len(liked.offsets)
    async with running(settings, JumpingClock()) as new_browser, new_browser() as browser:
        browser.cookies = cookies
        after = await text(browser, "/genres")
    assert before.count("band-link") == after.count("band-link") > 1
    assert len(liked.offsets) == calls


async def test_three_days_later_the_library_is_there_and_one_call_says_that_nothing_is_new(
    settings: Settings, liked: LikedSongs, musicbrainz: MusicBrainzWire
) -> None:
    clock = JumpingClock()
    before, cookies = await first_visit(settings, clock)
    calls = len(liked.offsets)
    clock.jump(days=3)
    async with running(settings, clock) as new_browser, new_browser() as browser:
        browser.cookies = cookies
        after = await text(browser, "/genres")
        event, scan = (await events(browser))[-1]
    assert before.count("band-link") == after.count("band-link") > 1
    assert (event, scan["status"]) == ("done", "completed")
    assert len(liked.offsets) == calls + 1


async def test_more_playlists_than_anybody_looks_through_are_refused(scanned: httpx.AsyncClient) -> None:
    many = {"select": [f"genre:{number}" for number in range(51)]}
    refused = await scanned.post("/playlists/preview", data=many, headers=FORM)
    assert refused.status_code == 422
    assert "51 playlists" in refused.text
    together = await scanned.post(
        "/playlists/preview",
        data={"select": [*many["select"], "family:jazz"], "together": "one"},
        headers=FORM,
    )
    assert together.status_code == 303


async def test_pages_say_who_is_still_asked_behind_a_scan(
    browser: httpx.AsyncClient, wire: respx.MockRouter
) -> None:
    wire.get(url__startswith=f"{MUSICBRAINZ}/ws/2/url").respond(403)
    await browser.post("/scan", data={"source": "liked"}, headers=FORM)
    await events(browser)
    told = {"sources": [], "artists": 0, "failing": ["MusicBrainz"], "waiting": 60}
    while (await browser.get("/api/genres/scan")).json()["behind"] != told:
        await asyncio.sleep(0.02)
    for path in ("/genres", "/scan/behind"):
        page = " ".join((await text(browser, path)).split())
        assert 'id="behind" data-asking="/scan/behind"' in page
        assert "MusicBrainz does not answer. 60 artists wait; they are filled in later." in page


async def test_the_line_about_sources_ends_with_the_way_to_what_was_found(scanned: httpx.AsyncClient) -> None:
    line = await text(scanned, "/scan/behind")
    assert "data-asking" not in line
    assert 'href="/genres"' in line
    assert 'id="behind"' not in await text(scanned, "/genres")

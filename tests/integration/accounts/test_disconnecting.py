"""Leaving Spotify, as a browser sees it: all that came from there goes, the session goes on."""

from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from app.settings import Settings
from tests.integration.accounts.household import USER, World
from tests.integration.accounts.journey import (
    ACCESS,
    CODE,
    FORM,
    PAGE,
    REFRESH,
    JumpingClock,
    called_back,
    running,
    signed_in,
    who,
)
from tests.integration.accounts.test_account_deletion import (
    HERE,
    SCAN,
    kept,
    on_a_store_that_obeys,
    path,
    scanned,
    settings,
    with_playlists,
)

__all__ = ["path", "settings"]

pytestmark = pytest.mark.anyio

CONNECT = "/auth/spotify?renew=true&amp;next="


async def disconnected(browser: httpx.AsyncClient) -> httpx.Response:
    return await browser.post("/auth/disconnect", headers=FORM)


async def session(browser: httpx.AsyncClient) -> dict[str, object]:
    answer: dict[str, object] = (await browser.get("/session", headers=HERE)).json()
    return answer


async def test_all_that_came_from_spotify_goes_and_the_session_goes_on(
    settings: Settings, path: Path
) -> None:
    async with running(settings, JumpingClock()) as new_browser, new_browser() as browser:
        await signed_in(browser)
        await scanned(browser)
        await with_playlists(browser)
        asked = (await browser.get("/disconnect")).text
        assert "Disconnect from Spotify?" in asked
        assert 'action="/auth/disconnect"' in asked

        answer = await disconnected(browser)
        assert (answer.status_code, answer.headers["location"]) == (303, "/disconnect")
        done = (await browser.get("/disconnect")).text
        assert "You are disconnected" in done
        assert "https://www.spotify.com/account/apps/" in done
        assert 'action="/auth/delete-account"' in done
        assert await who(browser) == USER
        told = await session(browser)
        assert (told["spotifyConnected"], told["reconnectBy"]) == (False, None)
    kinds = {key.partition(":")[0] for key in kept(path)}
    assert kinds == {"preferences", "user", "session", "user-sessions"}


async def test_nothing_that_spotify_told_is_left_in_any_session_nor_in_a_backup(
    world: World, settings: Settings
) -> None:
    picture = "https://i.scdn.co/image/canary"
    world.spotify.me.respond(
        json={"account_id": USER, "id": "anna", "display_name": "Canary", "images": [{"url": picture}]}
    )
    with_token = settings.model_copy(update={"operator_token": SecretStr("token")})
    async with (
        running(with_token, JumpingClock()) as new_browser,
        new_browser() as here,
        new_browser() as there,
    ):
        await signed_in(here)
        await signed_in(there)
        await scanned(here)
        await with_playlists(here)
        assert "Canary" in (await there.get("/about")).text
        await disconnected(here)
        for browser in (here, there):
            told = await session(browser)
            assert told["user"] == {"id": USER, "name": "", "avatar": None}
            assert "Canary" not in (await browser.get("/about")).text
        operator = {**HERE, "authorization": "Bearer token"}
        backup = (await here.post("/api/admin/backup", headers=operator)).content
    told_by_spotify = [
        "Canary",
        picture,
        CODE,
        ACCESS,
        REFRESH,
        *(name for name in world.playlists.playlists),
    ]
    assert len(told_by_spotify) > 5
    assert USER.encode() in backup
    assert not [words for words in told_by_spotify if words.encode() in backup]


async def test_a_session_without_a_name_ends_when_it_would_have(settings: Settings) -> None:
    clock = JumpingClock()
    async with running(settings, clock) as new_browser, new_browser() as browser:
        await signed_in(browser)
        clock.jump(days=6)
        await disconnected(browser)
        clock.jump(hours=23)
        assert await who(browser) == USER
        for _ in range(5):
            clock.jump(days=6)
            await who(browser)
        assert await who(browser) is None


async def test_pages_ask_to_connect_instead_of_failing(settings: Settings) -> None:
    async with running(settings, JumpingClock()) as new_browser, new_browser() as browser:
        await signed_in(browser)
        await scanned(browser)
        await disconnected(browser)
        for place in ("/genres", "/scan", "/playlists"):
            page = await browser.get(place, follow_redirects=True)
            assert page.status_code == 200
            assert '<h1 tabindex="-1">Connect to Spotify</h1>' in page.text
        about = (await browser.get("/about?from=a%20b")).text
        assert "You are not connected to Spotify." in about
        assert f"{CONNECT}/about%3Ffrom%3Da%2520b" in about
        for call in (
            browser.post(SCAN, json={}, headers=HERE),
            browser.post("/api/playlists", json={"preview": "x"}, headers=HERE),
            browser.get("/api/library-size", headers=HERE),
        ):
            refused = await call
            assert (refused.status_code, refused.json()["type"]) == (
                401,
                "urn:genre-sorter:spotify-not-connected",
            )
        assert (await browser.get("/api/genres", headers=HERE)).json()["totalTracks"] == 0


async def test_a_person_can_come_back_and_start_anew(world: World, settings: Settings) -> None:
    clock = JumpingClock()
    async with running(settings, clock) as new_browser, new_browser() as browser:
        await signed_in(browser)
        await disconnected(browser)
    async with running(settings, clock) as new_browser, new_browser() as browser:
        await signed_in(browser)
        assert (await session(browser))["spotifyConnected"] is True
        await scanned(browser)
        library = (await browser.get("/api/genres", headers=HERE)).json()
        assert library["totalTracks"] == len(world.liked.rows)


async def test_a_disconnection_that_storage_cuts_off_is_told_and_finished_by_asking_again(
    settings: Settings, path: Path
) -> None:
    async with on_a_store_that_obeys(settings) as (new_browser, store), new_browser() as browser:
        await signed_in(browser)
        await scanned(browser)
        store.down = True
        answer = await disconnected(browser)
        assert answer.status_code == 503
        assert "You are not wholly disconnected yet" in answer.text
        assert 'href="/disconnect"' in answer.text
        assert (await browser.post(SCAN, json={}, headers=HERE)).status_code == 401
        store.heal()
        assert 'action="/auth/disconnect"' in (await browser.get("/disconnect")).text
        assert (await disconnected(browser)).status_code == 303
        assert "You are disconnected" in (await browser.get("/disconnect")).text
    assert {key.partition(":")[0] for key in kept(path)} == {
        "user",
        "session",
        "user-sessions",
        "preferences",
    }


async def test_only_who_is_signed_in_and_only_from_here(settings: Settings) -> None:
    async with running(settings, JumpingClock()) as new_browser, new_browser() as browser:
        stranger = await browser.post("/auth/disconnect", headers=HERE)
        assert stranger.status_code == 401
        await signed_in(browser)
        foreign = await browser.post("/auth/disconnect", headers={**FORM, "sec-fetch-site": "cross-site"})
        assert foreign.status_code == 403
        assert (await session(browser))["spotifyConnected"] is True


async def test_an_account_can_be_deleted_without_a_script_if_that_is_meant(
    settings: Settings, path: Path
) -> None:
    async with running(settings, JumpingClock()) as new_browser, new_browser() as browser:
        await signed_in(browser)
        asked = await browser.post("/auth/delete-account", headers=FORM, follow_redirects=True)
        assert "Nothing was deleted." in asked.text
        assert await who(browser) == USER
        gone = await browser.post("/auth/delete-account", data={"sure": "yes"}, headers=FORM)
        assert (gone.status_code, gone.headers["location"]) == (303, "/?deleted")
        assert "Your account is deleted." in (await browser.get("/?deleted")).text
        assert await who(browser) is None
    assert kept(path) == []


async def test_sign_out_does_not_stop_a_scan(world: World, settings: Settings) -> None:
    async with running(settings, JumpingClock()) as new_browser, new_browser() as browser:
        await signed_in(browser)
        world.liked.go.clear()
        await browser.post(SCAN, json={}, headers=HERE)
        await world.liked.asked()
        assert (await browser.post("/auth/logout", headers=FORM)).status_code == 303
        assert await who(browser) is None
        world.liked.go.set()

        await signed_in(browser)
        events = (await browser.get(f"{SCAN}/events", headers=HERE)).text
        assert '"status":"completed"' in events
        library = (await browser.get("/api/genres", headers=HERE)).json()
        assert library["totalTracks"] == len(world.liked.rows)


async def test_pages_warn_before_the_end(world: World, settings: Settings) -> None:
    clock = JumpingClock()
    async with running(settings, clock) as new_browser, new_browser() as browser:
        await signed_in(browser)
        await scanned(browser)
        assert "connection-line" not in (await browser.get("/genres")).text
        clock.jump(days=172)
        await signed_in(browser)  # the session is over by then; Spotify sends back without asking
        page = (await browser.get("/about")).text
        assert "Your connection to Spotify ends on" in page
        assert f"{CONNECT}/about" in page

        world.spotify.token.side_effect = None
        world.spotify.token.respond(
            400, json={"error": "invalid_grant", "error_description": "Refresh token expired"}
        )
        clock.jump(hours=2)
        refused = await browser.get("/api/library-size", headers=HERE)
        assert (refused.status_code, refused.json()["type"]) == (401, "urn:genre-sorter:spotify-reconnect")
        assert "six months" in refused.json()["detail"]


async def test_an_ended_connection_keeps_the_library(world: World, settings: Settings) -> None:
    clock = JumpingClock()
    async with running(settings, clock) as new_browser, new_browser() as browser:
        await signed_in(browser)
        await scanned(browser)
        world.spotify.token.side_effect = None
        world.spotify.token.respond(
            400, json={"error": "invalid_grant", "error_description": "Refresh token revoked"}
        )
        clock.jump(hours=2)
        await browser.get("/api/library-size", headers=HERE)
        page = await browser.get("/genres")
        assert "120 songs" in page.text
        assert "Your connection to Spotify has ended. Your library is kept." in page.text
        told = await session(browser)
        assert told["spotifyConnected"] is False


async def test_renewing_asks_at_spotify_and_begins_six_months(settings: Settings) -> None:
    clock = JumpingClock()
    async with running(settings, clock) as new_browser, new_browser() as browser:
        await signed_in(browser)
        first = (await session(browser))["reconnectBy"]
        clock.jump(days=3)
        await signed_in(browser)
        assert (await session(browser))["reconnectBy"] == first
        asked = await browser.get("/auth/spotify", params={"renew": "true", "next": "/about"})
        query = httpx.URL(asked.headers["location"]).params
        assert query["show_dialog"] == "true"
        back = await called_back(browser, code=CODE, state=query["state"])
        assert back.headers["location"] == "/about"
        assert str((await session(browser))["reconnectBy"]) > str(first)


async def test_what_pages_say_of_the_connection_costs_no_read(settings: Settings) -> None:
    async with on_a_store_that_obeys(settings) as (new_browser, store), new_browser() as browser:
        await signed_in(browser)
        await scanned(browser)
        places = ("/genres", "/about", "/setup", "/playlists")
        for place in places:
            await browser.get(place, headers=PAGE)
        before = store.seen["reads"]
        for place in places * 3:
            assert (await browser.get(place, headers=PAGE)).status_code == 200
        assert store.seen["reads"] == before
        await disconnected(browser)
        await browser.get("/about")
        before = store.seen["reads"]
        for _ in range(5):
            assert "not connected" in (await browser.get("/about", headers=PAGE)).text
        assert store.seen["reads"] == before

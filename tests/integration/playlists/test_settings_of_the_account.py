"""Theme, language and hidden genres: by their routes, on the settings page, and on every other page."""

import re

import httpx
import pytest

from tests.integration.accounts.journey import FORM
from tests.integration.playlists.test_playlists_api import HERE

pytestmark = pytest.mark.anyio


async def hide(http: httpx.AsyncClient, *genres: str) -> list[str]:
    answer = await http.post("/api/preferences", json={"hiddenGenres": genres}, headers=HERE)
    hidden: list[str] = answer.json()["hiddenGenres"]
    return hidden


async def shown(http: httpx.AsyncClient) -> set[str]:
    library = (await http.get("/api/genres", headers=HERE)).json()
    return {genre["name"] for genre in library["genres"]}


async def rules(http: httpx.AsyncClient) -> list[str]:
    kept = (await http.get("/api/genres/families", headers=HERE)).json()["rules"]
    return [rule["change"]["kind"] for rule in kept]


async def test_a_theme_is_on_every_page_from_then_on(browser: httpx.AsyncClient) -> None:
    assert "data-theme" not in (await browser.get("/about")).text
    kept = await browser.post("/settings/display", data={"theme": "dark"}, headers=FORM)
    assert (kept.status_code, kept.headers["location"]) == (303, "/settings?saved=display#display")
    settings = (await browser.get("/settings?saved=display")).text
    assert '<option value="dark" selected>' in settings
    assert "<strong>Saved.</strong>" in settings
    for path in ("/about", "/settings", "/nothing"):
        assert 'data-theme="dark"' in (await browser.get(path)).text
    await browser.post("/api/preferences", json={"theme": "light"}, headers=HERE)
    assert 'data-theme="light"' in (await browser.get("/about")).text
    await browser.post("/auth/logout", headers=FORM)
    assert "data-theme" not in (await browser.get("/about")).text


async def test_shortcuts_work_for_who_is_signed_in_until_they_are_switched_off(
    browser: httpx.AsyncClient,
) -> None:
    async def listed() -> tuple[bool, str]:
        page = (await browser.get("/shortcuts")).text
        return "js/shortcuts.js" in page, re.findall(r'page-lead">([^<]*)<', page)[0].strip()

    assert await listed() == (True, "They work on every page, and rest while you type.")
    await browser.post("/settings/display", data={"theme": "dark"}, headers=FORM)
    assert await listed() == (False, "They are switched off.")
    await browser.post("/settings/display", data={"shortcuts": "true"}, headers=FORM)
    assert (await listed())[0]
    await browser.post("/auth/logout", headers=FORM)
    assert await listed() == (False, "They work on every page once you are signed in.")


async def test_a_form_of_looks_leaves_all_else_alone(browser: httpx.AsyncClient) -> None:
    await browser.post("/api/preferences", json={"nameTemplate": "My {genre}"}, headers=HERE)
    await browser.post("/settings/display", data={"theme": "dark", "language": "en"}, headers=FORM)
    await browser.post("/settings", data={"name_template": "Our {genre}"}, headers=FORM)
    await browser.post("/settings/display", data={"theme": "light"}, headers=FORM)
    kept = (await browser.get("/api/preferences", headers=HERE)).json()
    assert (kept["theme"], kept["language"], kept["nameTemplate"]) == ("light", "en", "Our {genre}")


async def test_where_there_is_one_language_none_is_offered(browser: httpx.AsyncClient) -> None:
    assert 'name="language"' not in (await browser.get("/settings")).text
    assert (await browser.post("/settings/display", data={"language": "xx"}, headers=FORM)).status_code == 422


async def test_a_page_costs_one_look_at_the_preferences_and_no_more(browser: httpx.AsyncClient) -> None:
    for _ in range(3):
        await browser.get("/about")
    kinds = (await browser.get("/api/kv-metrics", headers=HERE)).json()["kinds"]
    assert (kinds["preferences"]["reads"], kinds["preferences"]["writes"]) == (1, 1)


async def test_genres_are_hidden_and_shown_as_rules_that_leave_the_others_alone(
    scanned: httpx.AsyncClient,
) -> None:
    rename = {"kind": "rename", "what": "genre:deep house", "name": "slow house"}
    await scanned.put("/api/genres/families", json={"rules": [rename]}, headers=HERE)
    assert {"bebop", "slow house"} <= await shown(scanned)
    assert await hide(scanned, "bebop") == ["bebop"]
    assert "bebop" not in await shown(scanned)
    assert await hide(scanned, "bebop", "slow house", "family:jazz") == ["bebop", "family:jazz", "slow house"]
    assert await hide(scanned, "Bebop") == ["bebop"]
    assert await rules(scanned) == ["rename", "hide"]
    assert await hide(scanned) == []
    assert {"bebop", "slow house"} <= await shown(scanned)
    assert await rules(scanned) == ["rename"]


async def test_what_is_hidden_stands_on_the_settings_page_and_is_shown_again_from_there(
    scanned: httpx.AsyncClient,
) -> None:
    assert "Open a genre or a family in the library to hide it." in (await scanned.get("/settings")).text
    await hide(scanned, "bebop", "family:electronic")
    page = (await scanned.get("/settings")).text
    items = re.findall(r'name="item" value="([^"]+)"', page)
    assert items == ["genre:bebop", "family:electronic"]
    assert "Electronic <small" in page
    again = await scanned.post("/settings/hidden", data={"item": "genre:bebop"}, headers=FORM)
    assert (again.status_code, again.headers["location"]) == (303, "/settings?saved=hidden#hidden")
    assert "bebop" in await shown(scanned)
    twice = await scanned.post("/settings/hidden", data={"item": "genre:bebop"}, headers=FORM)
    assert twice.status_code == 303
    assert re.findall(r'name="item" value="([^"]+)"', (await scanned.get("/settings")).text) == items[1:]


async def test_settings_of_the_account_are_for_those_who_are_signed_in(browser: httpx.AsyncClient) -> None:
    await browser.post("/auth/logout", headers=FORM)
    for path in ("/settings/display", "/settings/hidden"):
        assert (await browser.post(path, data={"item": "x"}, headers=FORM)).status_code == 401

"""Names and descriptions of new playlists, and the settings that make them."""

import html
import re
from typing import Any

import httpx
import pytest

from tests.integration.accounts.journey import FORM
from tests.integration.playlists.test_playlists_api import HERE

pytestmark = pytest.mark.anyio

USUAL = {
    "theme": "system",
    "language": "",
    "shortcuts": True,
    "nameTemplate": "",
    "descriptionTemplate": "",
    "covers": False,
    "nowPlaying": False,
    "listeningFeed": False,
    "community": False,
    "hiddenGenres": [],
}


async def planned(http: httpx.AsyncClient, *include: str, **more: object) -> dict[str, Any]:
    body = {"selections": [{"include": list(include), **more}]}
    answer = await http.post("/api/playlists/preview", json=body, headers=HERE)
    found: dict[str, Any] = answer.json()["playlists"][0]
    return found


async def test_preferences_are_kept_one_by_one(scanned: httpx.AsyncClient) -> None:
    assert (await scanned.get("/api/preferences")).json() == USUAL
    for wanted in ({"nameTemplate": "My {genre}"}, {"covers": True}, {}):
        answer = await scanned.post("/api/preferences", json=wanted, headers=HERE)
    kept = USUAL | {"nameTemplate": "My {genre}", "covers": True}
    assert answer.json() == (await scanned.get("/api/preferences")).json() == kept


@pytest.mark.parametrize(
    "wanted",
    [
        {"nameTemplate": "{gener}"},
        {"descriptionTemplate": "x" * 501},
        {"theme": "pink"},
        {"language": "xx"},
        {"language": "../en"},
        {"hiddenGenres": [""]},
        {"hiddenGenres": ["family:NO SUCH"]},
        {"hiddenGenres": "bebop"},
        {"shoeSize": 44},
    ],
)
async def test_what_cannot_be_kept_is_refused(scanned: httpx.AsyncClient, wanted: dict[str, object]) -> None:
    answer = await scanned.post("/api/preferences", json=wanted, headers=HERE)
    assert answer.status_code == 422
    assert (await scanned.get("/api/preferences")).json() == USUAL


async def test_new_playlists_are_named_by_the_templates(scanned: httpx.AsyncClient) -> None:
    usual = await planned(scanned, "family:jazz")
    assert (usual["name"], usual["description"]) == (
        "Jazz",
        "My liked songs in Jazz, sorted by genre-sorter.",
    )
    templates = {"nameTemplate": "{user}: {genre} ({count})", "descriptionTemplate": "{family}, {year}"}
    await scanned.post("/api/preferences", json=templates, headers=HERE)
    one = await planned(scanned, "bebop", "family:electronic")
    assert one["name"] == f"Anna: bebop and Electronic ({one['addCount']})"
    assert one["description"] == "Jazz and Electronic, 2026"
    typed = await planned(scanned, "bebop", name="{user}", description="mine")
    assert (typed["name"], typed["description"]) == ("{user}", "mine")


async def test_a_template_that_comes_to_nothing_gives_the_usual_name(scanned: httpx.AsyncClient) -> None:
    await scanned.post("/api/preferences", json={"nameTemplate": " \n "}, headers=HERE)
    assert (await planned(scanned, "family:jazz"))["name"] == "Jazz"


async def test_the_page_shows_what_templates_make_and_keeps_them(scanned: httpx.AsyncClient) -> None:
    page = (await scanned.get("/settings")).text
    assert 'value="{genre}"' in page
    tried = (await scanned.get("/settings", params={"name_template": "All my {genre}"})).text
    assert "All my Jazz" in tried
    assert 'value="{genre}"' in (await scanned.get("/settings")).text
    kept = await scanned.post("/settings", data={"name_template": "All my {genre}"}, headers=FORM)
    assert (kept.status_code, kept.headers["location"]) == (303, "/settings?saved=names#names")
    page = (await scanned.get("/settings?saved=names")).text
    assert "All my Jazz" in page
    assert "Saved." in page
    await scanned.post("/settings", data={"name_template": ""}, headers=FORM)
    assert 'value="{genre}"' in (await scanned.get("/settings")).text


async def test_the_page_says_what_cannot_be_filled_in_and_keeps_nothing(scanned: httpx.AsyncClient) -> None:
    wrong = await scanned.post("/settings", data={"name_template": "<i>{gener}"}, headers=FORM)
    assert wrong.status_code == 422
    assert "{gener} cannot be filled in." in wrong.text
    assert 'value="&lt;i&gt;{gener}"' in wrong.text
    assert 'aria-invalid="true"' in wrong.text
    assert (await scanned.get("/api/preferences")).json() == USUAL


async def test_covers_are_shown_before_they_are_switched_on(scanned: httpx.AsyncClient) -> None:
    page = (await scanned.get("/settings?covers=true")).text
    addresses = re.findall(r'src="(/settings/cover[^"]*)"', page)
    assert len(addresses) == 3
    picture = await scanned.get(html.unescape(addresses[0]))
    assert picture.headers["content-type"] == "image/jpeg"
    assert picture.content.startswith(b"\xff\xd8")
    assert "/settings/cover" not in (await scanned.get("/settings")).text
    assert (await scanned.get("/settings/cover?name=x&item=family:none")).status_code == 404


async def test_switching_covers_on_asks_spotify_for_the_permission(scanned: httpx.AsyncClient) -> None:
    kept = await scanned.post("/settings", data={"covers": "true"}, headers=FORM)
    assert kept.headers["location"].startswith("/auth/spotify?feature=covers&next=%2Fsettings")
    page = (await scanned.get("/settings?saved=names")).text
    assert "Playlists get no covers yet." in page
    assert "Saved." not in page
    without = (await planned(scanned, "family:jazz"))["callsNeeded"]
    consent = httpx.URL((await scanned.get(kept.headers["location"])).headers["location"])
    assert "ugc-image-upload" in consent.params["scope"].split()
    assert without == 3


async def test_preferences_are_for_those_who_are_signed_in(browser: httpx.AsyncClient) -> None:
    await browser.post("/auth/logout", headers=FORM)
    assert (await browser.get("/api/preferences", headers=HERE)).status_code == 401

"""The boards, from opting in to being gone."""

from typing import Any

import httpx
import pytest

from tests.integration.accounts.journey import FORM, Browser, JumpingClock
from tests.integration.community.conftest import Arrive
from tests.integration.genres.test_genres_api import events
from tests.integration.playlists.test_playlists_api import HERE

pytestmark = pytest.mark.anyio

BOARDS = ("/api/scoreboard", "/api/leaderboard", "/api/recent-playlists", "/stats")


async def opt(person: httpx.AsyncClient, *, seen: bool) -> None:
    answer = await person.post("/api/preferences", json={"community": seen}, headers=HERE)
    assert answer.json()["community"] is seen


async def scan(person: httpx.AsyncClient) -> None:
    await person.post("/scan", data={"source": "liked"}, headers=FORM)
    await events(person)


async def make(person: httpx.AsyncClient, *include: str) -> str:
    body = {"selections": [{"include": [one]} for one in include]}
    preview = (await person.post("/api/playlists/preview", json=body, headers=HERE)).json()["id"]
    await person.post("/api/playlists", json={"preview": preview}, headers=HERE)
    await person.get(f"/api/playlists/runs/{preview}/events", headers=HERE)
    return preview


async def board(browser: httpx.AsyncClient, path: str) -> dict[str, Any]:
    answer = await browser.get(path, headers=HERE)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def seen_anywhere(browser: httpx.AsyncClient, *words: str) -> bool:
    answers = [await browser.get(path) for path in (*BOARDS, "/community")]
    assert {answer.status_code for answer in answers} == {200}
    return any(word in answer.text for answer in answers for word in words)


async def test_boards_that_nobody_is_on_are_empty_for_everybody(new_browser: Browser) -> None:
    async with new_browser() as stranger:
        scoreboard = await board(stranger, "/api/scoreboard")
        cache = scoreboard.pop("_cache")
        del scoreboard["updatedAt"]
        assert scoreboard == {
            "byGenres": [],
            "byArtists": [],
            "byTracks": [],
            "byPlaylists": [],
            "byTracksInPlaylists": [],
            "totalUsers": 0,
        }
        assert cache == {"ageSeconds": 0, "nextRefreshSeconds": 3600, "fromCache": False}
        stats = await board(stranger, "/stats")
        assert (stats["userCount"], stats["hallOfFame"], stats["launchDate"]) == (0, [], None)
        assert (await board(stranger, "/api/recent-playlists"))["playlists"] == []


async def test_who_wants_to_be_seen_stands_there_with_what_they_have(arrive: Arrive) -> None:
    anna, bo = await arrive("Anna"), await arrive("Bo")
    await scan(anna)
    await make(anna, "family:jazz")
    await opt(anna, seen=True)
    lists = await board(bo, "/api/scoreboard")
    genres = (await anna.get("/api/genres", headers=HERE)).json()
    person = {"spotifyId": "acc-anna", "spotifyName": "Anna", "spotifyAvatar": None, "rank": 1}
    assert lists["byTracks"] == [person | {"count": genres["totalTracks"]}]
    assert lists["byArtists"] == [person | {"count": genres["totalArtists"]}]
    assert lists["byGenres"] == [person | {"count": genres["totalGenres"]}]
    assert lists["byPlaylists"] == [person | {"count": 1}]
    (made,) = (await anna.get("/api/my-playlists", headers=HERE)).json()["playlists"]
    assert lists["byTracksInPlaylists"] == [person | {"count": made["songs"]}]
    assert lists["totalUsers"] == 1
    leaders = await board(bo, "/api/leaderboard")
    (pioneer,), (newcomer,) = leaders["pioneers"], leaders["newUsers"]
    assert (pioneer["position"], pioneer["spotifyName"]) == (1, "Anna")
    assert pioneer["registeredAt"] == newcomer["registeredAt"]
    stats = await board(bo, "/stats")
    assert (stats["userCount"], stats["hallOfFame"]) == (1, [pioneer])
    assert pioneer["registeredAt"].startswith(stats["launchDate"])


async def test_what_was_made_before_is_not_listed_and_what_is_made_from_then_on_is(arrive: Arrive) -> None:
    anna = await arrive("Anna")
    await scan(anna)
    await make(anna, "family:jazz")
    await opt(anna, seen=True)
    await make(anna, "bebop")
    (made,) = (await board(anna, "/api/recent-playlists"))["playlists"]
    assert (made["playlistName"], made["genre"]) == ("bebop", "bebop")
    assert len((await anna.get("/api/my-playlists", headers=HERE)).json()["playlists"]) == 2


async def test_new_playlists_show_within_a_minute_and_counts_within_an_hour(
    arrive: Arrive, jumping: JumpingClock
) -> None:
    anna = await arrive("Anna")
    await opt(anna, seen=True)
    assert (await board(anna, "/api/scoreboard"))["byTracks"] == []
    await board(anna, "/api/recent-playlists")
    await scan(anna)
    await make(anna, "family:jazz")
    assert (await board(anna, "/api/scoreboard"))["byTracks"] == []
    jumping.jump(minutes=1)
    (made,) = (await board(anna, "/api/recent-playlists"))["playlists"]
    (kept,) = (await anna.get("/api/my-playlists", headers=HERE)).json()["playlists"]
    assert made["createdBy"] == {"spotifyId": "acc-anna", "spotifyName": "Anna", "spotifyAvatar": None}
    assert (made["playlistId"], made["playlistName"], made["genre"]) == (kept["id"], "Jazz", "Jazz")
    assert (made["trackCount"], made["spotifyUrl"]) == (kept["songs"], kept["url"])
    shown = await board(anna, "/api/scoreboard")
    assert shown["byTracks"] == []
    assert shown["_cache"]["fromCache"] is True
    assert 60 <= shown["_cache"]["ageSeconds"] < 3600
    jumping.jump(hours=1)
    shown = await board(anna, "/api/scoreboard")
    assert [one["count"] for one in shown["byTracks"]] == [120]
    assert [one["count"] for one in shown["byPlaylists"]] == [1]


async def test_a_playlist_that_is_forgotten_is_listed_no_more(arrive: Arrive, jumping: JumpingClock) -> None:
    anna = await arrive("Anna")
    await scan(anna)
    await opt(anna, seen=True)
    await make(anna, "family:jazz", "bebop")
    jumping.jump(minutes=1)
    first, second = (await board(anna, "/api/recent-playlists"))["playlists"]
    await anna.delete(f"/api/playlists/{first['playlistId']}", headers=HERE)
    jumping.jump(minutes=1)
    assert (await board(anna, "/api/recent-playlists"))["playlists"] == [second]


async def gone_by_opting_out(person: httpx.AsyncClient) -> None:
    await opt(person, seen=False)


async def gone_by_the_page(person: httpx.AsyncClient) -> None:
    answer = await person.post("/community", data={"seen": "false"}, headers=FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/community")


async def gone_by_disconnecting(person: httpx.AsyncClient) -> None:
    assert (await person.post("/auth/disconnect", headers=FORM)).status_code == 303


async def gone_by_deletion(person: httpx.AsyncClient) -> None:
    assert (await person.delete("/api/privacy/account", headers=HERE)).status_code == 204


@pytest.mark.parametrize(
    "leave", [gone_by_opting_out, gone_by_the_page, gone_by_disconnecting, gone_by_deletion]
)
async def test_who_leaves_is_gone_from_all_boards_at_once(arrive: Arrive, leave: Any) -> None:
    anna, bo = await arrive("Anna"), await arrive("Bo")
    await scan(anna)
    for person in (anna, bo):
        await opt(person, seen=True)
    await make(anna, "family:jazz")
    assert await seen_anywhere(bo, "acc-anna", "Anna")
    await leave(anna)
    assert not await seen_anywhere(bo, "acc-anna", "Anna")
    assert (await board(bo, "/stats"))["userCount"] == 1


async def test_who_connects_again_is_back_if_they_still_want_it(arrive: Arrive) -> None:
    anna = await arrive("Anna")
    await opt(anna, seen=True)
    await gone_by_disconnecting(anna)
    refused = await anna.post("/api/preferences", json={"community": True, "covers": True}, headers=HERE)
    assert (refused.status_code, refused.json()["title"]) == (409, "You have disconnected")
    assert (await anna.get("/api/preferences", headers=HERE)).json()["covers"] is False
    assert not await seen_anywhere(anna, "acc-anna")
    back = await arrive("Anna")
    assert await seen_anywhere(back, "acc-anna")


async def test_the_board_follows_a_new_name_at_the_next_sign_in(
    arrive: Arrive, jumping: JumpingClock
) -> None:
    for name in ("Anna", "Bo"):
        await opt(await arrive(name), seen=True)
    anna = await arrive("Anna", called="Anna B.")
    jumping.jump(minutes=15)
    stats = await board(anna, "/stats")
    assert [one["spotifyName"] for one in stats["hallOfFame"]] == ["Anna B.", "Bo"]


async def test_who_does_not_want_to_be_seen_never_stands_there(arrive: Arrive) -> None:
    anna = await arrive("Anna")
    await scan(anna)
    await make(anna, "family:jazz")
    anna = await arrive("Anna")
    assert not await seen_anywhere(await arrive("Bo"), "acc-anna", "Anna")


async def test_the_page_shows_the_lists_and_what_was_made(arrive: Arrive, jumping: JumpingClock) -> None:
    anna = await arrive("Anna")
    assert "Nobody is on the boards yet." in (await anna.get("/community")).text
    await scan(anna)
    answer = await anna.post("/community", data={"seen": "true", "here": "/settings?x#y"}, headers=FORM)
    assert (answer.status_code, answer.headers["location"]) == (303, "/settings?x#y")
    assert (await anna.get("/api/preferences", headers=HERE)).json()["community"] is True
    await make(anna, "bebop")
    jumping.jump(minutes=1)
    page = (await anna.get("/community")).text
    for words in (
        "1 listener here",
        "You are on the boards.",
        "Songs in playlists",
        "Playlists made last",
        "bebop",
    ):
        assert words in page
    assert "Put me on the boards" in (await (await arrive("Bo")).get("/community")).text


async def test_three_people_bring_the_page_into_the_navigation(arrive: Arrive, new_browser: Browser) -> None:
    stranger = new_browser()
    for number, name in enumerate(("Anna", "Bo", "Cleo"), 1):
        assert 'href="/community"' not in (await stranger.get("/")).text
        person = await arrive(name)
        await opt(person, seen=True)
        assert (await board(stranger, "/stats"))["userCount"] == number
    assert 'href="/community"' in (await stranger.get("/")).text
    await opt(person, seen=False)
    assert 'href="/community"' not in (await stranger.get("/")).text


async def test_answers_may_be_kept_for_a_minute_and_the_page_not_at_all(arrive: Arrive) -> None:
    anna = await arrive("Anna")
    for path in BOARDS:
        kept, _, seconds = (await anna.get(path)).headers["cache-control"].partition("=")
        assert kept == "public, max-age"
        assert 0 <= int(seconds) <= 60
    page = await anna.get("/community")
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")


async def test_only_who_is_signed_in_can_be_seen(new_browser: Browser) -> None:
    async with new_browser() as stranger:
        assert (await stranger.post("/community", data={"seen": "true"}, headers=FORM)).status_code == 401
        assert "Put me on the boards" not in (await stranger.get("/community")).text


async def test_looking_costs_one_read_however_often_and_however_many_look(arrive: Arrive) -> None:
    people = [await arrive(name) for name in ("Anna", "Bo", "Cleo")]
    for _ in range(10):
        for person in people:
            assert not await seen_anywhere(person, "acc-")
            await person.get("/genres")
    counted = (await people[0].get("/api/kv-metrics", headers=HERE)).json()["kinds"]["board"]
    assert (counted["reads"], counted["writes"]) == (1, 1)

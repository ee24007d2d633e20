"""What many people do at once, by the routes that they take, is counted exactly, and for thirty days."""

import asyncio
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
import respx
from pydantic.alias_generators import to_camel

from app.settings import Settings
from app.telemetry.charts import MEASURES
from tests.integration.accounts.journey import FORM, PAGE, Browser, JumpingClock, running, started
from tests.integration.genres.conftest import musicbrainz, settings, wire
from tests.unit.genres.wire import SPOTIFY, LikedSongs, tracks
from tests.unit.playlists.spotify_wire import PlaylistsAtSpotify

__all__ = ["musicbrainz", "settings", "wire"]

pytestmark = pytest.mark.anyio

BROWSERS, PEOPLE = 200, 40
"""Fewer sign in: who waits for a page waits two seconds at most for a call to Spotify, and these are real."""
HERE = {"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}
OPERATOR = HERE | {"authorization": "Bearer token"}
ERROR = {"errors": [{"message": "x is not a function"}]}
REFUSAL = {"csp-report": {"effective-directive": "script-src", "blocked-uri": "inline"}}


def grant(request: httpx.Request) -> httpx.Response:
    """Give everybody a token of their own: what their code says."""
    code = httpx.QueryParams(request.content.decode())["code"]
    return httpx.Response(
        200, json={"access_token": code, "refresh_token": code, "expires_in": 3600, "scope": "a"}
    )


def me(request: httpx.Request) -> httpx.Response:
    name = request.headers["authorization"].removeprefix("Bearer ")
    return httpx.Response(
        200, json={"account_id": f"acc-{name}", "id": name, "display_name": name, "images": []}
    )


@pytest.fixture
def many(settings: Settings, wire: respx.MockRouter) -> Settings:
    wire.post("https://accounts.spotify.com/api/token").mock(side_effect=grant)
    wire.get(f"{SPOTIFY}/me").mock(side_effect=me)
    LikedSongs(wire, tracks(3))
    own = {"operator_token": "token", "spotify_daily_budget": 100_000, "spotify_rate_per_second": 100_000.0}
    return Settings(_env_file=None, **settings.model_dump() | own)


@pytest.fixture
def at_spotify(wire: respx.MockRouter) -> PlaylistsAtSpotify:
    return PlaylistsAtSpotify(wire)


@pytest.fixture
async def browsers(many: Settings) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Two hundred, behind a proxy, each at an address of its own."""
    async with running(many, JumpingClock()) as new:
        yield [at(new, f"198.51.100.{number}") for number in range(BROWSERS)]


def at(new: Browser, address: str) -> httpx.AsyncClient:
    browser = new()
    browser.headers["x-forwarded-for"] = address
    return browser


async def all_at_once(
    people: list[httpx.AsyncClient], do: Callable[[httpx.AsyncClient], Awaitable[httpx.Response]]
) -> list[httpx.Response]:
    """Return the answers; the failures are at fault themselves."""
    return await asyncio.gather(*(do(person) for person in people))


async def counted(operator: httpx.AsyncClient) -> dict[str, int]:
    """Return what was counted today and is not nothing."""
    today = (await operator.get("/api/analytics", headers=OPERATOR)).json()["today"]
    return {name: count for name, count in today.items() if name != "date" and count}


async def come_in(person: httpx.AsyncClient) -> httpx.Response:
    asked = await started(person)
    name = person.headers["x-forwarded-for"].rpartition(".")[2]
    answer = await person.get("/auth/spotify/callback", params={"code": name, "state": asked["state"]})
    assert answer.status_code == 303
    return answer


async def be_refused(person: httpx.AsyncClient) -> httpx.Response:
    asked = await started(person)
    return await person.get(
        "/auth/spotify/callback", params={"error": "access_denied", "state": asked["state"]}
    )


async def scan(person: httpx.AsyncClient) -> httpx.Response:
    await person.post("/scan", data={"source": "liked"}, headers=FORM)
    return await person.get("/api/genres/scan/events", headers=HERE)


async def make_a_playlist(person: httpx.AsyncClient) -> httpx.Response:
    body = {"selections": [{"include": ["family:jazz"]}]}
    preview = (await person.post("/api/playlists/preview", json=body, headers=HERE)).json()["id"]
    await person.post("/api/playlists", json={"preview": preview}, headers=HERE)
    await person.get(f"/api/playlists/runs/{preview}/events", headers=HERE)
    return await person.get("/api/my-playlists", headers=HERE)


async def keep_it_otherwise_and_forget_it(person: httpx.AsyncClient) -> httpx.Response:
    (made,) = (await person.get("/api/my-playlists", headers=HERE)).json()["playlists"]
    path = f"/api/playlists/{made['id']}"
    for _ in range(2):  # which changes nothing the second time
        await person.put(path, json={"schedule": "weekly"}, headers=HERE)
    return await person.delete(path, headers=HERE)


async def test_what_many_do_at_once_is_counted_exactly(
    browsers: list[httpx.AsyncClient], at_spotify: PlaylistsAtSpotify
) -> None:
    operator, people = browsers[0], browsers[:PEOPLE]
    await all_at_once(browsers, be_refused)
    await all_at_once(browsers, lambda one: one.get("/about", headers=PAGE))
    await all_at_once(browsers, lambda one: one.post("/api/log-error", json=ERROR, headers=HERE))
    await all_at_once(browsers, lambda one: one.post("/api/csp-report", json=REFUSAL))
    await all_at_once(browsers, lambda one: one.post("/api/admin/rebuild-caches", headers=OPERATOR))
    of_all = ("authFailures", "pageViews", "uniqueVisitors", "clientErrors", "cspReports", "rebuilds")
    so_far = dict.fromkeys(of_all, BROWSERS)
    assert await counted(operator) == so_far

    await all_at_once(people, come_in)
    await all_at_once(
        people, lambda one: one.post("/api/preferences", json={"community": True}, headers=HERE)
    )
    await all_at_once(people, scan)
    made = [answer.json()["playlists"] for answer in await all_at_once(people, make_a_playlist)]
    songs = sum(playlist["songs"] for (playlist,) in made)
    assert songs == sum(len(one["uris"]) for one in at_spotify.playlists.values()) >= PEOPLE
    assert (await operator.get("/stats")).json()["userCount"] == PEOPLE
    await all_at_once(people, keep_it_otherwise_and_forget_it)
    await all_at_once(people, lambda one: one.post("/auth/disconnect", headers=FORM))
    await all_at_once(people, lambda one: one.delete("/api/privacy/account", headers=HERE))
    assert (await operator.get("/stats")).json()["userCount"] == 0
    of_people = ("signIns", "libraryScans", "playlistsCreated", "playlistsForgotten", "schedulesChanged")
    so_far |= dict.fromkeys((*of_people, "disconnects", "accountsDeleted"), PEOPLE)
    assert await counted(operator) == so_far | {"totalTracksAnalysed": 3 * PEOPLE, "songsAdded": songs}


async def in_tabs(person: httpx.AsyncClient, method: str, path: str, **sent: Any) -> None:
    """Ask in two tabs at once, and later in a third."""
    await asyncio.gather(*(person.request(method, path, **sent) for _ in range(2)))
    await person.request(method, path, **sent)


@pytest.mark.parametrize("memory", [True, False])
async def test_what_is_asked_in_several_tabs_is_counted_once(
    many: Settings, at_spotify: PlaylistsAtSpotify, *, memory: bool
) -> None:
    async with running(many.model_copy(update={"kv_memory_cache": memory}), JumpingClock()) as new:
        person = at(new, "198.51.100.1")
        await come_in(person)
        await scan(person)
        made = (await make_a_playlist(person)).json()["playlists"][0]["id"]
        before = await counted(person)
        for schedule in ("weekly", "off"):
            await in_tabs(person, "PUT", f"/api/playlists/{made}", json={"schedule": schedule}, headers=HERE)
        await in_tabs(person, "DELETE", f"/api/playlists/{made}", headers=HERE)
        await in_tabs(person, "POST", "/auth/disconnect", headers=FORM)
        await in_tabs(person, "DELETE", "/api/privacy/account", headers=HERE)
        once = dict.fromkeys(("playlistsForgotten", "disconnects", "accountsDeleted"), 1)
        assert await counted(person) == before | once | {"schedulesChanged": 2}


async def a_day(new: Browser, chance: random.Random) -> dict[str, int]:
    """Return what happened: some people look at pages, some errors, and refused sign-ins."""
    visitors = [at(new, f"203.0.113.{number}") for number in chance.sample(range(9), chance.randint(0, 4))]
    views = [one for one in visitors for _ in range(chance.randint(1, 3))]
    for one in views:
        await one.get("/about", headers=PAGE)
    told, refused = new(), chance.randint(0, 2)
    errors = chance.randint(0, 3)
    for _ in range(errors):
        await told.post("/api/log-error", json=ERROR, headers=HERE)
    for _ in range(refused):
        await be_refused(told)
    happened = {"pageViews": len(views), "uniqueVisitors": len(visitors), "authFailures": refused}
    return happened | {"clientErrors": errors}


async def test_thirty_days_are_told_as_they_were_and_the_31st_is_gone(many: Settings) -> None:
    """Over the end of a month and a restart; the desk draws the same figures."""
    clock, chance, happened = JumpingClock(), random.Random(7), []
    clock.jump(hours=36 - clock.now().hour)  # to noon, so that no day ends meanwhile
    for days in (16, 15):
        async with running(many, clock) as new:
            for _ in range(days):
                happened.insert(0, await a_day(new, chance))
                clock.jump(days=1)
    happened.insert(0, dict.fromkeys(happened[0], 0))
    async with running(many, clock) as new, new() as operator:
        told = (await operator.get("/api/analytics?days=30", headers=OPERATOR)).json()
        assert [{name: day[name] for name in happened[0]} for day in told["days"]] == happened[:30]
        week = {name: sum(day[name] for day in happened[:7]) for name in happened[0]}
        assert {name: told["last7Days"][name] for name in week} == week
        desk = (await operator.get("/operator", headers=PAGE | OPERATOR)).text
        found = re.findall(r'"week-count">(\d+)<', desk)
        drawn = {to_camel(name): int(number) for name, number in zip(MEASURES, found, strict=True)}
        assert drawn == dict.fromkeys(drawn, 0) | week
        kept = []
        for ago in range(len(happened)):
            day = clock.now().date() - timedelta(days=ago)
            key = await operator.get(f"/api/admin/kv-key/analytics:{day}", headers=OPERATOR)
            kept.append(key.status_code == 200)
        assert kept == [any(day.values()) and ago < 30 for ago, day in enumerate(happened)]
        salt = await operator.get("/api/admin/kv-key/visitors:latest", headers=OPERATOR)
        assert salt.status_code == 404

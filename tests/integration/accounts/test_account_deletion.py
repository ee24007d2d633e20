"""The deletion of an account, as a browser sees it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import httpx
import pytest

from app.clock import Clock
from app.kv.store import Store
from app.kv.stores import open_store
from app.settings import Settings
from tests.integration.accounts.household import COOKIE, USER, World
from tests.integration.accounts.journey import (
    CODE,
    Browser,
    JumpingClock,
    called_back,
    running,
    signed_in,
    started,
    who,
)
from tests.unit.kv.stand_ins import ScriptedStore

pytestmark = pytest.mark.anyio

ACCOUNT, SCAN = "/api/privacy/account", "/api/genres/scan"
HERE = {"sec-fetch-mode": "cors", "sec-fetch-site": "same-origin", "accept": "application/json"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kv.db"


@pytest.fixture
def settings(world: World, path: Path) -> Settings:
    fast = {"spotify_rate_per_second": 1000.0, "musicbrainz_rate_per_second": 1000.0}
    return world.settings.model_copy(update={"kv_url": f"sqlite:///{path}", **fast})


async def deleted(browser: httpx.AsyncClient) -> httpx.Response:
    return await browser.delete(ACCOUNT, headers=HERE)


async def scanned(browser: httpx.AsyncClient) -> None:
    await browser.post(SCAN, json={}, headers=HERE)
    await browser.get(f"{SCAN}/events", headers=HERE)


async def with_playlists(browser: httpx.AsyncClient) -> None:
    body = {"selections": [{"include": ["family:jazz"], "name": "mine"}]}
    preview = (await browser.post("/api/playlists/preview", json=body, headers=HERE)).json()["id"]
    await browser.post("/api/playlists", json={"preview": preview}, headers=HERE)
    await browser.get(f"/api/playlists/runs/{preview}/events", headers=HERE)


def kept(path: Path) -> list[str]:
    """What a closed database holds of the listener, in keys and values."""
    with closing(sqlite3.connect(path)) as file:
        tables = [name for (name,) in file.execute("select name from sqlite_master where type = 'table'")]
        rows = [row for table in tables for row in file.execute(f"select * from {table}")]  # noqa: S608
    assert rows
    return [str(row[0]) for row in rows if any(USER in _text(field) for field in row)]


def _text(field: object) -> str:
    return field.decode(errors="replace") if isinstance(field, bytes) else str(field)


async def test_everything_goes_in_every_browser_and_stays_gone(
    world: World, settings: Settings, path: Path
) -> None:
    async with (
        running(settings, JumpingClock()) as new_browser,
        new_browser() as here,
        new_browser() as there,
    ):
        await signed_in(here)
        await signed_in(there)
        await scanned(here)
        await with_playlists(here)
        answer = await deleted(here)
        assert (answer.status_code, answer.content) == (204, b"")
        assert f'{COOKIE}="";' in answer.headers["set-cookie"]
        assert await who(here) is await who(there) is None
        assert (await deleted(there)).status_code == 401
    assert kept(path) == []
    async with running(settings, JumpingClock()) as new_browser, new_browser() as back:
        await signed_in(back)
        assert await who(back) == USER
        assert (await back.get(SCAN, headers=HERE)).json()["status"] == "idle"
        assert (await back.get("/api/genres", headers=HERE)).json()["totalTracks"] == 0
        assert (await back.get("/api/my-playlists", headers=HERE)).json() == {"playlists": []}
    assert len(world.playlists.playlists) == 1  # at Spotify they stay


async def test_a_scan_under_way_ends_and_does_not_go_on_after_a_restart(
    world: World, settings: Settings, path: Path
) -> None:
    async with running(settings, JumpingClock()) as new_browser, new_browser() as browser:
        await signed_in(browser)
        world.liked.go.clear()
        await browser.post(SCAN, json={}, headers=HERE)
        await world.liked.asked()
        watching = asyncio.ensure_future(browser.get(f"{SCAN}/events", headers=HERE))
        await asyncio.sleep(0.05)
        assert (await deleted(browser)).status_code == 204
        assert (await watching).status_code == 200
        world.liked.go.set()
    assert kept(path) == []
    read = len(world.liked.offsets)
    async with running(settings, JumpingClock()) as new_browser, new_browser() as browser:
        assert await who(browser) is None
    assert len(world.liked.offsets) == read
    assert kept(path) == []


async def test_only_who_is_signed_in_and_only_from_here(settings: Settings) -> None:
    async with running(settings, JumpingClock()) as new_browser, new_browser() as browser:
        assert (await deleted(browser)).status_code == 401
        await signed_in(browser)
        foreign = await browser.delete(ACCOUNT, headers={**HERE, "sec-fetch-site": "cross-site"})
        assert foreign.status_code == 403
        assert await who(browser) == USER


@asynccontextmanager
async def on_a_store_that_obeys(settings: Settings) -> AsyncIterator[tuple[Browser, ScriptedStore]]:
    stores: list[ScriptedStore] = []

    async def opener(kv_url: str, *, clock: Clock) -> Store:
        stores.append(ScriptedStore(await open_store(kv_url, clock=clock)))
        return stores[0]

    async with running(settings, JumpingClock(), opener) as new_browser:
        yield new_browser, stores[0]


async def test_a_failing_store_is_told_and_asking_again_finishes_it(settings: Settings, path: Path) -> None:
    async with on_a_store_that_obeys(settings) as (new_browser, store), new_browser() as browser:
        await signed_in(browser)
        await scanned(browser)
        store.down = True
        answer = await deleted(browser)
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
        assert answer.json()["type"] == "urn:genre-sorter:deletion-unfinished"
        assert "set-cookie" not in answer.headers
        refused = await browser.post(SCAN, json={}, headers=HERE)
        assert (refused.status_code, refused.json()["type"]) == (410, "urn:genre-sorter:account-gone")
        store.heal()
        assert (await deleted(browser)).status_code == 204
        assert await who(browser) is None
    assert kept(path) == []


async def test_a_sign_in_during_the_deletion_is_refused_on_a_page(settings: Settings, path: Path) -> None:
    async with (
        on_a_store_that_obeys(settings) as (new_browser, store),
        new_browser() as here,
        new_browser() as there,
    ):
        await signed_in(here)
        asked = await started(there)
        store.scans_go.clear()
        lists = store.seen["lists"]
        deleting = asyncio.ensure_future(deleted(here))
        while store.seen["lists"] == lists:
            await asyncio.sleep(0.01)
        second = await deleted(here)
        assert (second.status_code, second.json()["type"]) == (409, "urn:genre-sorter:lease-held")
        page = await called_back(there, code=CODE, state=asked["state"])
        assert page.status_code == 409
        assert "Your account is being deleted or disconnected right now." in page.text
        assert await who(there) is None
        store.scans_go.set()
        assert (await deleting).status_code == 204
    assert kept(path) == []

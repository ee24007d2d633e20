"""What is kept of somebody who uses every feature: what they are told, and nothing once they are gone."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from app.clock import Clock
from app.keyspaces import ALL, STORED
from app.kv.store import Store
from app.kv.stores import open_store
from app.settings import Settings
from tests.integration.accounts.household import World
from tests.integration.accounts.journey import Browser, JumpingClock, running, who
from tests.integration.accounts.somebody import (
    CANARIES,
    FORM,
    HERE,
    ID,
    NAME,
    ask_for_access,
    asked,
    database_of,
    kinds_with_canaries,
    settle_in,
    use_everything,
)
from tests.unit.kv.stand_ins import ScriptedStore

pytestmark = pytest.mark.anyio

# Of the kinds that belong to a person: what else than the account id is in them, and the word that tells it.
TOLD = {
    "board": {"name": "name", "picture": "picture", "playlist": "playlists that you made"},
    "corrections": {"word": "What you said"},
    "family-rules": {"word": "Your own order"},
    "library-songs": {"song": "titles"},
    "listening": {"device": "device", "name": "your name", "song": "What you are playing", "word": "playing"},
    "plan": {"other playlist": "the names of yours", "playlist": "playlists"},
    "playlist-listing": {"login": "owners", "other playlist": "names", "playlist": "names"},
    "playlists": {"playlist": "name"},
    "preferences": {"template": "What you have chosen"},
    "run": {"playlist": "their names"},
    "session": {"name": "name", "picture": "picture"},
}
# What is nobody's: requests alone have anything in them, and say so.
OPEN = {"access-requests": {"name": "Name", "email": "email address"}}
GONE = [
    CANARIES[name] for name in ("account id", "login", "name", "picture", "device", "playlist", "template")
]


@pytest.fixture
def settings(world: World, tmp_path: Path) -> Settings:
    settle_in(world)
    fast = {"spotify_rate_per_second": 1000.0, "musicbrainz_rate_per_second": 1000.0}
    changed = {"kv_url": f"sqlite:///{tmp_path}/kv/kv.db", "operator_token": "operators-token", **fast}
    return Settings(**world.settings.model_dump() | changed | {"_env_file": None})


def sentences(page: str) -> dict[str, str]:
    """Return what a page tells of each kind."""
    found = re.findall(r'data-kind="([^"]+)">\s*<th scope="row">(.*?)</th>', page, re.DOTALL)
    return {kind: html.unescape(sentence) for kind, sentence in found}


def left(settings: Settings) -> list[str]:
    """Return what of the person is in which file of the app's, as it lies on the disk."""
    files = [path for path in database_of(settings).parent.iterdir() if path.is_file()]
    return [f"{path.name}: {one}" for path in files for one in GONE if one.encode() in path.read_bytes()]


async def test_all_of_it_is_told_and_nothing_is_anywhere_else(world: World, settings: Settings) -> None:
    async with running(settings, JumpingClock()) as new_browser, new_browser() as client:
        await ask_for_access(client)
        await use_everything(world, client)
        found = kinds_with_canaries(database_of(settings))
        own, about = [
            sentences((await client.get(page, headers=FORM)).text) for page in ("/settings", "/about")
        ]
    expected = TOLD | OPEN
    assert {kind: seen - {"account id"} for kind, seen in found.items() if seen - {"account id"}} == {
        kind: set(words) for kind, words in expected.items()
    }
    personal = {kind for kind, stored in STORED.items() if stored.personal}
    assert {kind for kind, seen in found.items() if "account id" in seen} <= personal
    assert set(own) == personal
    assert set(about) == {space.prefix for space in ALL.spaces}
    for kind, words in expected.items():
        for canary, word in words.items():
            assert word in about[kind], (kind, canary)
    assert personal - set(found) == {"open-scan", "open-fill", "open-run", "open-reading"}


class HeldStore(ScriptedStore):
    """A database whose writes wait when the test says so."""

    inner: Store

    async def scrub(self) -> None:
        await self.inner.scrub()  # type: ignore[attr-defined]

    async def copy(self) -> object:
        return await self.inner.copy()  # type: ignore[attr-defined]


@asynccontextmanager
async def on_a_store_that_waits(settings: Settings) -> AsyncIterator[tuple[Browser, HeldStore]]:
    stores: list[HeldStore] = []

    async def opener(kv_url: str, *, clock: Clock) -> Store:
        stores.append(HeldStore(await open_store(kv_url, clock=clock)))
        return stores[0]

    async with running(settings, JumpingClock(), opener) as new_browser:
        yield new_browser, stores[0]


async def be_busy(client: httpx.AsyncClient) -> None:
    """Do at once whatever writes, as tabs of one person do; what comes too late is refused."""
    calls = [
        client.request(method, path, headers=HERE, json=body)
        for method, path, body in (
            ("GET", "/api/now-playing", None),
            ("POST", "/api/genres/scan", {"refresh": True}),
            ("POST", "/api/playlists/refresh", None),
            ("POST", "/api/playlists/contents", None),
            ("POST", "/api/preferences", {"community": True, "nameTemplate": CANARIES["template"]}),
            ("PUT", "/api/genres/families", {"rules": []}),
            ("GET", "/api/genres", None),
            ("GET", "/session", None),
        )
    ]
    pages = [client.get(page, headers=FORM) for page in ("/genres", "/playlists", "/community", "/settings")]
    for answer in await asyncio.gather(*calls, *pages):
        assert answer.status_code < 500, answer.text


@pytest.mark.parametrize("held", [False, True], ids=["as it comes", "writes held"])
async def test_nothing_is_left_anywhere_whatever_was_under_way(
    world: World, settings: Settings, *, held: bool
) -> None:
    async with on_a_store_that_waits(settings) as (new_browser, store), new_browser() as client:
        await use_everything(world, client)
        assert left(settings)
        if held:
            store.writes_go.clear()
        busy = [asyncio.create_task(be_busy(client)) for _ in range(3)]
        await asyncio.sleep(0.1)
        deleting = asyncio.create_task(asked(client, "DELETE", "/api/privacy/account"))
        await asyncio.sleep(0.1)
        store.writes_go.set()
        await deleting
        await asyncio.gather(*busy)
        assert left(settings) == []
        await nowhere_to_be_seen(new_browser())
    assert left(settings) == []
    async with running(settings, JumpingClock()) as new_browser:
        await nowhere_to_be_seen(new_browser())
        assert left(settings) == []


async def nowhere_to_be_seen(client: httpx.AsyncClient) -> None:
    """See that neither a board nor a feed nor a backup knows the person."""
    client.headers["authorization"] = "Bearer operators-token"
    public = (
        "/api/leaderboard",
        "/api/scoreboard",
        "/api/recent-playlists",
        "/api/listening",
        "/stats",
        "/community",
    )
    for path in (*public, "/api/admin/users"):
        told = (await client.get(path, headers=HERE)).text
        assert not [one for one in (ID, NAME) if one in told], path
    backup = (await client.post("/api/admin/backup", headers=FORM)).content
    assert backup.startswith(b"SQLite format 3")
    assert not [one for one in GONE if one.encode() in backup]
    assert await who(client) is None

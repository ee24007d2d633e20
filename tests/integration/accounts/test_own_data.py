"""What a person sees and gets of what is kept of them, as a browser does."""

from pathlib import Path

import pytest

from app.accounts.inactivity import INACTIVE_AFTER
from app.keyspaces import ALL
from app.kv.keyspace import Keyspace, Owner
from app.settings import Settings
from tests.integration.accounts.household import USER, LastingStore, World, traces
from tests.integration.accounts.journey import ACCESS, REFRESH, JumpingClock, running, signed_in
from tests.integration.accounts.test_account_deletion import (
    HERE,
    kept,
    path,
    scanned,
    settings,
    with_playlists,
)

__all__ = ["path", "settings"]

pytestmark = pytest.mark.anyio

EXPORT = "/api/privacy/export"


async def test_the_export_has_every_value_that_names_the_person_and_no_secret(
    settings: Settings, path: Path
) -> None:
    async with running(settings, JumpingClock()) as new_browser, new_browser() as browser:
        await signed_in(browser)
        await scanned(browser)
        await with_playlists(browser)
        answer = await browser.get(EXPORT, headers=HERE)
        cookies = [*browser.cookies.values()]
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == 'attachment; filename="genre-sorter-account.json"'
    told = answer.json()
    assert told["user"] == {"id": USER, "name": "Anna", "avatar": None}
    stored = kept(path)
    counts = {kind: sum(key.startswith(f"{kind}:") for key in stored) for kind in told["kept"]}
    assert {kind: len(values) for kind, values in told["kept"].items()} == counts
    assert {key.partition(":")[0] for key in stored} == set(told["kept"])
    assert {"library-songs", "playlists", "run", "user", "session", "connection"} <= set(told["kept"])
    assert not [secret for secret in (ACCESS, REFRESH, *cookies) if secret in answer.text]
    sessions = [key.partition(":")[2] for key in stored if key.startswith("session:")]
    assert not [key for key in sessions if key in answer.text]


async def test_only_who_is_signed_in_gets_it(settings: Settings) -> None:
    async with running(settings, JumpingClock()) as new_browser, new_browser() as browser:
        assert (await browser.get(EXPORT, headers=HERE)).status_code == 401


async def test_pages_tell_what_is_kept_of_the_person_and_about_tells_all(settings: Settings) -> None:
    personal = [one for one in ALL.spaces if isinstance(one, Keyspace) and one.owner is not Owner.NONE]
    async with running(settings, JumpingClock()) as new_browser, new_browser() as browser:
        about = (await browser.get("/about")).text
        await signed_in(browser)
        own = (await browser.get("/settings")).text
    assert about.count('data-kind="') == len(ALL.spaces)
    assert own.count('data-kind="') == len(personal)
    assert USER in own
    assert f'href="{EXPORT}"' in own


async def test_a_year_without_a_sign_in_leaves_no_trace(world: World) -> None:
    store = LastingStore(world.clock)
    async with world.process(store) as services:
        await world.sign_in(services)
        await services.scans.start(USER)
        await world.calm(services)
        assert await services.privacy.inactivity.look() == 0
    await world.clock.jump(INACTIVE_AFTER.total_seconds())
    async with world.process(store) as services:
        assert traces(services, store)
        assert await services.privacy.inactivity.look() == 1
        await world.calm(services)
        assert traces(services, store) == []

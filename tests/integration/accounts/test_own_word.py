"""What a person said of artists stays or goes when they disconnect, and goes with the account."""

from pathlib import Path

import httpx
import pytest

from app.accounts.errors import DisconnectUnfinishedError
from app.keyspaces import CORRECTIONS, FAMILY_RULES
from app.settings import Settings
from tests.integration.accounts.activities import making_playlists, prepared
from tests.integration.accounts.household import USER, LastingStore, World
from tests.integration.accounts.journey import FORM, JumpingClock, running, signed_in
from tests.integration.accounts.test_account_deletion import HERE, kept, scanned
from tests.unit.genres.wire import artist_id

pytestmark = pytest.mark.anyio

ADDRESS = f"/api/genres/corrections/artist:{artist_id(7)}"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "kv.db"


@pytest.fixture
def settings(world: World, path: Path) -> Settings:
    fast = {"spotify_rate_per_second": 1000.0, "musicbrainz_rate_per_second": 1000.0}
    return world.settings.model_copy(update={"kv_url": f"sqlite:///{path}", **fast})


async def corrected(browser: httpx.AsyncClient) -> None:
    await signed_in(browser)
    await scanned(browser)
    (await browser.put(ADDRESS, json={"genres": ["city pop"]}, headers=HERE)).raise_for_status()


async def led_by_city_pop(browser: httpx.AsyncClient) -> int:
    genres = (await browser.get("/api/genres", headers=HERE)).json()["genres"]
    return sum(one["leadCount"] for one in genres if one["name"] == "city pop")


@pytest.mark.parametrize(
    ("form", "stays"),
    [({}, True), ({"keep": ["no", "yes"]}, True), ({"keep": "no"}, False)],
    ids=["a bare request", "ticked", "not ticked"],
)
async def test_corrections_stay_if_the_person_wishes_and_count_when_they_come_back(
    settings: Settings, path: Path, *, form: dict[str, object], stays: bool
) -> None:
    clock = JumpingClock()
    async with running(settings, clock) as new_browser, new_browser() as browser:
        await corrected(browser)
        assert 'value="yes" checked' in (await browser.get("/disconnect")).text
        gone = await browser.post("/auth/disconnect", data=form, headers=FORM)
        assert gone.status_code == 303
    assert any(key.startswith("corrections:") for key in kept(path)) is stays
    async with running(settings, clock) as new_browser, new_browser() as browser:
        await signed_in(browser)
        await scanned(browser)
        assert await led_by_city_pop(browser) == (2 if stays else 0)


async def test_corrections_go_with_the_account(settings: Settings, path: Path) -> None:
    async with running(settings, JumpingClock()) as new_browser, new_browser() as browser:
        await corrected(browser)
        await browser.delete("/api/privacy/account", headers=HERE)
    assert kept(path) == []


async def test_what_is_not_to_be_kept_goes_also_when_that_was_cut_off(world: World) -> None:
    rows, _ = await prepared(world, making_playlists)
    store = LastingStore(world.clock, rows)
    async with world.process(store) as services:
        await services.corrections.correct(USER, artist_id(7), ["city pop"])
        begun = store.calls
        store.refuse = lambda call: call > begun + 1  # the mark is kept, and then nothing more
        with pytest.raises(DisconnectUnfinishedError):
            await services.deletion.disconnect(USER, keep_own_word=False)
        store.refuse = lambda _: False
        half_gone = store.rows
    assert any(key.startswith("corrections:") for key in half_gone)
    again = LastingStore(world.clock, half_gone)
    async with world.process(again) as services:
        await world.sign_in(services)
        assert await services.kv.get(CORRECTIONS(USER)) is None
        assert await services.kv.get(FAMILY_RULES(USER)) is None

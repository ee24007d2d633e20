import pytest

from app.accounts.preferences import Preferences, PreferencesService
from app.kv.cached import CachedKV
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio


async def test_whoever_has_set_nothing_is_looked_for_once(kv: CachedKV, clock: FakeClock) -> None:
    preferences = PreferencesService(kv)
    for _ in range(5):
        assert await preferences.get("anna") == Preferences()
        await clock.advance(600)
    totals = kv.snapshot().totals
    assert (totals.reads, totals.writes) == (1, 1)


async def test_what_is_set_is_kept_and_the_rest_stays_as_usual(kv: CachedKV) -> None:
    preferences = PreferencesService(kv)
    await preferences.change("anna", {"covers": True})
    assert await preferences.get("anna") == Preferences(covers=True)
    assert await preferences.change("anna", {"name_template": "{genre}"}) == Preferences(
        covers=True, name_template="{genre}"
    )

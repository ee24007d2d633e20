import stat
from pathlib import Path

import pytest

from app.demo.state import StateFileError
from tests.fakes import FakeClock
from tests.integration.demo.conftest import BuildApp, id_of
from tests.integration.demo.visitor import Visitor

pytestmark = pytest.mark.anyio


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "simulator.json"


def kept(path: Path) -> str:
    return path.read_text()


async def restarted(visitor: Visitor, build: BuildApp, path: Path) -> Visitor:
    again = Visitor(build(state_path=path))
    again.tokens = visitor.tokens
    again.http.cookies = visitor.http.cookies
    return again


async def test_accounts_tokens_and_playlists_survive_a_restart(build: BuildApp, path: Path) -> None:
    before = await Visitor(build(state_path=path)).sign_in()
    me = (await before.api("GET", "/me")).json()
    made = await before.make_playlist(description="Late & slow")
    uris = [f"spotify:track:{id_of('Track', n)}" for n in (3, 1)]
    await before.api("POST", f"/playlists/{made['id']}/items", json={"uris": uris})
    playlists = (await before.api("GET", "/me/playlists")).json()

    after = await restarted(before, build, path)
    assert (await after.api("GET", "/me")).json() == me
    assert (await after.api("GET", "/me/playlists")).json() == playlists
    assert (await after.control())["playlists"][0]["uris"] == uris
    assert (await after.refresh()).status_code == 200
    assert (await after.ask()).status_code == 303, "the person has agreed already"


async def test_used_codes_and_revocations_survive_too(build: BuildApp, path: Path) -> None:
    before = Visitor(build(state_path=path))
    code = await before.code()
    before.tokens = (await before.redeem(code)).json()
    await before.switch(revoke_refresh=True)

    after = await restarted(before, build, path)
    assert (await after.redeem(code)).status_code == 400
    assert (await after.refresh()).json()["error_description"] == "Refresh token revoked"


async def test_without_a_file_nothing_survives(build: BuildApp, signed_in: Visitor) -> None:
    after = Visitor(build())
    after.tokens = signed_in.tokens
    assert (await after.api("GET", "/me")).status_code == 401


def test_only_the_owner_may_read_the_file(build: BuildApp, path: Path) -> None:
    build(state_path=path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == [path.name]


async def test_a_reset_keeps_the_secret_but_not_the_accounts(build: BuildApp, path: Path) -> None:
    before = await Visitor(build(state_path=path)).sign_in()
    await before.http.post("/control/reset")
    after = await restarted(before, build, path)
    assert (await after.api("GET", "/me")).status_code == 401
    await after.sign_in()
    assert (await after.api("GET", "/me")).status_code == 200


@pytest.mark.parametrize("content", ["", "{}", '{"secret": "x", "accounts": 1}'])
def test_a_file_of_no_use_is_named_and_left_alone(build: BuildApp, path: Path, content: str) -> None:
    path.parent.mkdir()
    path.write_text(content)
    with pytest.raises(StateFileError, match=r"simulator\.json"):
        build(state_path=path)
    assert path.read_text() == content


async def test_accounts_and_their_playlists_are_dropped_after_a_day(
    build: BuildApp, path: Path, clock: FakeClock
) -> None:
    app = build(state_path=path)
    gone = await Visitor(app).sign_in()
    me = (await gone.api("GET", "/me")).json()
    await gone.make_playlist()
    await clock.advance(24 * 3600)
    assert (await gone.api("GET", "/me")).json()["error"]["message"] == "Invalid access token"
    await Visitor(app).sign_in()
    assert me["account_id"] not in kept(path)

from datetime import timedelta
from pathlib import Path

from app.demo.records import Account, Entry, Playlist
from app.demo.state import MOST_ACCOUNTS, State
from tests.fakes import FakeClock


def test_the_most_recent_accounts_are_kept(clock: FakeClock) -> None:
    state = State()
    for n in range(MOST_ACCOUNTS + 1):
        state.put_account(Account(id=str(n), seen_at=clock.now() + timedelta(seconds=n)))
    assert state.find_account("0") is None
    assert state.find_account("1") is not None


def test_an_account_s_playlists_go_with_it(clock: FakeClock) -> None:
    state = State()
    state.put_account(Account(id="old", seen_at=clock.now()))
    state.put_playlists(Playlist(id="list", account_id="old", name="Jazz"))
    state.put_account(Account(id="new", seen_at=clock.now() + timedelta(hours=23)))
    assert state.find_playlist("list") is not None
    state.put_account(Account(id="new", seen_at=clock.now() + timedelta(days=1)))
    assert state.find_account("old") is None
    assert state.find_playlist("list") is None


def test_a_code_is_forgotten_once_it_has_expired() -> None:
    state = State()
    assert state.use_code("a", expires_at=10, now=0)
    assert not state.use_code("a", expires_at=10, now=9)
    assert state.use_code("b", expires_at=20, now=10)
    assert state._kept.used_codes == {"b": 20}


def test_the_file_holds_everything(tmp_path: Path, clock: FakeClock) -> None:
    path = tmp_path / "state.json"
    before = State(path)
    account = Account(id="a", seen_at=clock.now(), approved=("streaming",))
    playlist = Playlist(
        id="p", account_id="a", name="Jazz", entries=(Entry(uri=None, added_at=clock.now()),), revision=3
    )
    before.put_account(account)
    before.put_playlists(playlist)
    after = State(path)
    assert after.secret == before.secret
    assert after.find_account("a") == account
    assert after.playlists == (playlist,)
    assert after.playlists[0].snapshot_id == playlist.snapshot_id


def test_every_simulator_has_its_own_secret() -> None:
    assert State().secret != State().secret

"""Files that the SQLite store cannot use are refused in plain words, and left as they are."""

# ruff: noqa: ASYNC240 - files are what is tested here

import asyncio
import shutil
import sqlite3
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.clock import SystemClock
from app.kv.errors import StoreOpenError, StoreTroubleError
from app.kv.store import Put
from app.kv.stores import open_store
from app.kv.stores.database_files import DatabaseFiles
from app.kv.stores.sqlite import SQLiteStore
from app.kv.stores.sqlite_file import open_database
from tests.fakes import FakeClock
from tests.integration.kv.databases import mode, reopened, until

pytestmark = pytest.mark.anyio


async def refused(path: Path) -> str:
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(StoreOpenError) as raised:
        await reopened(path)
    assert (path.read_bytes() if path.is_file() else b"") == before
    return str(raised.value)


async def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    path.write_bytes(b"something else entirely, " * 100)

    assert f"{path} is damaged" in await refused(path)


async def filled(path: Path, rows: int) -> None:
    store = await reopened(path)
    await store.apply([Put(f"key:{number}", bytes(1000), None) for number in range(rows)])
    await store.close()


def damage(path: Path, page: int) -> None:
    """Overwrite a page; the first has the schema, the second and third the roots of the table's trees."""
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)


@pytest.mark.parametrize("page", [1, 2, 3, 150])
async def test_a_damaged_database(path: Path, page: int) -> None:
    await filled(path, 1000)
    damage(path, page)

    message = await refused(path)
    assert "is damaged" in message
    assert "Nothing was changed" in message


async def test_a_truncated_database(path: Path) -> None:
    await filled(path, 1000)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)

    assert "is damaged" in await refused(path)


async def test_damage_in_a_large_database_is_found_after_the_start(path: Path, clock: FakeClock) -> None:
    await filled(path, 12_000)
    damage(path, 150)
    store = SQLiteStore(path, clock, idle_after_s=0.01)
    await store.open()
    with capture_logs() as lines:
        await until(lambda: store._damaged)
        for call in (store.ping(), store.get("key:1"), store.apply([Put("a", b"", None)])):
            with pytest.raises(StoreTroubleError, match="is damaged"):
                await call
    assert [(line["event"], line["trouble"]) for line in lines] == [("store.trouble", "damaged")]
    await store.close()


async def test_a_large_sound_database_is_checked_and_used(path: Path, clock: FakeClock) -> None:
    await filled(path, 12_000)
    store = SQLiteStore(path, clock, idle_after_s=0.01)
    await store.open()
    assert store._unchecked
    await until(lambda: not store._unchecked)

    assert await store.get("key:1") == bytes(1000)
    await store.close()


async def test_a_read_only_file(path: Path) -> None:
    await filled(path, 1)
    path.chmod(0o400)

    assert "is read-only" in await refused(path)
    assert mode(path) == 0o400


async def test_a_folder_where_nothing_can_be_written(path: Path) -> None:
    await filled(path, 1)
    path.with_name("test.db-wal").mkdir()

    assert "or its folder cannot be written" in await refused(path)


async def test_a_database_of_another_program(path: Path) -> None:
    path.parent.mkdir()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (x)")
    other.close()

    assert "another program" in await refused(path)


async def test_a_database_of_a_later_release(path: Path) -> None:
    await filled(path, 1)
    later = sqlite3.connect(path)
    later.execute("PRAGMA user_version = 2")
    later.close()

    assert "later release" in await refused(path)


async def test_a_missing_database_whose_log_is_still_there(path: Path) -> None:
    path.parent.mkdir()
    path.with_name("test.db-wal").write_bytes(b"what was not copied back")

    assert "is missing but test.db-wal is there" in await refused(path)
    assert not path.exists()


async def test_a_folder_and_a_path_below_a_file(tmp_path: Path) -> None:
    assert "cannot be opened" in await refused(tmp_path)
    file = tmp_path / "file"
    file.touch()
    assert "cannot be opened" in await refused(file / "below" / "test.db")


async def test_a_database_that_is_replaced_while_it_is_opened(path: Path) -> None:
    """The lock that is waited for is on a file that has another name by then."""
    await filled(path, 1)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    opening = asyncio.create_task(reopened(path))
    await asyncio.sleep(0.2)
    shutil.copy(path, path.with_name("other.db"))
    path.with_name("other.db").rename(path)
    holder.close()

    with pytest.raises(StoreOpenError, match="replaced while it was opened"):
        await opening


async def test_rights_of_a_log_that_was_left_are_narrowed_too(store: SQLiteStore, tmp_path: Path) -> None:
    await store.apply([Put("a", b"1", None)])
    for file in store._files.path.parent.iterdir():
        shutil.copy(file, tmp_path)
        (tmp_path / file.name).chmod(0o644)
    again = await reopened(tmp_path / "test.db")

    assert await again.get("a") == b"1"
    assert {mode(file) for file in tmp_path.iterdir() if file.is_file()} == {0o600}
    await again.close()


async def test_a_database_that_is_not_to_be_made(path: Path) -> None:
    with pytest.raises(StoreOpenError, match=f"There is no database at {path}"):
        open_database(DatabaseFiles(path), make=False)
    assert not path.parent.exists()


async def test_an_empty_file_becomes_a_database(tmp_path: Path) -> None:
    path = tmp_path / "test.db"
    path.touch()
    await filled(path, 1)

    assert path.stat().st_size > 0


@pytest.mark.parametrize("url", ["", "sqlite://", "sqlite:///", "postgres://localhost", "data/test.db"])
async def test_a_url_that_names_no_store(url: str) -> None:
    with pytest.raises(StoreOpenError, match="KV_URL"):
        await open_store(url, clock=SystemClock())


async def test_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    await (await open_store("sqlite:///data/test.db", clock=SystemClock())).close()

    assert (tmp_path / "data" / "test.db").exists()


async def test_before_it_is_opened_nothing_works(path: Path, clock: FakeClock) -> None:
    store = SQLiteStore(path, clock, idle_after_s=0.001)
    await asyncio.sleep(0.01)
    with pytest.raises(RuntimeError, match="not open"):
        await store.ping()
    await store.close()

    assert not path.exists()

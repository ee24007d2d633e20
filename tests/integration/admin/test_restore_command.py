"""`genre-sorter restore`: what comes back, what does not, what is kept, and kills at every step."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.admin.restore_command import _held, restore
from app.admin.restored_rows import Outdated
from app.admin.upkeep import UpkeepError
from app.clock import SystemClock
from app.keyspaces import ALL, ENDED_BY_RESTORE
from app.kv.keyspace import Keyspace, Owner
from app.kv.store import Put
from app.kv.stores.database_files import wal_of
from app.kv.stores.sqlite import SQLiteStore
from app.kv.tombstones import mark_of
from app.settings import Settings

FullDisk = Callable[[], AbstractContextManager[None]]

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ASIDE = "kv.db.before-restore-2026-11-22T120000Z"
GARBAGE = b"not a database at all " * 500
OLD = {f"old:{number}": b"old" for number in range(300)}
NEW = {f"new:{number}": b"new" for number in range(300)}


async def _make(path: Path, rows: Mapping[str, bytes], *, cut_off: bool) -> None:
    store = SQLiteStore(path, SystemClock())
    await store.open()
    await store.apply([Put(key, data, None) for key, data in rows.items()])
    if cut_off:
        await store.apply([Put(key, data, None) for key, data in rows.items()])
        shutil.copytree(path.parent, path.parent.with_name("cut off"))
    await store.close()
    if cut_off:
        shutil.rmtree(path.parent)
        path.parent.with_name("cut off").rename(path.parent)


def make(path: Path, rows: Mapping[str, bytes], *, cut_off: bool = False) -> Path:
    """Make a database; `cut_off`, as a kill leaves it, with its log beside it."""
    asyncio.run(_make(path, rows, cut_off=cut_off))
    assert wal_of(path).exists() == cut_off
    return path


async def _read(path: Path) -> dict[str, bytes]:
    store = SQLiteStore(path, SystemClock())
    await store.open()
    found = dict(await store.get_many((await store.scan("")).keys))
    await store.close()
    return found


def read(path: Path) -> dict[str, bytes]:
    return asyncio.run(_read(path))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "data" / "kv.db"


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    return make(tmp_path / "saved" / "backup.db", NEW)


@pytest.fixture
def settings(database: Path) -> Settings:
    return Settings(_env_file=None, kv_url=f"sqlite:///{database}")


def bring_back(settings: Settings, source: Path) -> str:
    return restore(settings, source, outdated=Outdated.of(ALL, ENDED_BY_RESTORE), now=NOW)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()} if folder.exists() else {}


def refused(settings: Settings, source: Path, database: Path) -> str:
    before = files(database.parent)
    with pytest.raises(UpkeepError) as raised:
        bring_back(settings, source)
    assert files(database.parent) == before
    return str(raised.value)


# What comes back.


@pytest.mark.parametrize("cut_off", [False, True])
def test_the_backup_takes_the_place_of_the_database_which_is_kept(
    settings: Settings,
    database: Path,
    saved: Path,
    cut_off: bool,  # noqa: FBT001
) -> None:
    make(database, OLD, cut_off=cut_off)
    before = saved.read_bytes()
    said = bring_back(settings, saved)

    assert files(database.parent).keys() == {"kv.db", ASIDE} | ({f"{ASIDE}-wal"} if cut_off else set())
    assert f"Kept from before: {database.with_name(ASIDE)}" in said
    assert "the 300 keys of" in said
    assert database.stat().st_mode & 0o777 == 0o600
    assert read(database) == NEW
    assert read(database.with_name(ASIDE)) == OLD
    assert saved.read_bytes() == before
    assert files(saved.parent).keys() == {"backup.db"}


def test_without_a_database_there_is_nothing_to_keep(settings: Settings, database: Path, saved: Path) -> None:
    assert "Kept" not in bring_back(settings, saved)
    assert files(database.parent).keys() == {"kv.db"}
    assert database.parent.stat().st_mode & 0o777 == 0o700
    assert read(database) == NEW


def test_a_damaged_database_and_its_log_are_kept_as_they_are(
    settings: Settings, database: Path, saved: Path
) -> None:
    database.parent.mkdir()
    database.write_bytes(GARBAGE)
    wal_of(database).write_bytes(b"a log")
    bring_back(settings, saved)

    assert files(database.parent) == {
        "kv.db": database.read_bytes(),
        ASIDE: GARBAGE,
        f"{ASIDE}-wal": b"a log",
    }
    assert read(database) == NEW


def test_a_database_that_cannot_be_read_to_its_end(settings: Settings, database: Path, saved: Path) -> None:
    make(database, {f"old:{number}": os.urandom(20_000) for number in range(600)})
    with database.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 50 * 4096)
    bring_back(settings, saved)
    assert read(database) == NEW


def test_the_log_of_a_missing_database_is_kept(settings: Settings, database: Path, saved: Path) -> None:
    database.parent.mkdir()
    wal_of(database).write_bytes(b"a log")
    bring_back(settings, saved)
    assert read(database) == NEW
    assert files(database.parent)[f"{ASIDE}-wal"] == b"a log"


@pytest.mark.parametrize("elsewhere", ["", "elsewhere"])
def test_a_spill_file_is_newer_than_the_backup_and_kept_aside(
    settings: Settings, database: Path, saved: Path, tmp_path: Path, elsewhere: str
) -> None:
    make(database, OLD)
    folder = tmp_path / elsewhere if elsewhere else database.parent
    folder.mkdir(exist_ok=True)
    (folder / "kv-spill.jsonl").write_text("what was not written")
    said = bring_back(settings.model_copy(update={"kv_spill_dir": str(folder) if elsewhere else ""}), saved)

    assert not (folder / "kv-spill.jsonl").exists()
    kept = folder / "kv-spill.jsonl.before-restore-2026-11-22T120000Z"
    assert kept.read_text() == "what was not written"
    assert str(kept) in said


def test_what_a_killed_restore_left_is_removed(settings: Settings, database: Path, saved: Path) -> None:
    make(database, OLD)
    database.with_name(".kv.db.restore-x1").mkdir()
    bring_back(settings, saved)
    assert files(database.parent).keys() == {"kv.db", ASIDE}


def test_the_new_database_belongs_to_whom_the_old_one_did(
    settings: Settings, database: Path, saved: Path
) -> None:
    make(database, OLD)
    owner = 12345 if os.geteuid() == 0 else os.geteuid()
    os.chown(database, owner, -1)
    bring_back(settings, saved)
    assert database.stat().st_uid == owner


# What does not come back.


def test_sessions_and_begun_playlists_do_not_come_back(
    settings: Settings, database: Path, tmp_path: Path
) -> None:
    rows = {
        f"{space.prefix}:anna:{number}": b"x"
        for space in ALL.spaces
        if isinstance(space, Keyspace)
        for number in range(2)
    }
    bring_back(settings, make(tmp_path / "saved" / "backup.db", rows))
    ended = {space.prefix for space in ENDED_BY_RESTORE}

    assert {"session", "user-sessions", "open-run", "plan", "access-requests", "board"} <= ended
    assert read(database) == {key: data for key, data in rows.items() if key.split(":")[0] not in ended}


def test_whoever_deleted_their_account_since_stays_deleted(
    settings: Settings, database: Path, tmp_path: Path
) -> None:
    saved = make(
        tmp_path / "saved" / "backup.db",
        {"library:a%3A1": b"canary", "run:a%3A1:r1": b"x", "library:anna": b"x", "artist-genres:a%3A1": b"x"},
    )
    mark = mark_of("a:1").text
    make(database, {**OLD, mark: b"gone"})
    bring_back(settings, saved)

    assert b"canary" not in database.read_bytes()
    assert read(database) == {"library:anna": b"x", "artist-genres:a%3A1": b"x", mark: b"gone"}


def test_every_session_ends_and_every_value_that_names_its_user_inside() -> None:
    """Whose the latter are cannot be told from their keys. A new kind belongs into ENDED_BY_RESTORE."""
    spaces = [space for space in ALL.spaces if isinstance(space, Keyspace)]
    inside = {space.prefix for space in spaces if space.owner is Owner.VALUE}
    sessions = {space.prefix for space in spaces if "session" in space.prefix}
    assert inside | sessions <= {space.prefix for space in ENDED_BY_RESTORE}


# What is refused.


def test_while_a_server_has_the_database_nothing_is_done(
    settings: Settings, database: Path, saved: Path
) -> None:
    make(database, OLD)
    server = sqlite3.connect(database, isolation_level=None)
    server.execute("PRAGMA locking_mode = EXCLUSIVE")
    server.execute("BEGIN EXCLUSIVE")
    assert "is open in another genre-sorter process" in refused(settings, saved, database)
    server.close()


HOLD = """
import fcntl, sys
file = open(sys.argv[1], "r+b")
fcntl.lockf(file, fcntl.LOCK_EX, 512, 0x40000000)
print("held", flush=True)
sys.stdin.read()
"""


def test_a_damaged_database_that_a_server_has_open(settings: Settings, database: Path, saved: Path) -> None:
    database.parent.mkdir()
    database.write_bytes(GARBAGE)
    holder = [sys.executable, "-c", HOLD, str(database)]
    with subprocess.Popen(holder, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdout
        assert server.stdout.readline() == b"held\n"
        assert "is open in another genre-sorter process" in refused(settings, saved, database)
        with pytest.raises(UpkeepError, match="is in use"), _held(database):
            pass
        server.kill()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("PRAGMA application_id = 7", "another program"),
        ("PRAGMA user_version = 7", "later release"),
    ],
)
def test_a_backup_of_something_else(
    settings: Settings, database: Path, saved: Path, statement: str, said: str
) -> None:
    make(database, OLD)
    other = sqlite3.connect(saved)
    other.execute(statement)
    other.execute("PRAGMA journal_mode = delete")
    other.close()
    message = refused(settings, saved, database)
    assert said in message
    assert str(saved) in message


def test_a_damaged_backup(settings: Settings, database: Path, saved: Path) -> None:
    make(database, OLD)
    with saved.open("r+b") as file:
        file.truncate(9000)
    assert f"{saved} is damaged" in refused(settings, saved, database)


def test_other_things_than_backups(settings: Settings, database: Path, tmp_path: Path) -> None:
    make(database, OLD)
    assert "There is no file" in refused(settings, tmp_path / "nothing", database)
    assert "There is no file" in refused(settings, tmp_path, database)
    assert "is the database itself" in refused(settings, database, database)
    cut_off = make(tmp_path / "other" / "kv.db", OLD, cut_off=True)
    assert "was not closed" in refused(settings, cut_off, database)


def test_a_disk_without_room(settings: Settings, database: Path, saved: Path, full_disk: FullDisk) -> None:
    with full_disk():
        told = refused(settings, saved, database)
    assert "could not be restored" in told


# Ends that nobody plans.


@pytest.mark.parametrize("old", ["sound", "cut off", "damaged"])
@pytest.mark.parametrize("how", ["kill", "fault"])
def test_cut_off_at_any_step_it_leaves_the_old_or_the_new_database(
    tmp_path: Path, how: str, old: str
) -> None:
    template = make(tmp_path / "template" / "data" / "kv.db", OLD, cut_off=old == "cut off")
    if old == "damaged":
        template.write_bytes(GARBAGE)
    make(tmp_path / "saved" / "backup.db", NEW).rename(tmp_path / "template" / "backup.db")
    command = [sys.executable, "-m", "tests.integration.admin.killed_restores", how, str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True)
    cut_off = sorted(int(path.name) for path in tmp_path.iterdir() if path.name.isdigit())
    found = [in_place(tmp_path / str(steps) / "data" / "kv.db") for steps in cut_off]

    assert how == "fault" or found == sorted(found, reverse=True)
    assert found.count("old") > 10
    assert found.count("new") > 1


def in_place(database: Path) -> str:
    """Return which database is there, having seen that the other one, once replaced, is kept."""
    if is_old(database):
        return "old"
    assert read(database) == NEW
    (kept,) = database.parent.glob("kv.db.before-restore-*Z")
    assert is_old(kept)
    return "new"


def is_old(database: Path) -> bool:
    return database.read_bytes() == GARBAGE or read(database) == OLD

"""The SQLite store's own promises: durability, one process, small chores."""

# ruff: noqa: ASYNC220, ASYNC240 - files and processes are what is tested here

import asyncio
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.clock import SystemClock
from app.kv.cached import CachedKV
from app.kv.errors import StoreOpenError, StoreTroubleError
from app.kv.store import Delete, Put
from app.kv.stores import open_store
from app.kv.stores.sqlite import SQLiteStore
from tests.fakes import FakeClock
from tests.integration.kv.databases import mode, reopened, until
from tests.unit.kv.stand_ins import FOREVER, note

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[3]
MEGABYTE = 1024 * 1024


def python(what: str, path: Path) -> list[str]:
    return [sys.executable, "-m", "tests.integration.kv.processes", what, f"sqlite:///{path}"]


async def pragma(store: SQLiteStore, name: str) -> object:
    return (await store._query(lambda db: db.execute(f"PRAGMA {name}").fetchone()))[0]


# Settings and rights.


async def test_every_commit_reaches_the_disk_and_the_file_is_ours_alone(store: SQLiteStore) -> None:
    assert await pragma(store, "synchronous") == 2
    assert await pragma(store, "journal_mode") == "wal"
    assert await pragma(store, "locking_mode") == "exclusive"
    assert await pragma(store, "wal_autocheckpoint") == 0


async def test_file_and_folder_are_for_the_owner_only(store: SQLiteStore, path: Path) -> None:
    await store.apply([Put("a", b"1", None)])

    assert mode(path.parent) == 0o700
    assert {mode(file) for file in path.parent.iterdir()} == {0o600}
    assert not path.with_name("test.db-shm").exists()


async def test_rights_that_are_too_wide_are_narrowed_but_a_folder_that_was_there_is_not_ours(
    tmp_path: Path,
) -> None:
    tmp_path.chmod(0o755)
    path = tmp_path / "test.db"
    await (await reopened(path)).close()
    path.chmod(0o644)
    await (await reopened(path)).close()

    assert mode(path) == 0o600
    assert mode(tmp_path) == 0o755


async def test_after_closing_everything_is_in_the_one_file(store: SQLiteStore, path: Path) -> None:
    await store.apply([Put("a", b"1", None)])
    await store.close()
    await store.close()

    assert [file.name for file in path.parent.iterdir()] == ["test.db"]
    again = await reopened(path)
    assert await again.get("a") == b"1"
    await again.close()


# Durability.


@pytest.mark.parametrize("acknowledged", [1, 40, 300])
async def test_acknowledged_writes_survive_a_kill(path: Path, acknowledged: int) -> None:
    with subprocess.Popen(python("write", path), cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = [int(process.stdout.readline()) for _ in range(acknowledged)]
        process.kill()
        told += [int(line) for line in process.stdout]

    clock = SystemClock()
    kv = CachedKV(await open_store(f"sqlite:///{path}", clock=clock), clock=clock)
    await kv.start()
    keys = [FOREVER(number) for number in told]
    assert told == list(range(len(told)))
    assert await kv.get_many(keys) == {key: note(number) for number, key in enumerate(keys)}
    await kv.close()


async def test_a_batch_is_written_as_a_whole_or_not_at_all(store: SQLiteStore) -> None:
    await store.apply([Put("a", b"old", None), Put("b", b"old", None)])
    pages = await pragma(store, "page_count")
    await pragma(store, f"max_page_count = {pages}")
    with pytest.raises(StoreTroubleError, match="full"):
        await store.apply([Delete("b"), Put("a", b"new", None), Put("c", bytes(MEGABYTE), None)])
    assert dict(await store.get_many(["a", "b", "c"])) == {"a": b"old", "b": b"old"}

    await pragma(store, "max_page_count = 100000")
    await store.apply([Put("a", b"new", None)])
    assert await store.get("a") == b"new"


async def test_a_batch_that_sqlite_refuses_is_rolled_back(store: SQLiteStore) -> None:
    await store._query(lambda db: db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 1000))
    with pytest.raises(sqlite3.DataError):
        await store.apply([Put("a", b"1", None), Put("b", bytes(2000), None)])

    assert dict(await store.get_many(["a", "b"])) == {}
    await store.apply([Put("a", b"2", None)])
    assert await store.get("a") == b"2"


async def test_the_write_ahead_log_is_copied_back_between_rounds(store: SQLiteStore, path: Path) -> None:
    wal = path.with_name("test.db-wal")
    largest = 0
    for number in range(40):
        await store.apply([Put(f"key:{number % 4}", bytes(MEGABYTE), None)])
        await store.ping()
        largest = max(largest, wal.stat().st_size)

    assert largest < 8 * MEGABYTE
    assert path.stat().st_size >= 4 * MEGABYTE


async def test_the_log_stays_small_too_while_a_thread_that_is_never_idle_writes(
    store: SQLiteStore, path: Path
) -> None:
    wal = path.with_name("test.db-wal")
    sizes = []

    async def write(writer: int) -> None:
        for number in range(10):
            await store.apply([Put(f"key:{writer}:{number % 4}", bytes(MEGABYTE // 2), None)])
            sizes.append(wal.stat().st_size)

    await asyncio.gather(*(write(writer) for writer in range(8)))
    assert max(sizes) < 8 * MEGABYTE


async def test_a_checkpoint_that_fails_is_told_and_made_up_for(store: SQLiteStore, path: Path) -> None:
    """A reader of the same connection that stays open is in its way."""
    wal = path.with_name("test.db-wal")
    await store.apply([Put("a", b"1", None), Put("b", b"1", None)])
    reader = await store._query(lambda db: db.execute("SELECT key FROM kv"))
    with capture_logs() as lines:
        await store.apply([Put("c", bytes(5 * MEGABYTE), None)])
        await store.ping()
    assert [(line["event"], line["chore"]) for line in lines] == [("store.chore-failed", "checkpoint")]

    await store._query(lambda _: reader.close())
    await store.apply([Put("d", b"1", None)])
    await store.apply([Put("e", b"1", None)])
    assert wal.stat().st_size < MEGABYTE


# One process.


async def test_a_second_process_is_refused_and_told_why(store: SQLiteStore, path: Path) -> None:
    await store.apply([Put("a", b"1", None)])
    other = await asyncio.to_thread(
        subprocess.run, python("look", path), cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert f"{path} is open in another genre-sorter process. One process serves one database" in other.stdout
    assert "Redis or Valkey" in other.stdout
    assert await store.get("a") == b"1"


async def test_a_second_store_in_this_process_is_refused_too(store: SQLiteStore, path: Path) -> None:
    with pytest.raises(StoreOpenError, match="open in another genre-sorter process"):
        await reopened(path)


async def test_nobody_else_reads_either(store: SQLiteStore, path: Path) -> None:
    other = sqlite3.connect(path, timeout=0)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("SELECT * FROM kv")
    other.close()


# Expired rows.


async def rows(store: SQLiteStore) -> int:
    return (await store._query(lambda db: db.execute("SELECT count(*) FROM kv").fetchone()))[0]


async def test_expired_rows_are_removed_in_small_batches(store: SQLiteStore, clock: FakeClock) -> None:
    soon = clock.now().timestamp() + 10
    await store.apply([Put(f"key:{number}", b"", soon) for number in range(450)])
    await store.apply([Put("later", b"", soon + 10), Put("never", b"", None)])
    assert await store.sweep() == 0
    await clock.advance(10)

    assert [await store.sweep() for _ in range(4)] == [200, 200, 50, 0]
    assert await rows(store) == 2


async def test_an_idle_store_sweeps_by_itself(path: Path, clock: FakeClock) -> None:
    store = SQLiteStore(path, clock, idle_after_s=0.01)
    await store.open()
    await store.apply([Put(f"key:{number}", b"", 1.0) for number in range(450)])
    while await rows(store):
        await asyncio.sleep(0.1)
    await store.close()


async def test_a_store_that_is_never_idle_sweeps_too(store: SQLiteStore) -> None:
    await store.apply([Put(f"key:{number}", b"", 1.0) for number in range(150)])
    stop = asyncio.Event()

    async def load() -> None:
        while not stop.is_set():
            await store.ping()

    busy = asyncio.gather(load(), load())
    while await rows(store):
        await asyncio.sleep(0.05)
    stop.set()
    await busy


async def test_a_sweep_that_fails_is_told_and_stops_nothing(path: Path, clock: FakeClock) -> None:
    store = SQLiteStore(path, clock, idle_after_s=0.01)
    await store.open()
    with capture_logs() as lines:
        await store._query(lambda db: db.execute("ALTER TABLE kv RENAME TO away"))
        await until(lambda: lines)
        await store._query(lambda db: db.execute("ALTER TABLE away RENAME TO kv"))

    assert lines[0]["event"] == "store.chore-failed"
    await store.ping()
    await store.close()


# The thread.


async def test_an_ended_value_that_cannot_be_removed_is_absent_all_the_same(
    store: SQLiteStore, clock: FakeClock
) -> None:
    await store.apply([Put("a", b"1", clock.now().timestamp() + 10), Put("b", b"2", None)])
    await clock.advance(11)
    await store._query(lambda db: db.execute("PRAGMA query_only = ON"))
    with capture_logs() as logs:
        for _ in range(2):
            assert dict(await store.get_many(["a", "b"])) == {"b": b"2"}
    assert [(line["event"], line["trouble"]) for line in logs] == [("store.trouble", "read-only")]


async def test_a_call_that_was_given_up_before_its_turn_does_not_run(store: SQLiteStore) -> None:
    go, over = threading.Event(), threading.Event()
    busy = asyncio.create_task(store._worker.run(go.wait))
    given_up = asyncio.create_task(store.apply([Put("a", b"1", None)]))
    after = asyncio.create_task(store._worker.run(over.set))
    await asyncio.sleep(0)
    given_up.cancel()
    go.set()
    over.wait()  # its turn comes before the loop has taken it out of the line

    await asyncio.gather(busy, after)
    assert await store.get("a") is None


async def test_calls_that_were_given_up_do_not_pile_up(store: SQLiteStore) -> None:
    started, go = threading.Event(), threading.Event()
    busy = asyncio.create_task(store._worker.run(lambda: (started.set(), go.wait())))
    await asyncio.to_thread(started.wait)
    given_up = [asyncio.create_task(store.get(str(number))) for number in range(50)]
    await asyncio.sleep(0)
    stays = asyncio.create_task(store.get("a"))
    await asyncio.sleep(0)
    for call in given_up:
        call.cancel()
    await asyncio.wait(given_up)
    left = len(store._worker._jobs)
    go.set()

    assert left == 1
    await busy
    assert await stays is None


async def test_a_call_that_is_given_up_while_it_runs_ends_quietly(store: SQLiteStore) -> None:
    started, go = threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        go.wait()

    busy = asyncio.create_task(store._worker.run(work))
    await asyncio.to_thread(started.wait)
    busy.cancel()
    go.set()

    assert await store.get("a") is None
    assert busy.cancelled()


def test_a_loop_that_ended_does_not_end_the_thread(path: Path) -> None:
    store = SQLiteStore(path, SystemClock())
    asyncio.run(store.open())
    started, go = threading.Event(), threading.Event()

    async def leave() -> None:
        busy = asyncio.create_task(store._worker.run(lambda: (started.set(), go.wait())))
        await asyncio.to_thread(started.wait)
        busy.cancel()

    with capture_logs() as lines:
        asyncio.run(leave())
        go.set()
        asyncio.run(store.ping())

    assert [line["event"] for line in lines] == ["worker.nobody-waits"]
    asyncio.run(store.close())

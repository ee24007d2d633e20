"""Trouble with the files of an open database: one line for the operator, nothing lost, everything goes on."""

# ruff: noqa: ASYNC240 - files are what is tested here

import random
import shutil
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.clock import SystemClock
from app.kv.cached import CachedKV
from app.kv.errors import KVError, StoreTroubleError
from app.kv.options import KVOptions
from app.kv.store import Put
from app.kv.stores.database_files import DatabaseFiles
from app.kv.stores.sqlite import SQLiteStore
from tests.fakes import FakeClock
from tests.integration.kv.databases import reopened, until
from tests.unit.kv.stand_ins import FOREVER, note

pytestmark = pytest.mark.anyio

LARGE = note(random.Random(1).randbytes(100_000).hex())


async def pragma(store: SQLiteStore, text: str) -> None:
    await store._query(lambda db: db.execute(f"PRAGMA {text}").fetchone())


@pytest.fixture
async def store(path: Path, clock: FakeClock) -> AsyncIterator[SQLiteStore]:
    """One that is never idle, so that on a slow machine no chore meets the trouble too."""
    opened = SQLiteStore(path, clock, idle_after_s=1000)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def kv(store: SQLiteStore) -> AsyncIterator[CachedKV]:
    service = CachedKV(store, clock=SystemClock(), options=KVOptions(ledger=False))
    await service.start()
    await service.put(FOREVER("before"), note("before"))
    yield service
    await service.close()


async def refused(kv: CachedKV, number: int) -> str:
    """Put something in vain; return what its caller is told."""
    with pytest.raises(KVError) as raised:
        await kv.put(FOREVER(number), LARGE)
    assert raised.value.status == 503
    return raised.value.detail


async def recovered(kv: CachedKV) -> None:
    while kv.snapshot().queue.depth:
        await kv.flush()


TROUBLES = {
    "disk full": ("max_page_count = 2", "max_page_count = 1000000", "The disk is full."),
    "read-only": ("query_only = on", "query_only = off", "Storage can only be read"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_writes_wait_and_go_on_by_themselves(
    kv: CachedKV, store: SQLiteStore, path: Path, trouble: str
) -> None:
    begin, end, told = TROUBLES[trouble]
    with capture_logs() as lines:
        await pragma(store, begin)
        for number in range(3):
            detail = await refused(kv, number)
            assert detail.startswith(told)
            assert "Nothing you did before is lost" in detail
            assert str(path) not in detail
        assert await kv.get(FOREVER("before")) == note("before")
        assert await kv.get(FOREVER(0)) == LARGE
        await pragma(store, end)
        await recovered(kv)

    assert [line["event"] for line in lines] == ["store.trouble", "store.recovered"]
    assert lines[0]["trouble"] == lines[1]["trouble"] == trouble
    assert str(path) in lines[0]["problem"]
    assert [await store.get(FOREVER(number).text) is not None for number in range(3)] == [True] * 3


# Files that are taken away.


async def test_a_database_that_is_deleted_takes_no_more_writes(store: SQLiteStore, path: Path) -> None:
    await store.apply([Put("before", b"1", None)])
    path.unlink()
    with capture_logs() as lines:
        for _ in range(3):
            with pytest.raises(StoreTroubleError):
                await store.apply([Put("a", b"1", None)])

    assert [line["trouble"] for line in lines] == ["misplaced"]
    assert "genre-sorter backup PATH" in lines[0]["problem"]
    assert not path.exists()
    assert await store.get("before") == b"1"


async def test_a_backup_put_in_the_place_of_an_open_database_stays_what_it_is(
    store: SQLiteStore, path: Path, tmp_path: Path, clock: FakeClock
) -> None:
    """The log beside it is of the file that was there, and must not be taken for its own after a kill."""
    await store.apply([Put("key", b"backup", None)])
    with await store.copy() as copy:
        path.with_name("backup.db").write_bytes(copy.read())
    await store.apply([Put("key", b"later", None), Put("other", bytes(10_000), None)])
    await store.apply([Put("ended", b"1", clock.now().timestamp() + 10)])
    away = path.rename(path.with_name("away.db"))
    path.with_name("backup.db").rename(path)
    for _ in range(2):
        with pytest.raises(StoreTroubleError):
            await store.apply([Put("key", b"latest", None)])
    await clock.advance(11)
    assert await store.get("ended") is None
    for name in ("test.db", "test.db-wal", "away.db"):
        shutil.copy(path.with_name(name), tmp_path)

    after_a_kill = await reopened(tmp_path / "test.db")
    assert dict(await after_a_kill.get_many(["key", "other"])) == {"key": b"backup"}
    await after_a_kill.close()
    moved = await reopened(tmp_path / "away.db")
    assert await moved.get("key") == b"later"
    await moved.close()

    away.rename(path)
    await store.apply([Put("key", b"latest", None)])
    assert await store.get("key") == b"latest"


async def test_a_log_that_came_with_another_database_is_not_touched(store: SQLiteStore, path: Path) -> None:
    await store.apply([Put("a", b"1", None)])
    wal = path.with_name("test.db-wal")
    for file in (path, wal):
        shutil.copy(file, path.with_name("copy"))
        path.with_name("copy").rename(file)
    before = (path.read_bytes(), wal.read_bytes())
    with pytest.raises(StoreTroubleError):
        await store.apply([Put("a", b"2", None)])
    await store.close()

    assert (path.read_bytes(), wal.read_bytes()) == before


async def test_an_idle_store_tells_too_that_its_file_is_gone(path: Path, clock: FakeClock) -> None:
    store = SQLiteStore(path, clock, idle_after_s=0.01)
    await store.open()
    path.unlink()
    with capture_logs() as lines:
        await store.ping()
        await until(lambda: lines)
    await store.close()

    assert [line["trouble"] for line in lines] == ["misplaced"]


@pytest.mark.parametrize("how", ["deleted", "replaced"])
async def test_a_log_that_is_taken_away_is_begun_anew_before_anybody_is_answered(
    store: SQLiteStore, path: Path, tmp_path: Path, how: str
) -> None:
    wal = path.with_name("test.db-wal")
    await store.apply([Put("a", b"1", None)])
    wal.unlink()
    if how == "replaced":
        wal.touch()
    with capture_logs() as lines:
        await store.apply([Put("b", b"2", None)])
        await store.apply([Put("c", b"3", None)])
    assert [line["event"] for line in lines] == ["store.log-renewed"]

    for file in path.parent.iterdir():
        shutil.copy(file, tmp_path)
    killed = await reopened(tmp_path / "test.db")
    assert dict(await killed.get_many(["a", "b", "c"])) == {"a": b"1", "b": b"2", "c": b"3"}
    await killed.close()


async def test_a_log_that_cannot_be_begun_anew_is_no_success(store: SQLiteStore, path: Path) -> None:
    await store.apply([Put("a", b"1", None), Put("b", b"1", None)])
    reader = await store._query(lambda db: db.execute("SELECT key FROM kv"))
    path.with_name("test.db-wal").unlink()
    with pytest.raises(sqlite3.OperationalError):
        await store.apply([Put("c", b"2", None)])

    await store._query(lambda _: reader.close())
    await store.apply([Put("c", b"3", None)])
    await store.apply([Put("d", b"4", None)])
    assert path.with_name("test.db-wal").exists()


def test_a_log_is_not_taken_for_new_when_sqlite_keeps_the_old_mode(path: Path) -> None:
    memory = sqlite3.connect(":memory:")
    with pytest.raises(sqlite3.OperationalError, match="stays memory"):
        DatabaseFiles(path).renew_log(memory)
    memory.close()


async def test_damage_that_is_met_ends_reading_and_writing(store: SQLiteStore, path: Path) -> None:
    await store.apply([Put(f"key:{number}", bytes(1000), None) for number in range(1000)])
    await pragma(store, "wal_checkpoint(PASSIVE)")
    await pragma(store, "cache_size = 1")
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xff" * 200 * 4096)
    with capture_logs() as lines:
        for call in (store.get("key:500"), store.ping(), store.apply([Put("a", b"1", None)])):
            with pytest.raises(StoreTroubleError) as raised:
                await call
            assert "restore a backup" in raised.value.told

    assert [line["trouble"] for line in lines] == ["damaged"]
    assert "genre-sorter restore PATH" in lines[0]["problem"]

"""Copies of a database that is in use: complete, consistent, in nobody's way, and never left behind."""

import asyncio
import os
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

import pytest
from structlog.testing import capture_logs

from app.kv.errors import StoreOpenError, StoreTroubleError
from app.kv.store import Put
from app.kv.stores.sqlite import SQLiteStore
from app.kv.stores.sqlite_copy import check_copy
from tests.integration.kv.databases import mode, reopened, until

pytestmark = pytest.mark.anyio

MEGABYTE = 1024 * 1024


async def fill(store: SQLiteStore, megabytes: int) -> None:
    for number in range(megabytes):
        await store.apply([Put(f"fill:{number}", os.urandom(MEGABYTE), None)])


def saved(copy: BinaryIO, path: Path) -> Path:
    with copy:
        path.write_bytes(copy.read())
    return path


def rows(path: Path) -> set[str]:
    connection = sqlite3.connect(f"file:{path}?immutable=1", uri=True)
    found = {key for (key,) in connection.execute("SELECT key FROM kv")}
    connection.close()
    return found


def names(path: Path) -> set[str]:
    return {file.name for file in path.parent.iterdir()}


async def test_a_copy_has_everything_and_leaves_nothing_behind(
    store: SQLiteStore, path: Path, tmp_path: Path
) -> None:
    await store.apply([Put(f"key:{number}", b"1", None) for number in range(1000)])
    before = names(path)
    copy = await store.copy()
    assert names(path) == before
    copied = saved(copy, tmp_path / "copy.db")

    assert check_copy(copied, called=copied) == 1000
    again = await reopened(copied)
    assert await again.get("key:7") == b"1"
    await again.close()


async def test_reads_and_writes_go_on_and_the_copy_is_of_one_moment(
    store: SQLiteStore, path: Path, tmp_path: Path
) -> None:
    """Each transaction writes a pair; the log is copied back in between and stays small."""
    await fill(store, 30)
    told: list[int] = []
    largest = 0

    async def write() -> None:
        nonlocal largest
        for number in range(10_000):
            pair = [Put(f"{side}:{number}", os.urandom(50_000), None) for side in "ab"]
            await store.apply(pair)
            assert await store.get(f"a:{number}") == pair[0].data
            told.append(number)
            largest = max(largest, path.with_name("test.db-wal").stat().st_size)

    writing = asyncio.create_task(write())
    while len(told) < 10:
        await asyncio.sleep(0)
    before = list(told)
    copied = saved(await store.copy(), tmp_path / "copy.db")
    meanwhile = told[len(before) :]
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)

    assert check_copy(copied, called=copied)
    found = rows(copied)
    assert {f"{side}:{number}" for side in "ab" for number in before} <= found
    assert {key[2:] for key in found if key[0] == "a"} == {key[2:] for key in found if key[0] == "b"}
    assert len(meanwhile) > 1
    assert largest < 8 * MEGABYTE


@asynccontextmanager
async def in_the_middle_of_a_copy(store: SQLiteStore) -> AsyncIterator[asyncio.Task[BinaryIO]]:
    """Hold the store's thread before a copy and again in it; it goes on after the block."""
    begin, held, go_on = threading.Event(), threading.Event(), threading.Event()
    await fill(store, 2)
    tasks = [asyncio.create_task(store._worker.run(begin.wait))]
    copying = asyncio.create_task(store.copy())
    tasks.append(asyncio.create_task(store._worker.run(lambda: (held.set(), go_on.wait()))))
    await asyncio.sleep(0)
    begin.set()
    await asyncio.to_thread(held.wait)
    yield copying
    go_on.set()
    await asyncio.gather(*tasks)


async def test_a_copy_that_nobody_waits_for_any_more_ends_and_is_gone(store: SQLiteStore, path: Path) -> None:
    with capture_logs() as lines:
        async with in_the_middle_of_a_copy(store) as copying:
            assert len(names(path)) == 3
            copying.cancel()
            await asyncio.sleep(0)
        await until(lambda: lines)

    assert [line["event"] for line in lines] == ["store.copy-failed"]
    assert names(path) == {"test.db", "test.db-wal"}
    assert await store.get("fill:0") is not None


async def test_closing_does_not_wait_for_a_copy(store: SQLiteStore, path: Path) -> None:
    async with in_the_middle_of_a_copy(store) as copying:
        closing = asyncio.create_task(store.close())
        await asyncio.sleep(0)

    await closing
    with pytest.raises(StoreTroubleError, match="is closed"):
        await copying
    assert names(path) == {"test.db"}


async def test_a_copy_that_a_killed_process_left_is_removed(store: SQLiteStore, path: Path) -> None:
    path.with_name("test.db.copy-x1").touch()
    (await store.copy()).close()

    assert names(path) <= {"test.db", "test.db-wal"}


async def test_a_copy_that_cannot_be_made_is_told_without_names_of_files(
    store: SQLiteStore, path: Path
) -> None:
    path.with_name("test.db.copy-x1").mkdir()
    with capture_logs() as lines, pytest.raises(StoreTroubleError) as raised:
        await store.copy()

    assert str(path) not in raised.value.told
    assert lines[0]["file"] == str(path)
    await store.apply([Put("a", b"1", None)])


async def test_a_damaged_database_is_not_copied(store: SQLiteStore) -> None:
    store._damaged = True
    with pytest.raises(StoreTroubleError, match="is damaged"):
        await store.copy()


# Looking at a copy.


async def a_copy(store: SQLiteStore, path: Path) -> Path:
    await store.apply([Put(f"key:{number}", bytes(1000), None) for number in range(100)])
    return saved(await store.copy(), path)


async def test_looking_at_a_copy_changes_nothing_around_it(store: SQLiteStore, tmp_path: Path) -> None:
    copied = await a_copy(store, tmp_path / "a copy?.db")
    copied.chmod(0o400)
    assert check_copy(copied, called=copied) == 100
    assert mode(copied) == 0o400
    assert names(copied) - {"data"} == {"a copy?.db"}


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("PRAGMA application_id = 7", "another program"),
        ("PRAGMA user_version = 7", "later release"),
    ],
)
async def test_a_copy_of_something_else(
    store: SQLiteStore, tmp_path: Path, statement: str, said: str
) -> None:
    copied = await a_copy(store, tmp_path / "copy.db")
    other = sqlite3.connect(copied)
    other.execute(statement)
    other.close()
    with pytest.raises(StoreOpenError, match=said):
        check_copy(copied, called=tmp_path)


@pytest.mark.parametrize("size", [0, 5000, 20_000])
async def test_a_copy_that_was_cut_off(store: SQLiteStore, tmp_path: Path, size: int) -> None:
    copied = await a_copy(store, tmp_path / "copy.db")
    with copied.open("r+b") as file:
        file.truncate(size)
    with pytest.raises(StoreOpenError, match=r"is damaged|is empty"):
        check_copy(copied, called=copied)


async def test_a_copy_with_a_spoiled_page(store: SQLiteStore, tmp_path: Path) -> None:
    copied = await a_copy(store, tmp_path / "copy.db")
    with copied.open("r+b") as file:
        file.seek(5 * 4096)
        file.write(b"\xff" * 4096)
    with pytest.raises(StoreOpenError, match="is damaged"):
        check_copy(copied, called=copied)


async def test_an_empty_database_is_no_copy(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "empty.db").close()
    with pytest.raises(StoreOpenError, match="is empty"):
        check_copy(tmp_path / "empty.db", called=tmp_path / "empty.db")


async def test_a_copy_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StoreOpenError, match="nothing"):
        check_copy(tmp_path / "nothing", called=tmp_path / "nothing")

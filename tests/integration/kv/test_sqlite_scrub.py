"""What was deleted is in no file of the database any more."""

# ruff: noqa: ASYNC240 - files are what is tested here

import random
import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.kv.store import Delete, Put
from app.kv.stores import sqlite_file
from app.kv.stores.sqlite import SQLiteStore
from tests.fakes import FakeClock
from tests.integration.kv.databases import until
from tests.integration.kv.test_sqlite_copy import MEGABYTE, fill, in_the_middle_of_a_copy

pytestmark = pytest.mark.anyio

WHO = "canary-anna"
SEEDS = (0, 8)
"""With these a file that is not written anew holds remains."""


def found(path: Path) -> dict[str, int]:
    """How often the canary is in which file."""
    counts = {file.name: file.read_bytes().count(WHO.encode()) for file in path.parent.iterdir()}
    return {name: count for name, count in counts.items() if count}


def batches(chance: random.Random) -> Iterable[dict[str, Put]]:
    """Rows of many people, in an order and of lengths that have pages split, some written several times."""
    for _ in range(40):
        batch = {}
        for _ in range(100):
            who = WHO if chance.random() < 0.1 else f"somebody-{chance.randrange(300)}"
            key = f"{chance.choice(('playlists', 'library-songs', 'plan'))}:{who}:{chance.randrange(40)}"
            batch[key] = Put(key, f"{who} value ".encode() * chance.randrange(1, 60), None)
        yield batch


@pytest.mark.parametrize("seed", SEEDS)
async def test_neither_the_log_nor_a_page_that_was_split_holds_what_is_gone(
    store: SQLiteStore, path: Path, seed: int
) -> None:
    rows: dict[str, Put] = {}
    for batch in batches(random.Random(seed)):
        await store.apply([*batch.values()])
        rows |= batch
    assert found(path)
    await store.apply([Delete(key) for key in rows if WHO in key])
    await store.scrub()
    assert found(path) == {}
    assert path.with_name("test.db-wal").stat().st_size == 0
    others = {key: row.data for key, row in rows.items() if WHO not in key}
    assert await store.get_many([*others]) == others
    await store.apply([Put("after", b"1", None)])
    assert await store.get("after") == b"1"


async def test_a_large_file_is_not_written_anew(
    store: SQLiteStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "WRITE_ANEW_UP_TO", MEGABYTE)
    await fill(store, 3)
    await store.apply([Delete("fill:1")])
    await store.scrub()
    assert path.stat().st_size > 3 * MEGABYTE
    assert path.with_name("test.db-wal").stat().st_size == 0


async def test_what_has_ended_goes_too(store: SQLiteStore, path: Path, clock: FakeClock) -> None:
    now = clock.now().timestamp()
    await store.apply([Put(f"listening:{WHO}:{number}", b"1", now + 60) for number in range(500)])
    await clock.advance(60)
    await store.scrub()
    assert found(path) == {}


async def test_a_copy_under_way_is_whole_and_without_it(store: SQLiteStore, path: Path) -> None:
    await store.apply([Put(f"user:{WHO}:{number}", WHO.encode() * 300, None) for number in range(500)])
    async with in_the_middle_of_a_copy(store) as copying:
        await_gone = [Delete(f"user:{WHO}:{number}") for number in range(500)]
        deleting = store._worker._submit(
            lambda: (store._commit(store._database(""), await_gone), store._scrub(store._database("")))
        )
    await deleting.future
    with await copying as copy:
        copied = copy.read()
    assert WHO.encode() not in copied
    saved = path.with_name("copied")
    saved.write_bytes(copied)
    with sqlite3.connect(saved) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("SELECT count(*) FROM kv WHERE key LIKE 'fill:%'").fetchone()[0] > 0
    database.close()


async def test_what_cannot_be_done_now_is_done_when_the_store_is_idle(path: Path, clock: FakeClock) -> None:
    store = SQLiteStore(path, clock, idle_after_s=0.01)
    await store.open()
    await store.apply([Put(f"user:{WHO}:{number}", b"1", None) for number in range(9)])
    reading = await store._query(lambda db: db.execute("SELECT key FROM kv"))
    await store.apply([Delete(f"user:{WHO}:{number}") for number in range(9)])
    with capture_logs(), pytest.raises(sqlite3.OperationalError, match=r"in progress|locked"):
        await store.scrub()
    assert found(path)
    await store._query(lambda _: reading.close())
    await until(lambda: not found(path))
    await store.close()


async def test_what_a_killed_process_copied_is_gone_with_the_next_start(
    path: Path, store: SQLiteStore, clock: FakeClock
) -> None:
    await store.close()
    path.with_name("test.db.copy-x1").write_text(WHO)
    again = SQLiteStore(path, clock)
    await again.open()
    assert found(path) == {}
    await again.close()

"""What the disk is told: the settings of the app's connection, and the fsync before every acknowledgement."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from app.clock import Clock
from app.kv.store import Store
from app.kv.stores import open_store
from app.kv.stores.sqlite import SQLiteStore
from app.main import create_app
from app.settings import Settings

ROOT = Path(__file__).parents[3]
WRITTEN = re.compile(r'pwrite64\(\d+<[^>]*-wal>, "(.*)"')
SYNCED = re.compile(r"(?:fsync|fdatasync)(?:\(\d+<[^>]*>\)| resumed>\)) += 0$")
TOLD = re.compile(r'write\(1<[^>]*>, "(began|ended|durable (\d{4}))')
NAME = re.compile(r"forever:(\d{4})")


@pytest.mark.anyio
async def test_the_apps_own_connection_has_every_commit_reach_the_disk(path: Path) -> None:
    stores: list[Store] = []

    async def opener(kv_url: str, *, clock: Clock) -> Store:
        stores.append(await open_store(kv_url, clock=clock))
        return stores[-1]

    app = create_app(Settings(_env_file=None, kv_url=f"sqlite:///{path}"), opener=opener)
    async with app.router.lifespan_context(app):
        (store,) = stores
        assert isinstance(store, SQLiteStore)
        names = ("synchronous", "journal_mode", "locking_mode", "wal_autocheckpoint")
        found = await store._query(
            lambda db: [db.execute(f"PRAGMA {name}").fetchone()[0] for name in names],
        )
    full = 2
    assert found == [full, "wal", "exclusive", 0]


class Seen(NamedTuple):
    """One thing that the process did, as the kernel saw it.

    Attributes:
        what: "written" to the log, "synced" with success, or "told" to the world.
        names: of the values that it is about.
    """

    what: str
    names: frozenset[str]


def trace(path: Path, what: str) -> list[Seen]:
    """Run a process under strace; return what it did between its first and last word."""
    if shutil.which("strace") is None and "CI" not in os.environ:
        pytest.skip("strace is not installed")
    log = path.parent.parent / "trace"
    calls = ["strace", "-f", "-y", "-s", "5000", "-e", "trace=fsync,fdatasync,pwrite64,write", "-o", log]
    process = [sys.executable, "-m", "tests.integration.kv.processes", what, f"sqlite:///{path}"]
    subprocess.run([*calls, *process], cwd=ROOT, check=True, capture_output=True)
    return list(seen(log.read_text()))


def seen(log: str) -> Iterator[Seen]:
    for line in log.partition("began")[2].partition("ended")[0].splitlines():
        if written := WRITTEN.search(line):
            yield Seen("written", frozenset(NAME.findall(written[1])))
        elif SYNCED.search(line):
            yield Seen("synced", frozenset())
        elif (told := TOLD.search(line)) and told[2]:
            yield Seen("told", frozenset({told[2]}))


def told_too_soon(events: list[Seen]) -> set[str]:
    """Return the names of values that were acknowledged before an fsync that came after their writing."""
    written: set[str] = set()
    synced: set[str] = set()
    too_soon: set[str] = set()
    for event in events:
        if event.what == "written":
            written |= event.names
        elif event.what == "synced":
            synced |= written
        else:
            too_soon |= event.names - synced
    return too_soon


def count(events: list[Seen], what: str) -> int:
    return sum(event.what == what for event in events)


def test_each_of_forty_puts_one_after_the_other_has_an_fsync_of_its_own(path: Path) -> None:
    events = trace(path, "put_one_after_the_other")
    assert count(events, "told") == 40
    assert count(events, "synced") >= 40
    assert not told_too_soon(events)


def test_puts_of_many_callers_share_fsyncs_and_none_is_told_before(path: Path) -> None:
    events = trace(path, "put_together")
    assert count(events, "told") == 200
    assert 1 <= count(events, "synced") <= 20
    assert not told_too_soon(events)


def test_the_look_at_a_trace_finds_what_it_is_meant_to_find() -> None:
    log = """
7 write(1</dev/null>, "began\\n", 6) = 6
8 pwrite64(9</x.db-wal>, "forever:0001 forever:0002", 25, 0) = 25
8 fdatasync(9</x.db-wal> <unfinished ...>
7 write(1</dev/null>, "durable 0001\\n", 13) = 13
8 <... fdatasync resumed>) = 0
7 write(1</dev/null>, "durable 0002\\n", 13) = 13
7 write(1</dev/null>, "durable 0003\\n", 13) = 13
8 fdatasync(9</x.db-wal>) = -1 EIO (Input/output error)
7 write(1</dev/null>, "ended\\n", 6) = 6
"""
    events = list(seen(log))
    assert told_too_soon(events) == {"0001", "0003"}
    assert count(events, "synced") == 1

"""`POST /api/admin/backup` and the service behind it."""

import asyncio
import io
from pathlib import Path
from typing import BinaryIO

import pytest

from app.admin.backups import BackupRunningError, BackupService
from app.kv.cached import CachedKV
from app.kv.errors import KVError, StoreTroubleError
from app.kv.stores.memory import MemoryStore
from app.kv.stores.sqlite_copy import check_copy
from tests.fakes import FakeClock
from tests.integration.test_whole_app import running
from tests.unit.kv.stand_ins import FOREVER, note

pytestmark = pytest.mark.anyio

BACKUP = "/api/admin/backup"
HERE = {"origin": "http://127.0.0.1:8000"}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


async def test_an_operator_gets_a_copy(tmp_path: Path) -> None:
    async with running(tmp_path):
        pass  # it leaves what its start has cost
    async with running(tmp_path) as http:
        answer = await http.post(BACKUP, headers=HERE | {"accept-encoding": "gzip"})
    copy = tmp_path / "copy.db"
    copy.write_bytes(answer.content)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.sqlite3"
    assert answer.headers["content-disposition"].startswith('attachment; filename="genre-sorter-20')
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert answer.headers["cache-control"] == "no-store"
    assert check_copy(copy, called=copy) > 0
    assert names(tmp_path) == {"kv.db", "secret-key", "copy.db"}


async def test_only_operators_get_one(tmp_path: Path) -> None:
    async with running(tmp_path, operator_token="right") as http:
        right = {"authorization": "Bearer right"}
        assert (await http.post(BACKUP, headers=HERE)).status_code == 403
        assert (await http.post(BACKUP, headers={"authorization": "Bearer wrong"})).status_code == 403
        assert (await http.post(BACKUP, headers=right)).status_code == 200
        assert (await http.get(BACKUP, headers=right)).status_code == 405


async def test_another_site_gets_none(tmp_path: Path) -> None:
    async with running(tmp_path) as http:
        assert (await http.post(BACKUP, headers={"origin": "http://evil.example"})).status_code == 403


async def test_a_store_without_a_file_says_so(tmp_path: Path) -> None:
    async with running(tmp_path, kv_url="memory://", secret_key="s" * 32) as http:
        answer = await http.post(BACKUP, headers=HERE)
    assert answer.status_code == 501
    assert answer.json()["type"] == "urn:genre-sorter:no-database-file"
    assert "memory" in answer.json()["detail"]


class SlowlyCopied(MemoryStore):
    """A store whose copy takes as long as the test wants, or cannot be made."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.go = asyncio.Event()
        self.trouble = False
        self.keys_at_copy: list[str] = []

    async def copy(self) -> BinaryIO:
        self.keys_at_copy = list((await self.scan("")).keys)
        await self.go.wait()
        if self.trouble:
            raise StoreTroubleError("/data/file is full", told="There is no room.")
        return io.BytesIO(b"x" * 600_000)


async def test_one_at_a_time_and_after_what_is_queued(clock: FakeClock) -> None:
    store = SlowlyCopied(clock)
    kv = CachedKV(store, clock=clock)
    await kv.start()
    backups = BackupService(kv, store, clock)
    await kv.put_later(FOREVER("a"), note("a"))
    first = asyncio.create_task(backups.take())
    while not store.keys_at_copy:
        await asyncio.sleep(0)
    with pytest.raises(BackupRunningError) as refused:
        await backups.take()
    store.go.set()
    backup = await first

    assert refused.value.status == 409
    assert "forever:a" in store.keys_at_copy
    assert b"".join([chunk async for chunk in backup.chunks()]) == b"x" * 600_000
    assert backup.file.closed
    assert backup.name == "genre-sorter-2026-11-22T120000Z.db"
    (await backups.take()).file.close()
    await kv.close()


async def test_a_copy_that_fails_is_a_503_and_the_next_one_may_be_tried(clock: FakeClock) -> None:
    store = SlowlyCopied(clock)
    store.trouble = True
    store.go.set()
    kv = CachedKV(store, clock=clock)
    await kv.start()
    backups = BackupService(kv, store, clock)
    for _ in range(2):
        with pytest.raises(KVError) as raised:
            await backups.take()
        assert (raised.value.status, raised.value.detail) == (503, "There is no room.")
    await kv.close()

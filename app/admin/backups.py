"""Backups of a running app: one copy of the database at a time."""

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

import structlog

from app.clock import Clock
from app.errors import AppError, ConflictError
from app.kv.cached import CachedKV
from app.kv.errors import KVError, StoreTroubleError
from app.kv.store import CopyingStore, Store

CHUNK = 256 * 1024

log = structlog.get_logger(__name__)


class BackupRunningError(ConflictError):
    """A copy is being made."""

    code = "backup-running"
    title = "A backup is being made already"


class NoDatabaseFileError(AppError):
    """The state is in no file of this app's."""

    status = 501
    code = "no-database-file"
    title = "There is no database file to copy"


@dataclass(frozen=True)
class Backup:
    """A copy of the database, to be sent away.

    Attributes:
        name: what a browser calls it.
        size: in bytes.
    """

    name: str
    size: int
    file: BinaryIO

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the copy piece by piece and let go of it."""
        with self.file:
            while chunk := await asyncio.to_thread(self.file.read, CHUNK):
                yield chunk


class BackupService:
    """Makes copies of the database that have everything written or queued before they were asked for."""

    def __init__(self, kv: CachedKV, store: Store, clock: Clock) -> None:
        self._kv = kv
        self._store = store
        self._clock = clock
        self._copying = False

    async def take(self) -> Backup:
        """Return a copy.

        Raises:
            NoDatabaseFileError: the store is no file.
            BackupRunningError: one is being made.
            KVError: it could not be made.
        """
        if not isinstance(self._store, CopyingStore):
            raise NoDatabaseFileError(f"The state is kept in {self._store.name}, which is no file.")
        if self._copying:
            raise BackupRunningError("Ask again when it is ready.")
        self._copying = True
        try:
            await self._kv.flush()
            file = await self._store.copy()
        except StoreTroubleError as error:
            raise KVError(error.told) from error
        finally:
            self._copying = False
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        log.warning("operator.backup_taken", bytes=size)
        return Backup(name=_name(self._clock.now()), size=size, file=file)


def _name(now: datetime) -> str:
    return f"genre-sorter-{now:%Y-%m-%dT%H%M%SZ}.db"

"""What can be wrong with an open database, in words for the operator and for those who wait."""

import sqlite3
from enum import StrEnum
from pathlib import Path

import structlog

from app.kv.errors import StoreTroubleError

log = structlog.get_logger()

KEPT = "Nothing you did before is lost; what is new waits and is saved by itself"


class Trouble(StrEnum):
    """What is wrong."""

    FULL = "disk full"
    FAILING = "disk failing"
    READ_ONLY = "read-only"
    MISPLACED = "misplaced"
    DAMAGED = "damaged"


OPERATOR = {
    Trouble.FULL: "the disk is full. Make room: what waits is kept in memory and written then.",
    Trouble.FAILING: "the disk does not do its part. Look whether it is full or broken: what waits is kept "
    "in memory and written once it works again.",
    Trouble.READ_ONLY: "the database can only be read. Make its file system writable again: what waits is "
    "kept in memory and written then.",
    Trouble.MISPLACED: "the database was moved, deleted or replaced while it was open, and this process "
    "alone has everything. Put it back; or leave its place empty, run `genre-sorter backup PATH`, end this "
    "process and run `genre-sorter restore PATH`.",
    Trouble.DAMAGED: "the database is damaged; nothing is read or written any more. End this process and run "
    "`genre-sorter restore PATH` with a backup.",
}
CLIENT = {
    Trouble.FULL: f"The disk is full. {KEPT} once there is room.",
    Trouble.FAILING: f"The disk does not do its part, it may be full. {KEPT} once it does.",
    Trouble.READ_ONLY: f"Storage can only be read at the moment. {KEPT} later.",
    Trouble.MISPLACED: f"Storage is not in its place. {KEPT} once the operator of this app has put it back.",
    Trouble.DAMAGED: "Storage is damaged. The operator of this app has to restore a backup.",
}
BY_CODE = {
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_IOERR: Trouble.FAILING,
    sqlite3.SQLITE_READONLY: Trouble.READ_ONLY,
    sqlite3.SQLITE_CORRUPT: Trouble.DAMAGED,
    sqlite3.SQLITE_NOTADB: Trouble.DAMAGED,
}


def trouble_of(error: Exception) -> Trouble | None:
    """Return what an error of SQLite says of the database, None for an error of another kind."""
    return BY_CODE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)


class TroubleLog:
    """Tells the operator of each trouble once when it begins, and once when it is over.

    The same trouble is met by several activities, such as commits and checkpoints; it is over when each of
    them has succeeded again. Damage is never over.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._met: dict[str, Trouble] = {}

    def met(self, activity: str, trouble: Trouble, cause: object = None) -> StoreTroubleError:
        """Take note that `activity` met `trouble`; return the error for who waits."""
        message = f"{self._path}: {OPERATOR[trouble]}"
        if trouble not in self._met.values():
            log.error("store.trouble", trouble=trouble.value, problem=message, cause=cause and str(cause))
        self._met[activity] = trouble
        return StoreTroubleError(message, told=CLIENT[trouble])

    def succeeded(self, activity: str) -> None:
        """Take note that `activity` did its work."""
        trouble = self._met.pop(activity, None)
        if trouble and trouble not in self._met.values():
            log.info("store.recovered", trouble=trouble.value, file=str(self._path))

"""The names of a database's files, and whether what bears them is still what was opened."""

import os
import sqlite3
from pathlib import Path


class DatabaseFiles:
    """A database file and SQLite's write-ahead log beside it.

    A file that was deleted, moved or replaced goes on taking writes, which nobody will find. Looking costs
    two microseconds a file, a hundredth of a commit.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.wal = wal_of(self.path)
        self._database: tuple[int, int] | None = None
        self._log: tuple[int, int] | None = None

    def remember(self) -> None:
        """Take note of the database that is about to be opened."""
        self._database = self._at(self.path)

    def in_place(self) -> bool:
        """Whether the database is where it was opened."""
        return self._at(self.path) == self._database

    def replaced(self) -> bool:
        """Whether another file is where the database was opened."""
        return self._at(self.path) not in {None, self._database}

    def log_size(self) -> int | None:
        """Return the bytes of the log, None when it is not the one that was there before."""
        try:
            found = os.stat(self.wal)  # noqa: PTH116 - follows every commit, and Path.stat takes twice as long
        except OSError:
            return None if self._log else 0
        identity = (found.st_dev, found.st_ino)
        self._log = self._log or identity
        return found.st_size if identity == self._log else None

    def renew_log(self, connection: sqlite3.Connection) -> None:
        """Bring what the open log has into the database, durably, and begin a new log.

        Raises:
            sqlite3.Error: that did not work; it has to be tried again.
        """
        for mode in ("delete", "wal"):
            (now,) = connection.execute(f"PRAGMA journal_mode = {mode}").fetchone()
            if now != mode:
                raise sqlite3.OperationalError(f"the journal mode stays {now}")
        self._log = None

    @staticmethod
    def _at(path: Path) -> tuple[int, int] | None:
        try:
            found = os.stat(path)  # noqa: PTH116 - as above
        except OSError:
            return None
        return found.st_dev, found.st_ino


def wal_of(path: Path) -> Path:
    """Return where SQLite keeps what is not in the database file yet."""
    return path.with_name(path.name + "-wal")

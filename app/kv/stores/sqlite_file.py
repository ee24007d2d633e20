"""Opening the database file: its rights, its settings, and plain words when it cannot be used."""

import sqlite3
import stat
from contextlib import ExitStack
from pathlib import Path

from app.kv.errors import StoreOpenError

APPLICATION_ID = 0x47454E52
SCHEMA_VERSION = 1
BUSY_WAIT_S = 1.0
CHECK_AT_START_UP_TO = 10 * 1024 * 1024
OWNER_ONLY_FILE = 0o600
OWNER_ONLY_FOLDER = 0o700
OTHERS = 0o077

SCHEMA = f"""
BEGIN IMMEDIATE;
CREATE TABLE kv (key TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL, expires_at REAL);
CREATE INDEX kv_expiry ON kv (expires_at) WHERE expires_at IS NOT NULL;
PRAGMA application_id = {APPLICATION_ID};
PRAGMA user_version = {SCHEMA_VERSION};
COMMIT;
"""


def open_database(path: Path) -> sqlite3.Connection:
    """Return a connection that has the file for itself; a file that is not there is made.

    Raises:
        StoreOpenError: the file is in use, read-only, damaged, of a later release, or not ours.
    """
    try:
        _prepare(path)
        connection = sqlite3.connect(path, timeout=BUSY_WAIT_S, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise StoreOpenError(f"{path} cannot be opened: {error}") from error
    with ExitStack() as on_failure:
        on_failure.callback(connection.close)
        try:
            _set_up(connection, path)
        except sqlite3.Error as error:
            raise StoreOpenError(_reason(path, error)) from error
        on_failure.pop_all()
    return connection


def wal_of(path: Path) -> Path:
    """Return where SQLite keeps what is not in the database file yet."""
    return path.with_name(path.name + "-wal")


def is_large(path: Path) -> bool:
    """Whether looking for damage takes too long for the start."""
    return path.stat().st_size > CHECK_AT_START_UP_TO


def check_integrity(connection: sqlite3.Connection, path: Path) -> None:
    """Look for damage.

    Raises:
        StoreOpenError: the file is damaged.
    """
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise StoreOpenError(_damaged(path, found))


def _prepare(path: Path) -> None:
    """Make the folder and the file where they are missing, for the owner's eyes only."""
    if not path.parent.exists():
        path.parent.mkdir(mode=OWNER_ONLY_FOLDER, parents=True)
    if not path.exists():
        _check_nothing_left(path)
        path.touch(mode=OWNER_ONLY_FILE, exist_ok=False)
    mode = path.stat().st_mode
    if not mode & stat.S_IWUSR:
        raise StoreOpenError(f"{path} is read-only. Give its owner the right to write and start again.")
    if mode & OTHERS:
        path.chmod(OWNER_ONLY_FILE)


def _check_nothing_left(path: Path) -> None:
    wal = wal_of(path)
    if wal.exists() and wal.stat().st_size:
        raise StoreOpenError(
            f"{path} is missing but {wal.name} is there. Put the database back, or remove both to start anew."
        )


def _set_up(connection: sqlite3.Connection, path: Path) -> None:
    is_new = _identify(connection, path)
    _configure(connection)
    if is_new:
        connection.executescript(SCHEMA)
    elif not is_large(path):
        check_integrity(connection, path)


def _configure(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    # The WAL shrinks when it starts over, so that its size tells how much waits for a checkpoint.
    connection.execute("PRAGMA journal_size_limit = 0")


def _identify(connection: sqlite3.Connection, path: Path) -> bool:
    """Take the file for this connection alone and see whose it is; return whether it is empty."""
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("BEGIN IMMEDIATE")
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    connection.execute("ROLLBACK")
    if not tables and not application:
        return True
    if application != APPLICATION_ID:
        raise StoreOpenError(f"{path} is a database of another program. Set KV_URL to another file.")
    if version != SCHEMA_VERSION:
        raise StoreOpenError(f"{path} was written by a later release. Start that release again.")
    return False


def _reason(path: Path, error: sqlite3.Error) -> str:
    unwritable = f"{path} or its folder cannot be written: {error}"
    reasons = {
        sqlite3.SQLITE_BUSY: f"{path} is open in another genre-sorter process. End that one first.",
        sqlite3.SQLITE_NOTADB: _damaged(path, error),
        sqlite3.SQLITE_CORRUPT: _damaged(path, error),
        sqlite3.SQLITE_READONLY: unwritable,
        sqlite3.SQLITE_CANTOPEN: unwritable,
    }
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return reasons.get(primary, f"{path} cannot be opened: {error}")


def _damaged(path: Path, found: object) -> str:
    return f"{path} is damaged ({found}). Nothing was changed: put a backup in its place, or move it away."

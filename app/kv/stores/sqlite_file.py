"""Opening the database file: its rights, its settings, and plain words when it cannot be used."""

import sqlite3
import stat
from contextlib import ExitStack
from pathlib import Path

from app.kv.errors import StoreInUseError, StoreOpenError
from app.kv.stores.database_files import DatabaseFiles

APPLICATION_ID = 0x47454E52
SCHEMA_VERSION = 1
BUSY_WAIT_S = 1.0
CHECK_AT_START_UP_TO = 10 * 1024 * 1024
WRITE_ANEW_UP_TO = 64 * 1024 * 1024
"""A hundred megabytes take a second."""
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


def open_database(files: DatabaseFiles, *, make: bool = True) -> sqlite3.Connection:
    """Return a connection that has the file for itself; with `make` a file that is not there is made.

    Raises:
        StoreInUseError: another process has it open.
        StoreOpenError: the file is read-only, damaged, of a later release, or not ours; or its disk is full.
    """
    path = files.path
    try:
        _prepare(files, make=make)
        files.remember()
        connection = sqlite3.connect(path, timeout=BUSY_WAIT_S, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise StoreOpenError(f"{path} cannot be opened: {error}") from error
    with ExitStack() as on_failure:
        on_failure.callback(connection.close)
        try:
            _set_up(connection, path)
        except sqlite3.Error as error:
            raise refusal(path, error) from error
        if not files.in_place():
            raise StoreOpenError(f"{path} was replaced while it was opened. Start again.")
        on_failure.pop_all()
    return connection


def is_large(path: Path) -> bool:
    """Whether looking for damage takes too long for the start."""
    return path.stat().st_size > CHECK_AT_START_UP_TO


def find_damage(connection: sqlite3.Connection) -> str | None:
    """Look for damage; return the first that there is, in one line. It takes about a second a gigabyte."""
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    return None if found == "ok" else " ".join(str(found).split())


def scrub(connection: sqlite3.Connection, path: Path) -> bool:
    """Leave nothing in the files of what was deleted; return whether that is done.

    The log still has every page as it was. And where a page was split, what had been on it may stay behind
    unseen by `secure_delete`: so the file is written anew, unless others would wait for it too long.

    Raises:
        sqlite3.Error: it is not done.
    """
    if path.stat().st_size <= WRITE_ANEW_UP_TO:
        connection.execute("VACUUM")
    busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def _prepare(files: DatabaseFiles, *, make: bool) -> None:
    """Make the folder and the file where they are missing, for the owner's eyes only."""
    path = files.path
    if not make and not path.exists():
        raise StoreOpenError(f"There is no database at {path}.")
    if not path.parent.exists():
        path.parent.mkdir(mode=OWNER_ONLY_FOLDER, parents=True)
    if not path.exists():
        _check_nothing_left(files)
        path.touch(mode=OWNER_ONLY_FILE, exist_ok=False)
    if not path.stat().st_mode & stat.S_IWUSR:
        raise StoreOpenError(f"{path} is read-only. Give its owner the right to write and start again.")
    for file in (path, files.wal):
        if file.exists() and file.stat().st_mode & OTHERS:
            file.chmod(OWNER_ONLY_FILE)


def _check_nothing_left(files: DatabaseFiles) -> None:
    if files.wal.exists() and files.wal.stat().st_size:
        raise StoreOpenError(
            f"{files.path} is missing but {files.wal.name} is there. Put that very file back, run "
            "`genre-sorter restore PATH` with a backup, or remove both to start anew."
        )


def _set_up(connection: sqlite3.Connection, path: Path) -> None:
    is_new = _identify(connection, path)
    _configure(connection)
    if is_new:
        connection.executescript(SCHEMA)
    elif not is_large(path) and (damage := find_damage(connection)):
        raise StoreOpenError(damaged(path, damage))


def _configure(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    # What was deleted is overwritten, so that no copy of the file holds it either.
    connection.execute("PRAGMA secure_delete = ON")
    # The WAL shrinks when it starts over, so that its size tells how much waits for a checkpoint.
    connection.execute("PRAGMA journal_size_limit = 0")


def _identify(connection: sqlite3.Connection, path: Path) -> bool:
    """Take the file for this connection alone and see whose it is; return whether it is empty."""
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("BEGIN IMMEDIATE")
    empty = is_empty(connection, path)
    connection.execute("ROLLBACK")
    return empty


def is_empty(connection: sqlite3.Connection, path: Path) -> bool:
    """See whose the database is; return whether it is nobody's yet.

    Raises:
        StoreOpenError: it is another program's, or of a later release.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if not tables and not application:
        return True
    if application != APPLICATION_ID:
        raise StoreOpenError(f"{path} is a database of another program. Set KV_URL to another file.")
    if version != SCHEMA_VERSION:
        raise StoreOpenError(f"{path} was written by a later release. Start that release again.")
    return False


def refusal(path: Path, error: sqlite3.Error) -> StoreOpenError:
    """Return what an error of SQLite means for who wants to open the file."""
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_BUSY:
        return StoreInUseError(
            f"{path} is open in another genre-sorter process. One process serves one database: end that one "
            "first. Several processes will need Redis or Valkey, which a later release brings."
        )
    broken, unwritable = damaged(path, error), f"{path} or its folder cannot be written: {error}"
    reasons = {
        sqlite3.SQLITE_NOTADB: broken,
        sqlite3.SQLITE_CORRUPT: broken,
        sqlite3.SQLITE_READONLY: unwritable,
        sqlite3.SQLITE_CANTOPEN: unwritable,
        sqlite3.SQLITE_FULL: f"The disk of {path} is full. Make room and start again.",
        sqlite3.SQLITE_IOERR: f"{path} cannot be written, its disk may be full: {error}",
    }
    return StoreOpenError(reasons.get(code, f"{path} cannot be opened: {error}"))


def damaged(path: Path, found: object) -> str:
    """Return the sentence about a damaged file."""
    return (
        f"{path} is damaged ({found}). Nothing was changed: run `genre-sorter restore PATH` with a backup, "
        "or move the file away to start anew."
    )

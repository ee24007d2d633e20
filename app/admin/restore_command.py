"""`genre-sorter restore`: puts a backup in the place of the database, while no server has it open."""

import fcntl
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import datetime
from pathlib import Path

from app.admin.restored_rows import Outdated, Row, bring_up_to_date, retired_users
from app.admin.upkeep import UpkeepError, database_of, on_disk, spill_of
from app.kv.errors import StoreInUseError, StoreOpenError
from app.kv.stores.database_files import DatabaseFiles, wal_of
from app.kv.stores.sqlite_copy import check_copy
from app.kv.stores.sqlite_file import open_database
from app.settings import Settings

SQLITE_LOCK = (512, 0x40000000)
"""Length and start of the bytes that SQLite locks (https://sqlite.org/fileformat2.html, November 2026)."""


def restore(settings: Settings, source: Path, *, outdated: Outdated, now: datetime) -> str:
    """Put a backup in the place of the database; return what was done.

    The backup is checked, and what must not come back is taken out of its copy, before anything is touched.
    The database until now is kept beside, with its log and its spill file. Whenever this is cut off, either
    the old or the new database is in place.

    Raises:
        UpkeepError: nothing was restored; the message says why and what to do.
    """
    files = DatabaseFiles(database_of(settings))
    _check(source, files)
    try:
        files.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        spill = spill_of(settings, files.path)
        with _work_folder(files) as folder:
            copy = folder / files.path.name
            _copy(source, copy, files=files)
            with ExitStack() as on_failure:
                kept = _keep(files, spill, now, on_failure=on_failure)
                keys = _finish(copy, outdated, retired=_last_words(files))
                with _held(files.path):
                    on_failure.pop_all()  # from here on the old files may have no other names
                    _swap(copy, files, spill=spill)
    except StoreOpenError as error:
        raise UpkeepError(str(error)) from error
    except (OSError, sqlite3.Error) as error:
        raise UpkeepError(f"{files.path} could not be restored: {error}.") from error
    return _told(files.path, source, keys=keys, kept=kept)


def _check(source: Path, files: DatabaseFiles) -> None:
    if not source.is_file():
        raise UpkeepError(f"There is no file {source}.")
    if files.path.exists() and source.samefile(files.path):
        raise UpkeepError(f"{source} is the database itself.")
    log = wal_of(source)
    if log.exists() and log.stat().st_size:
        raise UpkeepError(
            f"{log} is there: {source} is no backup but a database that was not closed. Start genre-sorter "
            f"with KV_URL=sqlite:///{source.absolute()} and end it, then all is in the one file."
        )


@contextmanager
def _work_folder(files: DatabaseFiles) -> Iterator[Path]:
    """Give a folder on the database's own disk; one that a killed restore left is removed."""
    prefix = f".{files.path.name}.restore-"
    for left in files.path.parent.glob(f"{prefix}*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=files.path.parent) as folder:
        yield Path(folder)


def _copy(source: Path, copy: Path, *, files: DatabaseFiles) -> None:
    """Copy the backup to the database's own disk, for its owner's eyes only, and check it."""
    copy.touch(mode=0o600)
    shutil.copyfile(source, copy)
    check_copy(copy, called=source)
    owner = (files.path if files.path.exists() else files.path.parent).stat()
    with suppress(PermissionError):  # for root alone, so that the server's own user can open it
        os.chown(copy, owner.st_uid, owner.st_gid)


def _keep(files: DatabaseFiles, spill: Path, now: datetime, *, on_failure: ExitStack) -> list[Path]:
    """Give the old files further names and return them; `on_failure` takes these away again.

    The log is kept as it is now: opening a broken database may change it.
    """
    aside = _beside(files.path, now)
    names = {files.path: aside, files.wal: wal_of(aside), spill: _beside(spill, now)}
    names = {old: new for old, new in names.items() if old.exists()}
    for old, new in names.items():
        os.link(old, new)
        on_failure.callback(new.unlink)
        on_disk(new.parent)
    return list(names.values())


def _beside(path: Path, now: datetime) -> Path:
    return path.with_name(f"{path.name}.before-restore-{now:%Y-%m-%dT%H%M%SZ}")


def _finish(copy: Path, outdated: Outdated, retired: list[Row]) -> int:
    """Make the copy what the database is to be; return the number of keys."""
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        keys = bring_up_to_date(connection, outdated, retired=retired)
    on_disk(copy)
    return keys


def _last_words(files: DatabaseFiles) -> list[Row]:
    """Bring the old database's log into it and return who deleted their account; nothing when it is broken.

    Raises:
        StoreInUseError: a server has it open.
    """
    try:
        with closing(open_database(files, make=False)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
            return retired_users(connection)
    except StoreInUseError:
        raise
    except (StoreOpenError, sqlite3.Error):
        return []


@contextmanager
def _held(database: Path) -> Iterator[None]:
    """Keep servers from opening the old database, sound or not.

    Raises:
        UpkeepError: one has it open.
    """
    if not database.exists():
        yield
        return
    with database.open("r+b") as file:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, *SQLITE_LOCK)
        except OSError as error:
            raise UpkeepError(f"{database} is in use. End the server first.") from error
        yield


def _swap(copy: Path, files: DatabaseFiles, *, spill: Path) -> None:
    """Put the copy in place.

    An old log beside the new database would be taken for its own, so it goes first; a sound old database has
    none by now. What a server had left to write goes too: it is newer than the backup.
    """
    for file in (files.wal, spill):
        file.unlink(missing_ok=True)
    copy.replace(files.path)
    on_disk(files.path.parent)


def _told(database: Path, source: Path, *, keys: int, kept: list[Path]) -> str:
    lines = [
        f"{database} has the {keys:,} keys of {source}.",
        "Everybody has to sign in again, and playlists that were being made then are not gone on with.",
    ]
    if kept:
        lines.append(f"Kept from before: {', '.join(map(str, kept))}")
    return "\n".join(lines)

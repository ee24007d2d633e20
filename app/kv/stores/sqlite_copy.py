"""Copies of a database: made while it is used, and looked at before anybody relies on them."""

import os
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from app.kv.errors import StoreOpenError
from app.kv.stores.sqlite_file import damaged, find_damage, is_empty, refusal

PAGES_A_STEP = 128
"""Half a megabyte, about a millisecond: so long somebody waits who uses the database meanwhile."""


def copy_database(
    source: sqlite3.Connection, target: Path, *, between: Callable[[], None] = lambda: None
) -> None:
    """Write everything that `source` has into the one file `target`, which is there and empty.

    `between` is called after every step. It may use and change the source, the copy follows it; when it
    raises, that ends the copying (https://sqlite.org/backup.html, read November 2026).

    Raises:
        sqlite3.Error: the source cannot be read or the target not be written.
    """
    with closing(sqlite3.connect(target, isolation_level=None)) as copy:
        copy.execute("PRAGMA journal_mode = OFF")  # nothing is to be saved of an empty file
        copy.execute("PRAGMA synchronous = OFF")
        source.backup(copy, pages=PAGES_A_STEP, progress=lambda *_: between())


def nameless_copy(source: sqlite3.Connection, beside: Path, *, between: Callable[[], None]) -> BinaryIO:
    """Return a copy as an open file without a name, so that it is gone when it is closed, whatever happens.

    Raises:
        OSError, sqlite3.Error: there is no room for it, or the source cannot be read.
    """
    remove_copies(beside)
    handle, name = tempfile.mkstemp(prefix=_prefix(beside), dir=beside.parent)
    try:
        copy_database(source, Path(name), between=between)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise
    finally:
        Path(name).unlink()


def remove_copies(beside: Path) -> None:
    """Remove what a process left that was killed while it made a copy.

    Raises:
        OSError: that cannot be removed.
    """
    for left in beside.parent.glob(f"{_prefix(beside)}*"):
        left.unlink()


def _prefix(beside: Path) -> str:
    return f"{beside.name}.copy-"


def check_copy(path: Path, *, called: Path) -> int:
    """Return the number of keys in a file that nobody has open, after looking whether it is sound.

    Raises:
        StoreOpenError: it is no database of this program and release, or damaged; the message says `called`.
    """
    uri = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(uri, uri=True)) as copy:
            if is_empty(copy, called):
                raise StoreOpenError(f"{called} is empty.")
            if damage := find_damage(copy):
                raise StoreOpenError(damaged(called, damage))
            return int(copy.execute("SELECT count(*) FROM kv").fetchone()[0])
    except sqlite3.Error as error:
        raise refusal(called, error) from error

"""`genre-sorter backup`: a verified copy of the database, through the running server or from the file."""

import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from app.admin.backup_client import NoServerError, download
from app.admin.upkeep import UpkeepError, database_of, on_disk, spill_of
from app.kv.errors import StoreInUseError, StoreOpenError
from app.kv.stores.database_files import DatabaseFiles, wal_of
from app.kv.stores.sqlite_copy import check_copy, copy_database
from app.kv.stores.sqlite_file import open_database
from app.settings import Settings


def backup(settings: Settings, target: Path, *, force: bool) -> str:
    """Write a copy of the database to `target`; return what was done.

    While a server has the database open, it is asked for the copy. The target appears when the copy is
    complete, on the disk and found sound; until then nothing of that name changes.

    Raises:
        UpkeepError: there is no backup; the message says why and what to do.
    """
    database = database_of(settings)
    _check(target, database, force=force)
    try:
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
            part = Path(folder) / target.name
            part.touch(mode=0o600)
            asked = _fill(part, database, settings)
            keys = check_copy(part, called=target)
            on_disk(part)
            size = part.stat().st_size
            part.replace(target)
        on_disk(target.parent)
    except StoreOpenError as error:
        raise UpkeepError(str(error)) from error
    except (OSError, sqlite3.Error) as error:
        raise UpkeepError(f"{target} could not be written: {error}.") from error
    done = f"{target}: {size:,} bytes, {keys:,} keys, checked."
    if asked or not (spill := spill_of(settings, database)).exists():
        return done
    return f"{done}\nNot in it is what the last server could not write before it ended, see {spill}."


def _check(target: Path, database: Path, *, force: bool) -> None:
    if not target.parent.is_dir():
        raise UpkeepError(f"There is no folder {target.parent}.")
    if target.is_dir():
        raise UpkeepError(f"{target} is a folder; name the file to write.")
    if target.resolve() in {database.resolve(), wal_of(database).resolve()}:
        raise UpkeepError(f"{target} is the database itself.")
    if target.exists() and not force:
        raise UpkeepError(f"{target} is there already; --force writes over it.")


def _fill(part: Path, database: Path, settings: Settings) -> bool:
    """Write the copy; return whether the server was asked for it."""
    if database.exists():
        try:
            with closing(open_database(DatabaseFiles(database), make=False)) as connection:
                copy_database(connection, part)
        except StoreInUseError:
            in_use = f"{database} is in use, but "
        else:
            return False
    else:
        in_use = f"There is no database at {database}, and "
    try:
        with part.open("wb") as file:
            download(settings, file)
    except NoServerError as error:
        raise UpkeepError(f"{in_use}{error}. Set KV_URL, HOST and PORT as the server has them.") from error
    return True

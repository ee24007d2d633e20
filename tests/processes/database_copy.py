"""Looking into the database of a running app: its file is locked, so a copy of it is opened."""

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from app.kv.codec import decode, unseal
from app.kv.keyspace import Key, Keyspace, M
from app.kv.stores.database_files import wal_of


def stored(database: Path, key: Key[M]) -> M | None:
    """Return what is committed under a key; None also when the copy was made in a bad moment."""
    data = rows(database, key.text).get(key.text)
    return None if data is None else decode(key.space, unseal(data).body)


def all_stored(database: Path, space: Keyspace[M]) -> dict[str, M]:
    """Return everything of a kind that is committed, by the key without its prefix."""
    return {
        key.partition(":")[2]: decode(space, unseal(data).body)
        for key, data in rows(database, f"{space.prefix}:").items()
    }


def rows(database: Path, prefix: str) -> dict[str, bytes]:
    """Return the committed rows whose keys begin with `prefix`."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / database.name
        shutil.copyfile(database, copy)
        if wal_of(database).exists():
            shutil.copyfile(wal_of(database), wal_of(copy))
        with closing(sqlite3.connect(copy)) as connection:
            query = "SELECT key, value FROM kv WHERE substr(key, 1, ?) = ?"
            return dict(connection.execute(query, (len(prefix), prefix)).fetchall())

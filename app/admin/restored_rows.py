"""What a backup must not bring back: ended sessions, finished work, people who have deleted their account."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from app.kv.keyspace import Keyspace, Owner
from app.kv.registry import Registry
from app.kv.tombstones import RETIRED_USER, mark_of

Row = tuple[str, bytes, float | None]
"""Key, value and end, as in the table."""

WITH_PREFIX = "key >= ? || ':' AND key < ? || ';'"  # the character after the colon


@dataclass(frozen=True)
class Outdated:
    """Kinds that end with a restore, and those whose keys say which user they belong to."""

    ended: tuple[str, ...]
    owned: tuple[str, ...]

    @classmethod
    def of(cls, registry: Registry, ended: Sequence[Keyspace[Any]]) -> "Outdated":
        """Return the kinds of a registry, those that end named by the caller."""
        owned = [space for space in registry.spaces if isinstance(space, Keyspace)]
        return cls(
            ended=tuple(space.prefix for space in ended),
            owned=tuple(space.prefix for space in owned if space.owner is Owner.KEY),
        )


def retired_users(connection: sqlite3.Connection) -> list[Row]:
    """Return the tombstones of users in a database."""
    prefix = RETIRED_USER.prefix
    query = f"SELECT key, value, expires_at FROM kv WHERE {WITH_PREFIX}"  # noqa: S608 - a constant
    return connection.execute(query, (prefix, prefix)).fetchall()


def bring_up_to_date(connection: sqlite3.Connection, outdated: Outdated, retired: Sequence[Row]) -> int:
    """Take out of a restored database what must not come back; return how many keys it has then.

    Sessions that were signed out since the backup would be alive again, plans that were carried out would be
    carried out twice, and accounts that were deleted would be back: `retired` are their tombstones.

    Raises:
        sqlite3.Error: that could not be written; nothing is changed.
    """
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("BEGIN IMMEDIATE")
    for kind in outdated.ended:
        connection.execute(f"DELETE FROM kv WHERE {WITH_PREFIX}", (kind, kind))  # noqa: S608 - a constant
    connection.executemany("INSERT OR REPLACE INTO kv VALUES (?, ?, ?)", retired)
    gone = {key for key, _, _ in retired_users(connection)}
    for kind in outdated.owned if gone else ():
        _delete_of(connection, kind, gone)
    connection.execute("COMMIT")
    connection.execute("VACUUM")  # so that the file does not hold them any more
    return int(connection.execute("SELECT count(*) FROM kv").fetchone()[0])


def _delete_of(connection: sqlite3.Connection, kind: str, gone: set[str]) -> None:
    found = connection.execute(f"SELECT key FROM kv WHERE {WITH_PREFIX}", (kind, kind)).fetchall()  # noqa: S608
    theirs = [(key,) for (key,) in found if mark_of(_user_in(key)).text in gone]
    connection.executemany("DELETE FROM kv WHERE key = ?", theirs)


def _user_in(key: str) -> str:
    """Return the user whom a key names first after its kind."""
    return unquote(key.split(":")[1])

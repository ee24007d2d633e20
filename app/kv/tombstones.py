"""Tombstones of users: for whom nothing, or nothing of some kinds, must be written any more."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from hashlib import sha256
from typing import Any

from pydantic import BaseModel, ConfigDict

from app.kv.errors import UserGoneError, WithdrawnError
from app.kv.keyspace import Key, Keyspace, M

LIFE = timedelta(days=7)
"""No job waits for longer, so by then nothing is left that could still write for the user."""


class Retired(BaseModel):
    """Says what of a user is gone; the key says who, as the SHA-256 of the user's id.

    Attributes:
        kinds: prefixes of the keyspaces that are gone; None when all are, because the user is.
    """

    model_config = ConfigDict(frozen=True)

    kinds: tuple[str, ...] | None = None

    def covers(self, space: Keyspace[Any]) -> bool:
        """Return whether values of a kind are gone."""
        return self.kinds is None or space.prefix in self.kinds

    def joined(self, other: "Retired") -> "Retired":
        """Return what is gone by either."""
        if self.kinds is None or other.kinds is None:
            return Retired()
        return Retired(kinds=tuple(sorted({*self.kinds, *other.kinds})))


RETIRED_USER = Keyspace("retired-user", Retired, ttl=LIFE)


class Tombstones:
    """The users of whom something is gone, all of them in memory: every write asks.

    One that is over in the store stays here until the process ends, which harms nobody: a user who comes back
    is taken out.
    """

    def __init__(self) -> None:
        self._gone: dict[Key[Retired], Retired] = {}

    def load(self, marks: Mapping[Key[Retired], Retired]) -> None:
        """Take up what an earlier process left in the store."""
        self._gone.update(marks)

    def add(self, user_id: str, kinds: Iterable[str] | None) -> tuple[Key[Retired], Retired]:
        """Let no more of these kinds, or of any, be written for a user; return what to store."""
        key = mark_of(user_id)
        mark = Retired(kinds=None if kinds is None else tuple(sorted(kinds)))
        mark = self._gone[key] = mark.joined(self._gone.get(key, mark))
        return key, mark

    def discard(self, user_id: str) -> None:
        """Let everything be written for a user again."""
        self._gone.pop(mark_of(user_id), None)

    def find(self, user_id: str) -> Retired | None:
        """Return what of a user is gone, None when nothing is."""
        return self._gone.get(mark_of(user_id)) if self._gone else None

    def check(self, key: Key[M], value: M) -> None:
        """Return if this may be written.

        Raises:
            UserGoneError: it belongs to a user who is gone, or of whom this kind is.
        """
        if not self._gone or (user_id := key.space.user_of(key, value)) is None:
            return
        mark = self.find(user_id)
        if mark is not None and mark.covers(key.space):
            if mark.kinds is None:
                raise UserGoneError("Nothing more is kept of it. Sign in again to start afresh.")
            raise WithdrawnError("Nothing more is kept of it. Connect again to start afresh.")


def mark_of(user_id: str) -> Key[Retired]:
    """Return the key of a user's tombstone."""
    return RETIRED_USER(sha256(user_id.encode()).hexdigest())

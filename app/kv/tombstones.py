"""Tombstones of users: for whom nothing must be written any more, whatever still runs."""

from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256

from pydantic import BaseModel, ConfigDict

from app.kv.errors import UserGoneError
from app.kv.keyspace import Key, Keyspace, M

LIFE = timedelta(days=7)
"""No job waits for longer, so by then nothing is left that could still write for the user."""


class Retired(BaseModel):
    """Says that a user is gone; the key says who, as the SHA-256 of the user's id."""

    model_config = ConfigDict(frozen=True)


RETIRED_USER = Keyspace("retired-user", Retired, ttl=LIFE)


class Tombstones:
    """The users that are gone, all of them in memory: every write asks.

    One that is over in the store stays here until the process ends, which harms nobody: a user who comes back
    is taken out.
    """

    def __init__(self) -> None:
        self._gone: set[Key[Retired]] = set()

    def load(self, marks: Iterable[Key[Retired]]) -> None:
        """Take up what an earlier process left in the store."""
        self._gone.update(marks)

    def add(self, user_id: str) -> Key[Retired]:
        """Let no more be written for a user; return where the store is to remember it."""
        mark = mark_of(user_id)
        self._gone.add(mark)
        return mark

    def discard(self, user_id: str) -> None:
        """Let everything be written for a user again."""
        self._gone.discard(mark_of(user_id))

    def __contains__(self, user_id: str) -> bool:
        return mark_of(user_id) in self._gone

    def check(self, key: Key[M], value: M) -> None:
        """Return if this may be written.

        Raises:
            UserGoneError: it belongs to a user who is gone.
        """
        if self._gone and (user_id := key.space.user_of(key, value)) is not None and user_id in self:
            raise UserGoneError("Nothing more is kept of it. Sign in again to start afresh.")


def mark_of(user_id: str) -> Key[Retired]:
    """Return the key of a user's tombstone."""
    return RETIRED_USER(sha256(user_id.encode()).hexdigest())

"""Writes for users whom another process has retired in the meantime."""

from collections.abc import Collection, Mapping, Sequence
from functools import reduce
from typing import Any

from app.kv.codec import Sealed, decode, encode, seal, unseal
from app.kv.errors import KVError
from app.kv.guard import GuardedStore
from app.kv.queue import Entry
from app.kv.store import Delete, Outcome, Put, Write
from app.kv.tombstones import RETIRED_USER, Retired, mark_of


class Latecomers:
    """Takes back what was written for users who are gone, on a store that several processes write.

    The process that retires a user knows of it before it deletes; others may still have writes under way. So
    they look at the tombstones behind each round: whichever comes last, the purge or the write, it finds the
    other. It is as if the write had come just before the purge.
    """

    def __init__(self, store: GuardedStore) -> None:
        self._store = store

    async def take_back(self, batch: Sequence[Entry]) -> set[str]:
        """Return the keys of a batch that the store does not hold as they were written.

        Raises:
            KVError: what should be taken back may still be there.
        """
        marks = await self._marks({user for entry in batch for user in _users_of(entry)})
        writes = [write for entry in batch if (write := _correction(entry, marks))]
        outcomes = await self._store.apply(writes) if writes else {}
        if any(outcomes.get(write.key) is not Outcome.DONE for write in writes):
            raise KVError("Storage did not take back what was written for somebody who is gone.")
        return {write.key for write in writes}

    async def _marks(self, users: Collection[str]) -> Mapping[str, Retired]:
        """Return the tombstones of those who have one."""
        keys = {mark_of(user).text: user for user in users}
        found = await self._store.get_many([*keys]) if keys else {}
        return {keys[key]: decode(RETIRED_USER, unseal(data).body) for key, data in found.items()}


def _users_of(entry: Entry) -> Collection[str]:
    return () if entry.value is None else entry.key.space.users_of(entry.key, entry.value)


def _correction(entry: Entry, marks: Mapping[str, Retired]) -> Write | None:
    """Return what takes a write back, None where it may stay; of a shared value it is the users alone."""
    space = entry.key.space
    gone = [user for user in _users_of(entry) if user in marks and marks[user].covers(space)]
    if not gone:
        return None
    if space.shared is None:
        return Delete(entry.key.text)
    left: Any = reduce(space.shared.without, gone, entry.value)
    sealed = seal(Sealed(encode(left), entry.version, entry.expires_at))
    return Put(entry.key.text, sealed, entry.expires_at)

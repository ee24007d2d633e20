"""Everything that is kept of a person, as one JSON file of theirs."""

import json
from collections.abc import AsyncIterator, Sequence
from itertools import groupby
from typing import Any

from app.accounts.models import User
from app.clock import Clock
from app.kv.cached import CachedKV
from app.kv.keyspace import Key, Owner
from app.kv.registry import Registry
from app.kv.showing import shown

AT_ONCE = 5
"""Values that are in memory together; one may have hundreds of songs."""


class ExportService:
    """Walks every kind of value that belongs to people, as deletion does, so that neither forgets one."""

    def __init__(self, kv: CachedKV, everything: Registry, clock: Clock) -> None:
        self._kv = kv
        self._everything = everything
        self._clock = clock

    async def export(self, user: User) -> AsyncIterator[str]:
        """Return the parts of the file: `exportedAt`, `user`, and `kept` with the values of each kind.

        Values are as they are stored, with "hidden" for tokens and for what tells sessions apart; of those
        that several people share it is the person's part alone.

        Raises:
            KVError: the store does not answer; once the parts have begun, they end there.
        """
        keys = await self._everything.keys_of(self._kv, user.id)
        return self._parts(user, keys)

    async def _parts(self, user: User, keys: Sequence[Key[Any]]) -> AsyncIterator[str]:
        head = {"exportedAt": self._clock.now().isoformat(), "user": user.model_dump(), "kept": {}}
        yield json.dumps(head, ensure_ascii=False)[:-2]  # "kept" is open still
        comma = ""
        for kind, group in groupby(keys, key=lambda key: key.space.prefix):
            yield f"{comma}\n{json.dumps(kind)}: ["
            async for part in self._values(user, list(group)):
                yield part
            yield "]"
            comma = ","
        yield "}}\n"

    async def _values(self, user: User, keys: Sequence[Key[Any]]) -> AsyncIterator[str]:
        comma = ""
        for start in range(0, len(keys), AT_ONCE):
            found = await self._kv.get_many(keys[start : start + AT_ONCE])
            for key, value in found.items():
                told = _told(key, key.space.part_of(value, user.id))
                yield f"{comma}\n{json.dumps(told, ensure_ascii=False)}"
                comma = ","


def _told(key: Key[Any], value: Any) -> dict[str, Any]:
    """Return a value and what tells it from others of its kind; the name of a session stays secret."""
    named = key.parts[1:] if key.space.owner is Owner.KEY else ()
    return {"key": list(named), "value": shown(key, value)}

"""Which keys there are: those of the store, with what is queued laid over them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from app.kv.context import Context
from app.kv.guard import GuardedStore
from app.kv.keyspace import Keyspace
from app.kv.queue import WriteQueue


class Lister:
    """Finds keys by how they begin."""

    def __init__(self, store: GuardedStore, queue: WriteQueue, context: Context) -> None:
        self._store = store
        self._queue = queue
        self._context = context

    async def under(
        self, space: Keyspace[Any], parts: Sequence[str | int | date], *, removed: bool = False
    ) -> list[str]:
        """Return a kind's live keys that have these parts first, in order.

        With `removed` also those whose removal is queued, and not durable yet.

        Raises:
            KVError: the store does not answer.
        """
        start = space(*parts).text
        found = await self.live_keys(start if parts else f"{start}:", removed=removed)
        return [text for text in found if text == start or text.startswith(f"{start}:")]

    async def live_keys(self, prefix: str, *, removed: bool = False) -> list[str]:
        """Return the keys of all live values that begin with `prefix`, in order.

        Raises:
            KVError: the store does not answer.
        """
        # What is queued now may be written while the store is asked, behind the page that it belongs on.
        queued = self._queued(prefix)
        keys = set(await self._stored(prefix))
        for text, alive in (queued | self._queued(prefix)).items():
            if alive or removed:
                keys.add(text)
            else:
                keys.discard(text)
        return sorted(keys)

    async def _stored(self, prefix: str) -> list[str]:
        page = await self._store.scan(prefix)
        keys = [*page.keys]
        while page.cursor is not None:
            page = await self._store.scan(prefix, page.cursor)
            keys += page.keys
        return keys

    def _queued(self, prefix: str) -> dict[str, bool]:
        """Return the keys that are to be written, and whether they will have a value then."""
        now = self._context.now()
        return {
            entry.key.text: entry.value is not None and (entry.expires_at is None or entry.expires_at > now)
            for entry in self._queue.entries()
            if entry.key.text.startswith(prefix)
        }

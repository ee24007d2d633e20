"""How a value is found: queue, memory cache, one shared load."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import Any, cast

from pydantic import BaseModel

from app.kv.cache import MISSING, MemoryCache, Missing
from app.kv.context import Context
from app.kv.errors import KVError
from app.kv.keyspace import Key, M
from app.kv.loader import Load, Loader
from app.kv.queue import WriteQueue


class Reader:
    """Finds values; a value whose end has passed is absent wherever it still lies."""

    def __init__(self, queue: WriteQueue, cache: MemoryCache, loader: Loader, context: Context) -> None:
        self._queue = queue
        self._cache = cache
        self._loader = loader
        self._context = context

    async def get(self, key: Key[M]) -> M | None:
        """Return one value."""
        found = self._recall(key)
        if found is MISSING:
            self._context.metrics.of(key.space.prefix).misses += 1
            found = (await self._load([key])).get(key)
        else:
            self._context.metrics.of(key.space.prefix).hits += 1
        return cast("M | None", found)

    async def get_many(self, keys: Iterable[Key[M]]) -> dict[Key[M], M]:
        """Return the values that there are; all misses are one call to the store."""
        recalled = {key: self._recall(key) for key in keys}
        for key, value in recalled.items():
            tally = self._context.metrics.of(key.space.prefix)
            if value is MISSING:
                tally.misses += 1
            else:
                tally.hits += 1
        loaded = await self._load([key for key, value in recalled.items() if value is MISSING])
        found = {**recalled, **loaded}
        return {key: value for key, value in found.items() if value is not None and value is not MISSING}

    def _recall(self, key: Key[Any]) -> Any:
        """Return what memory knows: the queue's value, else the cache's; None is absent, MISSING unknown."""
        entry = self._queue.find(key.text)
        if entry is None:
            return self._cache.get(key)
        alive = entry.expires_at is None or entry.expires_at > self._context.now()
        return entry.value if alive else None

    async def _load(self, keys: Sequence[Key[Any]]) -> dict[Key[Any], Any]:
        """Read keys from the store; those that a write overtook are looked up again."""
        values: dict[Key[Any], Any] = {}
        while keys:
            loads = self._loader.load(keys)
            try:
                await asyncio.wait([load.done for load in loads])
                found = {load.key: self._outcome(load) for load in loads}
            finally:
                self._loader.leave(loads)
            values.update(found)
            keys = [key for key, value in found.items() if value is MISSING]
        return values

    def _outcome(self, load: Load) -> Any:
        if load.overtaken:
            return self._recall(load.key)
        return load.value if load.error is None else self._stale(load.key, load.error)

    def _stale(self, key: Key[Any], error: KVError) -> BaseModel | bytes | None:
        """Return an outdated value where the kind prefers it to an error.

        Raises:
            KVError: it does not, or there is none.
        """
        stale = self._cache.stale(key) if key.space.stale_if_down else MISSING
        if isinstance(stale, Missing):
            raise error.for_caller()
        self._context.metrics.of(key.space.prefix).stale += 1
        return stale

"""Reading from the store: one shared load a key, never cached when a write overtook it."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from pydantic import BaseModel

from app.kv.codec import Sealed, decode, unseal
from app.kv.context import Context
from app.kv.errors import KVError
from app.kv.guard import GuardedStore
from app.kv.keyspace import Key
from app.kv.memory import Memory


@dataclass(slots=True, eq=False)
class Load:
    """One key's read that is under way, shared by everybody who wants the key."""

    key: Key[Any]
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    overtaken: bool = False
    readers: int = 0
    value: BaseModel | bytes | None = None
    sealed: Sealed | None = None
    error: KVError | None = None


class Loader:
    """Starts loads and joins callers to those that are under way."""

    def __init__(self, store: GuardedStore, memory: Memory, context: Context) -> None:
        self._store = store
        self._memory = memory
        self._context = context
        self._loads: dict[str, Load] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopped = False

    def load(self, keys: Iterable[Key[Any]]) -> list[Load]:
        """Return a load for every key; those not under way yet are one call to the store.

        Whoever calls this calls `leave` when it has looked at them.

        Raises:
            KVError: the loader has been stopped.
        """
        if self._stopped:
            raise KVError("Storage is closed.")
        loads = [self._loads.get(key.text) or Load(key) for key in keys]
        new = [load for load in loads if load.key.text not in self._loads]
        if new:
            self._loads.update((load.key.text, load) for load in new)
            task = asyncio.create_task(self._run(new), name="kv-load")
            self._tasks.add(task)
            task.add_done_callback(partial(self._ended, new))
        for load in loads:
            load.readers += 1
        return loads

    def leave(self, loads: Iterable[Load]) -> None:
        """A caller has seen what became of these loads, or does not want to know any more."""
        for load in loads:
            load.readers -= 1
            if not load.readers and load.done.done():
                self._forget(load)

    def overtake(self, text: str) -> None:
        """A write of this key happens now: what a load says that somebody still waits for is out of date."""
        load = self._loads.pop(text, None)
        if load is not None:
            load.overtaken = True

    async def stop(self) -> None:
        """End every load; who waits gets a `KVError`."""
        self._stopped = True
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, loads: Sequence[Load]) -> None:
        try:
            await self._fetch(loads)
        except KVError as error:
            for load in loads:
                self._fail(load, error)

    def _ended(self, loads: Sequence[Load], task: asyncio.Task[None]) -> None:
        """Leave nobody waiting, also where the task was cancelled before its first step."""
        self._tasks.discard(task)
        for load in loads:
            self._fail(load, KVError("Storage stopped before it answered."))

    async def _fetch(self, loads: Sequence[Load]) -> None:
        texts = [load.key.text for load in loads]
        if len(texts) == 1:
            data = await self._store.get(texts[0])
            found = {} if data is None else {texts[0]: data}
        else:
            found = dict(await self._store.get_many(texts))
        for load in loads:
            self._read(load, found.get(load.key.text))

    def _read(self, load: Load, data: bytes | None) -> None:
        try:
            sealed = None if data is None else unseal(data)
            if sealed and (sealed.expires_at is None or sealed.expires_at > self._context.now()):
                load.sealed, load.value = sealed, decode(load.key.space, sealed.body)
        except KVError as error:
            load.error = error
        self._end(load)

    def _fail(self, load: Load, error: KVError) -> None:
        if not load.done.done():
            load.error = error
            self._end(load)

    def _end(self, load: Load) -> None:
        if load.error is None and not load.overtaken:
            self._memory.loaded(load.key, load.value, load.sealed)
        if load.error or not load.readers:
            self._forget(load)
        load.done.set_result(None)

    def _forget(self, load: Load) -> None:
        if self._loads.get(load.key.text) is load:
            del self._loads[load.key.text]

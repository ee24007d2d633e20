"""The write queue: what is to be written, and what is being written now."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from app.kv.codec import Sealed, seal
from app.kv.errors import KVError
from app.kv.keyspace import Key
from app.kv.options import KVOptions
from app.kv.store import Delete, Limits, Put, Write

OVERHEAD = 200
"""Bytes that an entry takes beside its key and body, roughly."""


@dataclass(slots=True, eq=False)
class Entry:
    """One key's newest write; a tombstone has no value."""

    key: Key[Any]
    version: int
    value: BaseModel | bytes | None
    body: bytes
    expires_at: float | None
    since: float
    attempts: int = 0
    waiters: list[asyncio.Future[KVError | None]] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes that the entry is charged with."""
        return len(self.key.text) + len(self.body) + OVERHEAD

    def write(self) -> Write:
        """Return what the store is to do."""
        if self.value is None:
            return Delete(self.key.text)
        sealed = seal(Sealed(self.body, self.version, self.expires_at))
        return Put(self.key.text, sealed, self.expires_at)

    def fate(self) -> "asyncio.Future[KVError | None]":
        """Return a future of this write's fate: None when durable."""
        future: asyncio.Future[KVError | None] = asyncio.get_running_loop().create_future()
        self.waiters.append(future)
        return future

    def settle(self, error: KVError | None) -> None:
        """Tell everybody who waits."""
        for waiter in self.waiters:
            if not waiter.done():
                waiter.set_result(error)
        self.waiters = []


class WriteQueue:
    """Dirty entries in the order in which their keys became dirty, and those in flight."""

    def __init__(self, options: KVOptions) -> None:
        self.dirty: dict[str, Entry] = {}
        self.in_flight: dict[str, Entry] = {}
        self.bytes = 0
        self.high_water = 0
        self._room = asyncio.Event()
        self._options = options

    @property
    def depth(self) -> int:
        """Entries that are not durable yet."""
        return len(self.dirty) + len(self.in_flight)

    @property
    def oldest_since(self) -> float | None:
        """When the entry that waits longest became dirty, None when nothing waits."""
        firsts = (next(iter(part.values()), None) for part in (self.in_flight, self.dirty))
        return min((entry.since for entry in firsts if entry), default=None)

    def entries(self) -> list[Entry]:
        """Return all of them, those in flight first."""
        return [*self.in_flight.values(), *self.dirty.values()]

    def find(self, text: str) -> Entry | None:
        """Return a key's newest write that is not durable yet."""
        return self.dirty.get(text) or self.in_flight.get(text)

    def add(self, entry: Entry) -> bool:
        """Queue a write; return whether it took the place of an older one.

        It keeps that one's place, age and waiters: who waits for a write is content with a newer one.
        """
        older = self.dirty.get(entry.key.text)
        if older is not None:
            entry.since, entry.waiters = older.since, older.waiters
            self._charge(-older.size)
        self.dirty[entry.key.text] = entry
        self._charge(entry.size)
        self.high_water = max(self.high_water, self.depth)
        return older is not None

    def withdraw(self, text: str) -> Entry | None:
        """Take a write out that has not been sent."""
        entry = self.dirty.pop(text, None)
        if entry is not None:
            self._charge(-entry.size)
        return entry

    def take(self, limits: Limits) -> list[Entry]:
        """Move the next batch into flight: everything, up to the store's limit."""
        batch: list[Entry] = []
        size = 0
        for entry in self.dirty.values():
            size += entry.size
            if batch and (len(batch) == limits.batch_keys or size > limits.batch_bytes):
                break
            batch.append(entry)
        for entry in batch:
            self.in_flight[entry.key.text] = self.dirty.pop(entry.key.text)
            entry.attempts += 1
        return batch

    def finish(self, entry: Entry) -> None:
        """Let go of an entry in flight."""
        del self.in_flight[entry.key.text]
        self._charge(-entry.size)

    def give_back(self, batch: Iterable[Entry]) -> None:
        """Queue failed entries again, first in line, where no newer write of the key waits."""
        returned: dict[str, Entry] = {}
        for entry in batch:
            if entry.key.text in self.dirty:
                self.finish(entry)
            else:
                returned[entry.key.text] = self.in_flight.pop(entry.key.text)
        self.dirty = {**returned, **self.dirty}

    def oldest_put(self, kind: str) -> Entry | None:
        """Return the oldest value of a kind that has not been sent; tombstones are never given up."""
        puts = (entry for entry in self.dirty.values() if entry.value is not None)
        return next((entry for entry in puts if entry.key.space.prefix == kind), None)

    async def has_room(self) -> None:
        """Return once a further key is not too much."""
        while self.full:
            self._room.clear()
            await self._room.wait()

    @property
    def full(self) -> bool:
        """Whether a further key is too much."""
        return self.depth >= self._options.queue_entries or self.bytes >= self._options.queue_bytes

    def _charge(self, size: int) -> None:
        self.bytes += size
        if size < 0:
            self._room.set()

"""The write queue: what is to be written, and what is being written now."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from app.kv.codec import Sealed, seal
from app.kv.errors import KVError
from app.kv.keyspace import Key
from app.kv.options import KVOptions
from app.kv.store import Delete, Limits, Put, Write

OVERFULL = 2
OVERHEAD = 200
"""Bytes that an entry takes beside its key and body, roughly."""
DEEP_OVER = 10
"""So many entries may wait without anybody being told."""


class Fate:
    """What becomes of a write: shared by all who wait for it, so that who goes away leaves nothing behind."""

    __slots__ = ("_error", "_settled")

    def __init__(self) -> None:
        self._error: KVError | None = None
        self._settled = asyncio.Event()

    def settle(self, error: KVError | None) -> None:
        """Tell everybody who waits."""
        self._error = error
        self._settled.set()

    async def known(self) -> KVError | None:
        """Wait; return None when the write is durable, else why that is not known."""
        await self._settled.wait()
        return self._error


@dataclass(slots=True, eq=False)
class Entry:
    """One key's newest write; a tombstone has no value.

    `place` is its number in the queue's order, `since` when the key stopped to be durable.
    """

    key: Key[Any]
    version: int
    value: BaseModel | bytes | None
    body: bytes
    expires_at: float | None
    since: float
    place: int = 0
    attempts: int = 0
    waiting: Fate | None = None

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

    def fate(self) -> Fate:
        """Return what tells when this write is durable, or a newer one in its place."""
        self.waiting = self.waiting or Fate()
        return self.waiting

    def settle(self, error: KVError | None) -> None:
        """Tell everybody who waits."""
        if self.waiting is not None:
            self.waiting.settle(error)
            self.waiting = None


class WriteQueue:
    """Dirty entries in the order of their places, and those in flight, whose places are lower.

    A write takes the next place, or that of the queued write that it takes the place of. So whoever wants to
    know when everything queued now has had its turn waits for one number to pass.

    Attributes:
        deep_since: since when more than ten entries have been waiting, None when that is not so.
    """

    def __init__(self, options: KVOptions) -> None:
        self.dirty: dict[str, Entry] = {}
        self.in_flight: dict[str, Entry] = {}
        self.bytes = 0
        self.high_water = 0
        self.deep_since: float | None = None
        self._last_place = 0
        self._barriers: dict[int, asyncio.Event] = {}
        self._room = asyncio.Event()
        self._closed = False
        self._options = options

    @property
    def depth(self) -> int:
        """Entries that are not durable yet."""
        return len(self.dirty) + len(self.in_flight)

    @property
    def oldest_since(self) -> float | None:
        """When the key that waits longest stopped to be durable, None when nothing waits."""
        return min((entry.since for entry in self.entries()), default=None)

    def entries(self) -> list[Entry]:
        """Return all of them, those in flight first."""
        return [*self.in_flight.values(), *self.dirty.values()]

    def find(self, text: str) -> Entry | None:
        """Return a key's newest write that is not durable yet."""
        return self.dirty.get(text) or self.in_flight.get(text)

    def add(self, entry: Entry) -> bool:
        """Queue a write; return whether it took the place of an older one.

        It keeps that one's place, age and fate: who waits for a write is content with a newer one.
        """
        older = self.dirty.get(entry.key.text)
        if older is None:
            entry.place = self._next_place()
        else:
            entry.place, entry.since, entry.waiting = older.place, older.since, older.waiting
            self._charge(-older.size)
        self.dirty[entry.key.text] = entry
        self._charge(entry.size)
        self.high_water = max(self.high_water, self.depth)
        if self.deep_since is None and self.depth > DEEP_OVER:
            self.deep_since = entry.since
        return older is not None

    def withdraw(self, text: str) -> Entry | None:
        """Take a write out that has not been sent."""
        entry = self.dirty.pop(text, None)
        if entry is not None:
            self._charge(-entry.size)
            self.let_pass()
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

    def give_back(self, batch: Iterable[Entry], error: KVError, *, last: bool) -> None:
        """Queue failed entries again where no newer write of the key waits, and tell who waits for them.

        They keep their places, or take the last ones: a key that keeps failing is in nobody's way.
        """
        returned: dict[str, Entry] = {}
        for entry in batch:
            entry.settle(error)
            newer = self.dirty.get(entry.key.text)
            if newer is not None:
                newer.since = entry.since
                self.finish(entry)
                continue
            returned[entry.key.text] = self.in_flight.pop(entry.key.text)
            entry.place = self._next_place() if last else entry.place
        self.dirty = {**self.dirty, **returned} if last else {**returned, **self.dirty}

    def tell_all(self, error: KVError) -> None:
        """Tell everybody who waits for something queued that it has not been written, and is kept."""
        for entry in self.entries():
            entry.settle(error)
        for barrier in self._barriers.values():
            barrier.set()
        self._barriers.clear()

    def barrier(self) -> asyncio.Event | None:
        """Return what is set once all that is queued now is durable, or has failed and is kept.

        It is the same for everybody until something else is queued; None when nothing is.
        """
        return self._barriers.setdefault(self._last_place, asyncio.Event()) if self.depth else None

    def let_pass(self) -> None:
        """Open the barriers that no queued entry stands before any more."""
        if not self._barriers:
            return
        firsts = (next(iter(part.values()), None) for part in (self.in_flight, self.dirty))
        passed = min((entry.place for entry in firsts if entry), default=self._last_place + 1)
        for place in [place for place in self._barriers if place < passed]:
            self._barriers.pop(place).set()

    def oldest_put(self, kind: str) -> Entry | None:
        """Return the oldest value of a kind that has not been sent; tombstones are never given up."""
        puts = (entry for entry in self.dirty.values() if entry.value is not None)
        return next((entry for entry in puts if entry.key.space.prefix == kind), None)

    def holds_kind(self, kind: str) -> bool:
        """Whether anything of a kind has not been sent."""
        return any(entry.key.space.prefix == kind for entry in self.dirty.values())

    def takes(self, text: str) -> bool:
        """Whether a write of this key needs no room: what is queued is written over up to twice the bytes."""
        return not self.full or (self.find(text) is not None and not self.overfull)

    async def has_room(self) -> None:
        """Return once a further key is not too much, or will never be taken."""
        while self.full and not self._closed:
            self._room.clear()
            await self._room.wait()

    def close(self) -> None:
        """Let nobody wait for room any longer."""
        self._closed = True
        self._room.set()

    @property
    def full(self) -> bool:
        """Whether a further key is too much."""
        return self.depth >= self._options.queue_entries or self.too_large

    @property
    def too_large(self) -> bool:
        """Whether a further byte is too much."""
        return self.bytes >= self._options.queue_bytes

    @property
    def overfull(self) -> bool:
        """Whether nothing may make the queue larger."""
        return self.bytes >= OVERFULL * self._options.queue_bytes

    def _next_place(self) -> int:
        self._last_place += 1
        return self._last_place

    def _charge(self, size: int) -> None:
        self.bytes += size
        if size < 0:
            self._room.set()
            if self.depth <= DEEP_OVER:
                self.deep_since = None

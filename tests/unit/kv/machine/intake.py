"""When a write takes effect: at once where there is room, else when the service takes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import count

from app.kv.cached import CachedKV
from app.kv.codec import encode
from app.kv.keyspace import AtBound, Key
from app.kv.queue import OVERHEAD
from tests.unit.kv.machine.model import Version
from tests.unit.kv.machine.world import World
from tests.unit.kv.stand_ins import Note, note


@dataclass(slots=True, eq=False)
class Offer:
    """A write that a caller asks for; it has a version once it has taken effect."""

    key: Key[Note]
    value: Note | None
    version: Version | None = None
    after: int = 0
    over: bool = False


class Intake:
    """Tells the model of every write at the moment of its effect.

    The service takes a write before it first waits for anything, except for room. A write that waits for room
    has a value of its own, by which it is recognised in the queue.
    """

    def __init__(self, world: World, kv: CachedKV) -> None:
        self._world, self._model, self._kv = world, world.model, kv
        self._values = count(1)
        self.waiting: dict[str, Offer] = {}

    def fresh(self) -> Note:
        """Return a value that no key had before."""
        return note(f"{self._world.clock.monotonic():g}s {next(self._values)}")

    def follows(self, *keys: Key[Note]) -> bool:
        """Whether the model can follow writes of these keys now: no other write of one waits for room."""
        return not any(key.text in self.waiting for key in keys)

    def fits(self, values: Mapping[Key[Note], Note]) -> bool:
        """Whether the queue takes all of these without dropping anything."""
        queue, options = self._kv._queue, self._world.setup.options
        size = sum(len(key.text) + len(encode(value)) + OVERHEAD for key, value in values.items())
        few = queue.depth + len(values) <= options.queue_entries
        return few and queue.bytes + size <= options.queue_bytes and not self.closed()

    def offer(self, key: Key[Note], value: Note | None, ttl: timedelta | None) -> Offer:
        """A caller is about to ask for a write."""
        if self.closed():
            return Offer(key, value)
        if self._room(key):
            return Offer(key, value, self._effect(key, value, ttl))
        offer = Offer(key, None if value is None else self.fresh(), after=self._kv._context.versions._last)
        self.waiting[key.text] = offer
        return offer

    def changed(self, offer: Offer, ttl: timedelta | None) -> None:
        """An update has changed a value and is about to write it."""
        if not self.closed():
            offer.version = self._written(offer.key, offer.value, self.ends_at(offer.key, ttl))

    def resolve(self) -> None:
        """See which writes have got room."""
        for text, offer in list(self.waiting.items()):
            entry = self._kv._queue.find(text)
            if entry is not None and entry.version > offer.after and entry.value == offer.value:
                offer.version = self._model.written(offer.key, offer.value, entry.expires_at)
            if offer.version or offer.over:
                del self.waiting[text]

    def closed(self) -> bool:
        """Whether the service takes nothing more."""
        return self._kv._writer._closed

    def _room(self, key: Key[Note]) -> bool:
        """Whether a write of this key is taken at once, because another gives way to it if need be."""
        kind, drops = key.space.prefix, key.space.at_bound is AtBound.DROP_OLDEST
        first = not any(version.key.space.prefix == kind for version in self._model.queue.values())
        gives_way = drops and (first or self._model.oldest(kind) is not None)
        return gives_way or self._kv._queue.takes(key.text)

    def _drop_oldest(self, key: Key[Note], value: Note | None) -> None:
        """Let a full queue give up what it has to: one value, or as many bytes as the new one brings."""
        queue, options = self._kv._queue, self._world.setup.options
        depth, taken, freed = queue.depth, queue.bytes, 0
        size = len(key.text) + (len(encode(value)) if value else 0) + OVERHEAD
        while depth >= options.queue_entries or taken >= options.queue_bytes:
            oldest = self._model.oldest(key.space.prefix)
            if oldest is None or freed >= (size if taken >= options.queue_bytes else 1):
                return
            gone = queue.dirty[oldest.key.text].size
            depth, taken, freed = depth - 1, taken - gone, freed + gone
            self._model.drop(oldest)

    def ends_at(self, key: Key[Note], ttl: timedelta | None) -> float | None:
        """Return the end of a value that is written now."""
        life = ttl or key.space.ttl
        return life and self._world.clock.now().timestamp() + life.total_seconds()

    def _effect(self, key: Key[Note], value: Note | None, ttl: timedelta | None) -> Version:
        ends_at, now = self.ends_at(key, ttl), self._world.clock.now().timestamp()
        holds = self._kv._writer._memory.holds
        if value is not None and holds(key.text, encode(value), expires_at=ends_at, now=now):
            return self._model.skipped(key, value, ends_at)
        return self._written(key, value, ends_at)

    def _written(self, key: Key[Note], value: Note | None, ends_at: float | None) -> Version:
        if key.space.at_bound is AtBound.DROP_OLDEST and not self._kv._queue.takes(key.text):
            self._drop_oldest(key, value)
        return self._model.written(key, value, None if value is None else ends_at)

"""What this process knows of the store: values in the memory cache, digests of what is durable."""

from hashlib import blake2b
from typing import Any, NamedTuple

from cachetools import LRUCache
from pydantic import BaseModel

from app.kv.cache import MemoryCache
from app.kv.codec import Sealed
from app.kv.keyspace import Key
from app.kv.queue import Entry

DIGESTS_KEPT = 4096


class Durable(NamedTuple):
    """The value that the store holds for a key, told by its digest."""

    digest: bytes
    expires_at: float | None


class Memory:
    """Follows every load and every write; only what is known to be durable is remembered."""

    def __init__(self, cache: MemoryCache, *, single_writer: bool) -> None:
        self.cache = cache
        self._durable: LRUCache[str, Durable] = LRUCache(DIGESTS_KEPT if single_writer else 0)

    def clear(self) -> int:
        """Forget every value, and what is known of the store; return how many values those were."""
        self._durable.clear()
        return self.cache.clear()

    def sent(self, entry: Entry) -> None:
        """A write is on its way: until it is known to be durable nothing is known of the key."""
        self.cache.discard(entry.key)
        self._durable.pop(entry.key.text, None)

    def stored(self, entry: Entry) -> None:
        """The store holds this write."""
        if entry.value is not None:
            self._remember(entry.key, entry.value, Sealed(entry.body, entry.version, entry.expires_at))

    def loaded(self, key: Key[Any], value: BaseModel | bytes | None, sealed: Sealed | None) -> None:
        """The store gave this value, or said that there is none."""
        if value is None or sealed is None:
            self._durable.pop(key.text, None)
            self.cache.put(key, None, size=0, ends_at=None)
        else:
            self._remember(key, value, sealed)

    def holds(self, text: str, body: bytes, *, expires_at: float | None, now: float) -> bool:
        """Whether writing this again would change nothing that matters.

        The bytes are the same and more than half of the life is left; a life is never left longer than asked.
        """
        known = self._durable.get(text)
        if known is None or known.digest != _digest(body):
            return False
        if known.expires_at is None or expires_at is None:
            return known.expires_at == expires_at
        return known.expires_at <= expires_at and known.expires_at - now > (expires_at - now) / 2

    def _remember(self, key: Key[Any], value: BaseModel | bytes, sealed: Sealed) -> None:
        self.cache.put(key, value, size=len(sealed.body), ends_at=sealed.expires_at)
        if self._durable.maxsize:
            self._durable[key.text] = Durable(_digest(sealed.body), sealed.expires_at)


def _digest(body: bytes) -> bytes:
    return blake2b(body, digest_size=16).digest()

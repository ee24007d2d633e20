"""The settings of the service, handed in so that it never reads the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from app.settings import Settings

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class KVOptions:
    """How the service caches and queues.

    Attributes:
        write_batching: off makes every write wait until it is durable.
        memory_cache: off makes every read go to the store.
        batch_size: queued keys that wake the writer.
        batch_delay_s: age of the oldest queued write that wakes the writer.
        round_keys: most keys written in one round; None is what the store takes.
        cache_entries: entries kept in memory a kind; sessions get ten times that.
        cache_bytes: encoded bytes kept in memory, all kinds together.
        cache_ttl_s: memory lifetimes by kind, instead of the keyspaces' own.
        trust_memory: on a store that only this process writes, an entry stays valid until unused for a day.
        ledger: the counts of each day are kept across restarts.
        queue_entries: bound of the write queue in keys.
        queue_bytes: bound of the write queue in encoded bytes.
    """

    write_batching: bool = True
    memory_cache: bool = True
    batch_size: int = 10
    batch_delay_s: float = 5.0
    round_keys: int | None = None
    cache_entries: int = 100
    cache_bytes: int = 64 * MEGABYTE
    cache_ttl_s: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    trust_memory: bool = True
    ledger: bool = True
    queue_entries: int = 10_000
    queue_bytes: int = 64 * MEGABYTE


def options_from(settings: Settings) -> KVOptions:
    """Return the service's options out of the program's settings."""
    return KVOptions(
        write_batching=settings.kv_write_batching,
        memory_cache=settings.kv_memory_cache,
        batch_size=settings.kv_batch_size,
        batch_delay_s=settings.kv_batch_delay_s,
        cache_entries=settings.kv_cache_entries,
        cache_bytes=settings.kv_cache_bytes,
        cache_ttl_s=MappingProxyType(dict(settings.kv_cache_ttl)),
        trust_memory=settings.kv_trust_memory,
    )

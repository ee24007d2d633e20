"""The kinds of values that the machine works with, and the services that it builds for them."""

from dataclasses import dataclass
from datetime import timedelta

from hypothesis import strategies as st

from app.kv.keyspace import AtBound, Counters, Keyspace, Members
from app.kv.logs import LogSpace
from app.kv.options import KVOptions
from app.kv.store import Limits
from tests.unit.kv.stand_ins import Note

LIFE = timedelta(seconds=30)
SHORT = timedelta(seconds=7)
MEMORY = timedelta(seconds=20)

PLAIN = Keyspace("plain", Note, ttl=LIFE, cache_ttl=MEMORY)
UNCACHED = Keyspace("uncached", Note)
TOTAL = Keyspace("total", Note, cache_ttl=MEMORY, at_bound=AtBound.MERGE, stale_if_down=True)
BOARD = Keyspace("board", Note, ttl=LIFE, cache_ttl=MEMORY, at_bound=AtBound.DROP_OLDEST, stale_if_down=True)
COUNTS = Keyspace("counts", Counters, cache_ttl=MEMORY, at_bound=AtBound.MERGE)
SEEN = Keyspace("seen", Members, at_bound=AtBound.MERGE)

NOTES = {space.prefix: space for space in (PLAIN, UNCACHED, TOTAL, BOARD)}
"""Kinds of which every single value is followed; of the others only what was added to them."""
_KEYS = (PLAIN("a"), PLAIN("b"), UNCACHED("a"), UNCACHED("b"), TOTAL("a"), BOARD("a"), BOARD("b"), BOARD("c"))
KEYS = {key.text: key for key in _KEYS}
COUNTER, SET = COUNTS("today"), SEEN("today")
GATHERED = {key.text: key for key in (COUNTER, SET)}

SEGMENT_RECORDS = 3
"""Instead of fifty, so that a short run goes through several segments."""
TOO_LARGE = "x" * 5000
LARGEST = 4000


def log_space() -> LogSpace[Note]:
    """Return a log that keeps five records; to be called while a segment has three."""
    return LogSpace("log", Note, newest=5, ttl=timedelta(seconds=100), cache_ttl=MEMORY)


@dataclass(frozen=True)
class Setup:
    """How a run's services are set up, and what their store takes at once."""

    options: KVOptions
    batch_keys: int = 100
    single_writer: bool = True
    spill: bool = True

    @property
    def limits(self) -> Limits:
        """The store's limits."""
        return Limits(100, LARGEST, self.batch_keys, 1_000_000)


options = st.builds(
    KVOptions,
    write_batching=st.sampled_from([True, True, True, False]),
    memory_cache=st.sampled_from([True, True, True, False]),
    trust_memory=st.booleans(),
    ledger=st.booleans(),
    batch_size=st.sampled_from([10, 1, 3]),
    round_keys=st.sampled_from([None, None, 2]),
    cache_entries=st.sampled_from([100, 1]),
    queue_entries=st.sampled_from([10_000, 3]),
    queue_bytes=st.sampled_from([64_000_000, 900]),
)
setups = st.builds(
    Setup,
    options,
    batch_keys=st.sampled_from([100, 3, 1]),
    single_writer=st.sampled_from([True, True, False]),
    spill=st.sampled_from([True, True, False]),
)

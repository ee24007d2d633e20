"""What the machine chooses from; what is to happen more often is there more than once."""

from enum import StrEnum

from hypothesis import strategies as st

from tests.unit.kv.machine.held_store import Way
from tests.unit.kv.machine.kinds import KEYS, SHORT
from tests.unit.kv.machine.writers import Change

REST = None
"""Instead of a number of turns: until nothing happens by itself any more."""


class Event(StrEnum):
    """Something that not everybody knows of at once."""

    READ = "a read ends"
    BATCH = "a batch ends"
    END = "the process begins to end"


class Ending(StrEnum):
    """How a process ends."""

    CLOSED = "closed"
    STUCK = "closed while the store is stuck"
    KILLED = "killed"
    KILLED_LATE = "killed when the store has written the batch"


focus = st.lists(st.sampled_from(list(KEYS)), min_size=1, max_size=4, unique=True)
keys = st.runner().flatmap(lambda machine: st.sampled_from(machine.focus))
several = st.runner().flatmap(
    lambda machine: st.lists(st.sampled_from(machine.focus), min_size=1, max_size=3, unique=True)
)
writes = st.tuples(st.sampled_from(["put", "delete"]), st.booleans())
paces = st.lists(st.sampled_from([REST, REST, REST, 0, 1, 2, 3, 4]), min_size=1, max_size=6)
lives = st.sampled_from([None, SHORT])
contents = st.sampled_from(["new", "new", "what the store has", "too large"])
changes = st.sampled_from([Change.REPLACE, Change.REPLACE, Change.KEEP, Change.REMOVE, Change.RAISE])
some = st.integers(0, 3)
read_ways = st.sampled_from([Way.WAIT, Way.WAIT, Way.OK, Way.REFUSED])
first_starts = st.sampled_from([Way.OK, Way.REFUSED, Way.LOST])
batch_ends = st.sampled_from([Way.OK, Way.OK, Way.REFUSED, Way.LOST, Way.NONSENSE])
write_ways = st.sampled_from(
    [Way.WAIT, Way.WAIT, Way.WAIT, Way.WAIT, Way.OK, Way.REFUSED, Way.LOST, Way.NONSENSE]
)

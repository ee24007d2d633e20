"""What only ever grows: counters and sets, of which every single event is followed."""

from typing import Any

from app.kv.codec import decode, unseal
from app.kv.keyspace import Counters, Key, Members
from tests.unit.kv.machine.kinds import GATHERED
from tests.unit.kv.machine.promises import Promises

VIEWS = "views"


class Gathered:
    """The events of one key.

    An event is possible from the call on, also if that is refused; it is sure once the call has returned,
    until the process dies: then what the store holds is what there is.
    """

    def __init__(self, key: Key[Any], promises: Promises) -> None:
        self._key = key
        self._hold = promises.hold
        self.possible: set[str] = set()
        self.sure: set[str] = set()
        self._parts: dict[str, frozenset[str]] = {}

    @property
    def stored(self) -> frozenset[str]:
        """The events that are durable; where several processes write, each has a part of them."""
        return frozenset().union(*self._parts.values())

    def landed(self, part: str, data: bytes | None) -> None:
        """The store holds these bytes of a part, or lets go of it: it still has all that it had before."""
        before = self.stored
        self._parts[part] = self.events(decode(self._key.space, unseal(data).body)) if data else frozenset()
        self._hold(self.stored >= before, f"{self._key} never loses an event that was durable")
        self._hold(self.stored <= self.possible, f"{self._key} never gains an event that nobody sent")

    def read(self, found: Counters | Members | frozenset[str], sure: frozenset[str]) -> None:
        """A caller has read this; `sure` were sure when it called."""
        events = self.events(found)
        self._hold(events >= sure, f"{self._key} never loses an event")
        self._hold(events <= self.possible, f"{self._key} never gains an event that nobody sent")
        self.sure |= events

    def flushed(self, sure: frozenset[str]) -> None:
        """A flush has returned that was called when these were sure."""
        self._hold(self.stored >= sure, f"{self._key} is durable after a flush")

    def ended(self) -> None:
        """The process is gone."""
        self.sure, self.possible = set(self.stored), set(self.stored)

    def events(self, found: Counters | Members | frozenset[str]) -> frozenset[str]:
        """Return the events in a value."""
        if isinstance(found, Counters):
            return self._counted(found)
        return found.members if isinstance(found, Members) else found

    def _counted(self, counters: Counters) -> frozenset[str]:
        """Return the events in these counters: each counted once, and in the total."""
        totals = dict(counters.totals)
        views = totals.pop(VIEWS, 0)
        once = views == len(totals) and set(totals.values()) <= {1}
        self._hold(once, f"{self._key} counts every event once")
        return frozenset(totals)


def gathered(promises: Promises) -> dict[str, Gathered]:
    """Return the counters and the set of a run by key."""
    return {text: Gathered(key, promises) for text, key in GATHERED.items()}

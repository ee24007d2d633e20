"""Who goes next: the more urgent first, and whoever is as urgent in turn."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterable
from enum import IntEnum


class Priority(IntEnum):
    """Who goes first; within one class callers take turns."""

    INTERACTIVE = 0
    """A person waits for the answer, two seconds at most, then `RateLimitedError`."""
    WRITE = 1
    """A playlist is being written."""
    SCAN = 2
    """A library is being read."""
    NOW_PLAYING = 3
    """What a person listens to, for the line that shows it."""
    BACKGROUND = 4
    """Nobody looks."""


Turn = asyncio.Future[None]
Ring = OrderedDict[Hashable, deque[Turn]]


class Turns:
    """Callers in a queue.

    A class is a ring of people. Whoever's turn it is sends one caller through and goes to its end, so that
    it does not matter how many callers a person has; a person who comes, also again, joins at the end.
    """

    def __init__(self) -> None:
        self._rings: dict[Priority, Ring] = {priority: OrderedDict() for priority in Priority}

    def __len__(self) -> int:
        return sum(not turn.done() for turn in self._all(Priority))

    def join(self, priority: Priority, person: Hashable | None) -> Turn:
        """Return what is set when the caller's turn has come; without a person it is one by itself."""
        turn: Turn = asyncio.get_running_loop().create_future()
        ring = self._rings[priority]
        ring.setdefault(object() if person is None else person, deque()).append(turn)
        return turn

    def any(self) -> bool:
        """Return whether somebody waits."""
        return self._next_ring() is not None

    def pop(self) -> Turn:
        """Take out who goes next.

        Raises:
            IndexError: nobody waits.
        """
        if (ring := self._next_ring()) is None:
            raise IndexError("nobody waits")
        person, turns = ring.popitem(last=False)
        turn = turns.popleft()
        if turns:
            ring[person] = turns
        return turn

    def turn_away(self, priorities: Iterable[Priority], error: Callable[[], Exception]) -> None:
        """Let nobody of these classes wait any longer; each gets an error of its own."""
        for turn in self._all(priorities):
            if not turn.done():
                turn.set_exception(error())

    def _next_ring(self) -> Ring | None:
        """Return the ring whose first person has somebody who waits."""
        for ring in self._rings.values():
            while ring:
                person, turns = next(iter(ring.items()))
                while turns and turns[0].done():
                    turns.popleft()
                if turns:
                    return ring
                del ring[person]
        return None

    def _all(self, priorities: Iterable[Priority]) -> list[Turn]:
        return [turn for one in priorities for turns in self._rings[one].values() for turn in turns]

"""Progress of jobs, told to any number of listeners."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from pydantic import BaseModel

from app.clock import Clock


@dataclass(frozen=True)
class ProgressEvent:
    """The state of one thing at one time.

    Attributes:
        id: grows from event to event, also across restarts of the process.
        event: its kind, such as `progress`, `genres`, `done` or `problem`.
        data: all there is to say about that kind now, not what has changed since the last one.
    """

    id: int
    event: str
    data: BaseModel


class Channel:
    """Tells listeners the latest event of each kind.

    Only the latest event of a kind is kept, and listeners read from there: one that comes late or comes back
    is up to date at once, and a slow one misses steps but never the end and never fills the memory.
    """

    def __init__(self, *, first_id: int = 1) -> None:
        self.closed = False
        self._next_id = first_id
        self._latest: dict[str, ProgressEvent] = {}
        self._changed = asyncio.Event()

    def publish(self, event: str, data: BaseModel) -> ProgressEvent:
        """Tell everybody, now and later; after `close` nobody listens any more."""
        told = ProgressEvent(id=self._next_id, event=event, data=data)
        self._next_id += 1
        self._latest[event] = told
        self._wake()
        return told

    async def subscribe(self, last_id: int | None = None) -> AsyncIterator[ProgressEvent]:
        """Yield the latest event of each kind, then every newer one, until the channel is closed.

        Args:
            last_id: the last event the listener has seen (`Last-Event-ID`); only newer ones are yielded.
        """
        seen = last_id or 0
        if seen >= self._next_id:  # of another life of this channel
            seen = 0
        while True:
            changed = self._changed
            if event := self._after(seen):
                seen = event.id
                yield event
            elif self.closed:
                return
            else:
                await changed.wait()

    def close(self) -> None:
        """End every listener after the last event."""
        self.closed = True
        self._wake()

    def _after(self, seen: int) -> ProgressEvent | None:
        newer = (event for event in self._latest.values() if event.id > seen)
        return min(newer, key=lambda event: event.id, default=None)

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()


class Channels:
    """The open channels by the names of their jobs."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._open: dict[str, Channel] = {}

    def open(self, name: str) -> Channel:
        """Open a channel; an older one of the same name is closed."""
        self.close(name)
        channel = Channel(first_id=int(self._clock.now().timestamp() * 1000))
        self._open[name] = channel
        return channel

    def find(self, name: str) -> Channel | None:
        """Return the open channel of this name."""
        return self._open.get(name)

    def close(self, name: str) -> None:
        """Close a channel and forget it; its listeners still get its last events."""
        if channel := self._open.pop(name, None):
            channel.close()

    def close_all(self) -> None:
        """Close every channel, so that no listener keeps the process from ending."""
        for name in list(self._open):
            self.close(name)

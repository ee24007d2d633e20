"""What happened, told to whoever counts or shows it, so that features need not know each other."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog

from app.errors import AppError

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class SignedIn:
    """Somebody signed in; `name` and `avatar` are what Spotify calls and shows them now."""

    user_id: str
    name: str = ""
    avatar: str | None = None


@dataclass(frozen=True)
class SignInFailed:
    """Somebody was not signed in; `reason` is the machine name of why."""

    reason: str


@dataclass(frozen=True)
class ScanFinished:
    """A library was read to its end."""

    user_id: str
    songs: int


@dataclass(frozen=True)
class PlaylistCreated:
    """A playlist was made and filled."""

    user_id: str
    songs: int
    playlist_id: str = ""


@dataclass(frozen=True)
class PlaylistForgotten:
    """A playlist is kept no longer, because its listener removed it here or at Spotify."""

    user_id: str


@dataclass(frozen=True)
class ScheduleChanged:
    """Some playlist of somebody is refreshed by itself more or less often than before."""

    user_id: str


@dataclass(frozen=True)
class Disconnected:
    """Somebody's connection to Spotify is gone with all that came through it, also what is in memory."""

    user_id: str


@dataclass(frozen=True)
class AccountDeleted:
    """Everything kept of somebody was deleted; what is in memory has to go too."""

    user_id: str


@dataclass(frozen=True)
class RebuildAsked:
    """An operator wants everything that is made of stored values, and kept in memory, to be made anew."""


Event = (
    SignedIn
    | SignInFailed
    | ScanFinished
    | PlaylistCreated
    | PlaylistForgotten
    | ScheduleChanged
    | Disconnected
    | AccountDeleted
    | RebuildAsked
)
Handler = Callable[[Event], Awaitable[None]]


class Events:
    """Tells every subscriber; one that fails is logged and harms neither the others nor the publisher."""

    def __init__(self) -> None:
        self._handlers: list[Handler] = []

    def subscribe(self, handler: Handler) -> None:
        """Have `handler` called with every event from now on."""
        self._handlers.append(handler)

    async def publish(self, event: Event) -> None:
        """Tell that something happened."""
        for handler in self._handlers:
            try:
                await handler(event)
            except AppError as error:
                log.warning("event.not_taken", event_kind=type(event).__name__, error=error.code)

"""What everybody listens to who lets others see it."""

import asyncio
from dataclasses import dataclass

from app.accounts.preferences import PreferencesService
from app.clock import Clock
from app.events import AccountDeleted, Disconnected, Event
from app.listening.models import Listening
from app.listening.repository import ListeningRepository

LISTED_S = 60
"""How long the list of listeners is good for; who no longer wants to be seen is left out at once."""
MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Feed:
    """What others may see, the latest first.

    Attributes:
        age_s: how old the list is of whom anything is known.
    """

    listeners: tuple[Listening, ...]
    age_s: float


class ListeningFeed:
    """Puts the feed together from memory; the store is asked for listeners once a minute at most."""

    def __init__(
        self, repository: ListeningRepository, preferences: PreferencesService, clock: Clock
    ) -> None:
        self._repository = repository
        self._preferences = preferences
        self._clock = clock
        self._listed: tuple[str, ...] = ()
        self._listed_at: float | None = None
        self._listing: asyncio.Task[None] | None = None

    async def handle(self, event: Event) -> None:
        """Forget the list when somebody has left who may be on it."""
        if isinstance(event, (AccountDeleted, Disconnected)):
            self._listed, self._listed_at = (), None

    async def get(self) -> Feed:
        """Return the songs that play now of those who want them seen."""
        if self._listed_at is None or self._age_s >= LISTED_S:
            self._listing = self._listing or asyncio.create_task(self._list())
            await asyncio.shield(self._listing)
        listed = self._listed
        found = await self._repository.find_many(listed)
        wishes = await self._preferences.get_many(found)
        seen = [
            listening
            for user_id, listening in found.items()
            if (wish := wishes.get(user_id)) and wish.now_playing and wish.listening_feed
            if listening.public and self._plays(listening)
        ]
        over = {one for one in listed if one not in found}
        self._listed = tuple(one for one in self._listed if one not in over)
        seen.sort(key=lambda listening: listening.asked_at, reverse=True)
        return Feed(tuple(seen[:MOST_SHOWN]), self._age_s)

    @property
    def _age_s(self) -> float:
        return 0.0 if self._listed_at is None else self._clock.monotonic() - self._listed_at

    async def _list(self) -> None:
        try:
            self._listed = await self._repository.list_listeners()
            self._listed_at = self._clock.monotonic()
        finally:
            self._listing = None

    def _plays(self, listening: Listening) -> bool:
        return listening.ends_at is not None and self._clock.now() < listening.ends_at

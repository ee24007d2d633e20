"""How often Spotify may be asked what plays, so that one listener does not use up what all share."""

from datetime import UTC, datetime

from app.clock import Clock
from app.listening.repository import ListeningRepository
from app.spotify.client import SpotifyClient
from app.spotify.errors import BudgetUsedUpError
from app.upstream.capacity import WINDOW

MOST_A_DAY = 60
"""Calls for one person in any 24 hours, of those that all people share; a press of Refresh is not of them."""


class PlayerBudget:
    """Each person's part of the calls for now playing; the gate itself keeps the sum for all people."""

    def __init__(self, repository: ListeningRepository, spotify: SpotifyClient, clock: Clock) -> None:
        self._repository = repository
        self._spotify = spotify
        self._clock = clock

    async def take(self, user_id: str) -> None:
        """Count a call that is about to be made; nothing is counted where all calls are free.

        Raises:
            BudgetUsedUpError: the person has had as many as there are for one.
        """
        if self._spotify.capacity().limit is None:
            return
        made = await self._repository.get_calls(user_id, self._clock.now())
        if len(made) >= MOST_A_DAY:
            raise self._used_up(datetime.fromtimestamp(made[-MOST_A_DAY], UTC) + WINDOW)
        await self._repository.note_call(user_id, self._clock.now())

    def check_general(self) -> None:
        """Return if a person who presses Refresh may have a call that scans could have.

        Raises:
            BudgetUsedUpError: there is none left but for playlists.
        """
        capacity = self._spotify.capacity()
        if capacity.left == 0:
            raise self._used_up(capacity.blocked_until or self._clock.now() + WINDOW)

    def _used_up(self, until: datetime) -> BudgetUsedUpError:
        left_s = (until - self._clock.now()).total_seconds()
        return BudgetUsedUpError(resumes_at=until, retry_after=left_s)

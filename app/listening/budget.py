"""How often Spotify may be asked what plays, so that one listener does not use up what all share."""

from datetime import UTC, datetime

from app.clock import Clock
from app.listening.repository import ListeningRepository
from app.spotify.client import SpotifyClient
from app.spotify.errors import BudgetUsedUpError
from app.upstream.capacity import WINDOW

MOST_A_DAY = 60
"""Calls for one person in any 24 hours that nobody has pressed Refresh for."""
MOST_PRESSED = 120
"""The same together with those that the person has pressed for, which are taken from what scans have."""


class PlayerBudget:
    """Each person's part of the calls for now playing; the gate itself keeps the sum for all people."""

    def __init__(self, repository: ListeningRepository, spotify: SpotifyClient, clock: Clock) -> None:
        self._repository = repository
        self._spotify = spotify
        self._clock = clock

    async def take(self, user_id: str, *, pressed: bool) -> None:
        """Count a call that is about to be made; nothing is counted where all calls are free.

        Raises:
            BudgetUsedUpError: the person has had as many as there are for one, or has `pressed` Refresh and
                there is none left but for playlists.
        """
        capacity, now = self._spotify.capacity(), self._clock.now()
        if capacity.limit is None:
            return
        if pressed and capacity.left == 0:
            raise self._used_up(capacity.blocked_until or now + WINDOW)
        most = MOST_PRESSED if pressed else MOST_A_DAY
        made = await self._repository.get_calls(user_id, now)
        if len(made) >= most:
            raise self._used_up(datetime.fromtimestamp(made[-most], UTC) + WINDOW)
        await self._repository.note_call(user_id, now)

    def _used_up(self, until: datetime) -> BudgetUsedUpError:
        left_s = (until - self._clock.now()).total_seconds()
        return BudgetUsedUpError(resumes_at=until, retry_after=left_s)

"""Asking Spotify on behalf of a scan, which has all the time in the world: whatever passes is waited for."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from app.clock import Clock
from app.genres.scanning.journal import Journal
from app.spotify.errors import QuotaExceededError
from app.upstream.errors import RateLimitedError, UnavailableError

PAUSES_S = (30.0, 60.0, 120.0, 300.0)
"""How long it waits when Spotify does not answer, before it gives up."""
NAP_S = 60.0
"""Waits are slept in pieces, so that a clock that is set right does not lengthen them much."""

T = TypeVar("T")


class Patience:
    """Asks again after every wait, and keeps the cursor telling why it waits and until when."""

    def __init__(
        self, journal: Journal, clock: Clock, *, kept: Callable[[], str], on_wait: Callable[[], None]
    ) -> None:
        self._journal = journal
        self._clock = clock
        self._kept = kept
        self._on_wait = on_wait

    async def go_on(self) -> None:
        """Wait to the end of what the cursor still waits for."""
        if until := self._journal.cursor.resumes_at:
            await self._wait(until, self._journal.cursor.problem or "")

    async def ask(self, call: Callable[[], Awaitable[T]]) -> T:
        """Return the answer to a call, however long it takes until there is room for it.

        Raises:
            NeedsReconnectError: the person has to connect again.
            SpotifyError: Spotify refuses, or does not answer for several minutes.
        """
        pauses = iter(PAUSES_S)
        while True:
            try:
                return await call()
            except QuotaExceededError as error:
                await self._wait(error.resumes_at, self._pause_problem(error))
            except (RateLimitedError, UnavailableError) as error:
                if (pause_s := next(pauses, None)) is None:
                    raise
                until = self._clock.now() + timedelta(seconds=max(pause_s, error.retry_after or 0.0))
                await self._wait(until, f"{error.title}. {self._kept()}")

    async def _wait(self, until: datetime, problem: str) -> None:
        self._journal.change(status="waiting", resumes_at=until, problem=problem)
        await self._journal.try_to_save()
        self._on_wait()
        while (left_s := (until - self._clock.now()).total_seconds()) > 0:
            await self._clock.sleep(min(left_s, NAP_S))
        self._journal.change(status="running", resumes_at=None, problem=None)
        self._on_wait()

    def _pause_problem(self, error: QuotaExceededError) -> str:
        return f"{error.pause} until {error.resumes_at:%Y-%m-%d %H:%M} UTC. {self._kept()}"

"""What every source over HTTP needs: its gate, its breaker, and one kind of error."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, NoReturn

import httpx
import structlog

from app.clock import Clock
from app.upstream.breaker import Breaker
from app.upstream.errors import RateLimitedError, UnavailableError
from app.upstream.gate import Gate
from app.upstream.retry import backoff_s, retry_after_s

STOP_S = 60.0
"""How long a source is left alone that wants a pause and does not say how long."""
LONGEST_STOP = timedelta(days=1)
LONGEST_PAUSE_S = 30.0

log = structlog.get_logger()


class Caller:
    """Calls one outside service, at the pace of its gate.

    Attributes:
        name: of the service, as people read it.
        breaker: around every question.
    """

    def __init__(self, http: httpx.AsyncClient, gate: Gate, clock: Clock) -> None:
        self.name = gate.name
        self._http = http
        self._gate = gate
        self._clock = clock
        self.breaker = Breaker(gate.name, clock)

    @asynccontextmanager
    async def question(self) -> AsyncIterator[None]:
        """Stand around all calls of one question.

        Raises:
            UnavailableError: the breaker is open, or the service wants no calls for now.
        """
        try:
            async with self.breaker.question():
                yield
        except RateLimitedError as error:  # elsewhere that means Spotify, for which a scan waits
            raise UnavailableError(error.detail, retry_after=error.retry_after) from error

    async def send(self, method: str, url: str, **parts: Any) -> httpx.Response | None:
        """Return the answer, whatever its status, or None when there was none.

        Raises:
            RateLimitedError: the gate is blocked.
        """
        try:
            async with self._gate.slot():
                return await self._http.request(method, url, **parts)
        except httpx.RequestError as error:
            log.info("source.unreachable", source=self.name, error=type(error).__name__)
            return None

    def hold_off(self, response: httpx.Response | None, *, longest_s: float) -> None:
        """Hold the gate for everybody, for half of `longest_s` to all of it, or longer if the answer says so.

        Args:
            response: what was answered instead of something of use.
            longest_s: seconds.
        """
        asked_s = 0.0
        if response is not None:
            log.info("source.refused", source=self.name, status=response.status_code)
            asked_s = retry_after_s(response.headers.get("Retry-After"), now=self._clock.now()) or 0.0
        wait_s = backoff_s(1, base_s=longest_s, cap_s=longest_s)
        self._gate.pause(max(wait_s, min(asked_s, LONGEST_PAUSE_S)))

    async def stop(self, response: httpx.Response) -> NoReturn:
        """Turn everybody away for as long as the answer asks for, also after a restart.

        Raises:
            RateLimitedError: always.
        """
        now = self._clock.now()
        asked_s = retry_after_s(response.headers.get("Retry-After"), now=now)
        wait_s = min(STOP_S if asked_s is None else max(1.0, asked_s), LONGEST_STOP.total_seconds())
        await self._gate.block(now + timedelta(seconds=wait_s))
        raise RateLimitedError(f"{self.name} asks for a pause.", retry_after=wait_s)

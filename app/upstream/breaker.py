"""A breaker: an outside service that keeps failing is left alone for a while, and then tried once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from app.clock import Clock
from app.upstream.errors import UnavailableError

FAILURES = 3
"""So many questions in a row without an answer open the breaker."""
REST_S = 30.0
LONGEST_REST_S = 900.0

log = structlog.get_logger()


class Breaker:
    """Stands around every question to one service, retries included.

    Closed, it lets everybody through. After `failures` questions in a row that end in `UnavailableError` it
    opens: for `rest_s` everybody is told at once that there is no answer. Then one question is let through as
    a trial while the others are still turned away. Its answer closes the breaker; its failure opens it for
    twice as long, a quarter of an hour at most. Whatever else a question ends in says nothing.

    It remembers nothing over a restart: a start is as good a time for a trial as any.

    Attributes:
        answered: questions with an answer since the start.
        failed: questions that were asked and got none.
    """

    def __init__(self, name: str, clock: Clock, *, failures: int = FAILURES, rest_s: float = REST_S) -> None:
        self.name = name
        self.answered = self.failed = 0
        self._clock = clock
        self._most = failures
        self._first_rest_s = self._rest_s = rest_s
        self._failed = 0
        self._open_until: float | None = None
        self._on_trial = False

    @property
    def is_open(self) -> bool:
        """Whether a question would be turned away now."""
        return self.left_s > 0 or self._on_trial

    @property
    def left_s(self) -> float:
        """For how many seconds it stays open."""
        return 0.0 if self._open_until is None else max(0.0, self._open_until - self._clock.monotonic())

    @asynccontextmanager
    async def question(self) -> AsyncIterator[None]:
        """Let a question through and take note of how it ends.

        Raises:
            UnavailableError: the breaker is open; `retry_after` says for how long.
        """
        if self.is_open:
            text = f"{self.name} has not answered for a while, so it is left alone until it may be back."
            raise UnavailableError(text, retry_after=self.left_s or 1.0)
        is_trial = self._on_trial = self._open_until is not None
        try:
            yield
        except UnavailableError:
            self.failed += 1
            self._fail()
            raise
        else:
            self.answered += 1
            self._close()
        finally:
            self._on_trial = self._on_trial and not is_trial

    def _fail(self) -> None:
        self._failed += 1
        if self._failed < self._most or self.left_s > 0:
            return  # others that were under way fail too; that is no new reason
        if self._open_until is not None:
            self._rest_s = min(LONGEST_REST_S, 2 * self._rest_s)
        self._open_until = self._clock.monotonic() + self._rest_s
        log.warning("upstream.left_alone", service=self.name, seconds=self._rest_s)

    def _close(self) -> None:
        if self._open_until is not None:
            log.info("upstream.back", service=self.name)
        self._failed, self._rest_s, self._open_until = 0, self._first_rest_s, None

"""How MusicBrainz is asked, whatever the question.

Facts about the service are of November 2026: one request in flight and one a second per address, a
User-Agent with a contact (else 403), and two kinds of 503. About a quarter of proper requests are answered
"busy"; "exceeding the allowable rate" means that a longer stop is wanted.
"""

from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError

from app.clock import Clock
from app.genres.sources.caller import Caller
from app.upstream.errors import UnavailableError
from app.upstream.gate import Gate

SOURCE = "musicbrainz"
TRIES = 5
BUSY_S = 2.0
TOO_FAST_S = 10.0

_TOO_LONG = frozenset({httpx.codes.BAD_REQUEST, httpx.codes.REQUEST_URI_TOO_LONG})
_ANSWERS = frozenset({httpx.codes.OK, httpx.codes.NOT_FOUND})

M = TypeVar("M", bound=BaseModel)


class Lenient(BaseModel):
    """Part of an answer; what is not named is passed over."""

    model_config = ConfigDict(frozen=True)


@dataclass(frozen=True)
class Answer:
    """An answer from which something follows."""

    status: int
    body: dict[str, Any]

    @property
    def too_long(self) -> bool:
        """Whether it was asked about more at once than the service takes."""
        return self.status in _TOO_LONG

    def read(self, model: type[M]) -> M:
        """Return the body.

        Raises:
            UnavailableError: it has another form.
        """
        try:
            return model.model_validate(self.body)
        except ValidationError as error:
            raise UnavailableError("MusicBrainz gave an answer that could not be understood.") from error


class MusicBrainzApi:
    """One for all that is asked of MusicBrainz, so that they share its gate and its breaker."""

    def __init__(self, http: httpx.AsyncClient, gate: Gate, *, base_url: str, clock: Clock) -> None:
        if gate.max_in_flight != 1:
            raise ValueError("MusicBrainz allows one request in flight")
        self._caller = Caller(http, gate, clock)
        self.breaker = self._caller.breaker
        self._base_url = base_url.rstrip("/") + "/ws/2"

    async def get(self, path: str) -> Answer:
        """Ask, up to five times.

        Raises:
            UnavailableError: the service does not answer, or not usefully: nothing follows about any artist.
        """
        async with self._caller.question():
            for _ in range(TRIES):
                response = await self._caller.send("GET", self._base_url + path)
                if response is not None and (answer := _conclusive(response)):
                    return answer
                self._caller.hold_off(response, longest_s=_pause_s(response))
            raise UnavailableError("MusicBrainz does not answer right now. Genres already found are kept.")


def _conclusive(response: httpx.Response) -> Answer | None:
    if response.status_code == httpx.codes.FORBIDDEN:
        raise UnavailableError("MusicBrainz refuses this app. Its operator should set CONTACT.")
    if response.status_code in _TOO_LONG:
        return Answer(response.status_code, {})
    try:
        body = response.json() if response.status_code in _ANSWERS else None
    except ValueError:
        return None
    return Answer(response.status_code, body) if isinstance(body, dict) else None


def _pause_s(response: httpx.Response | None) -> float:
    if response is None:
        return BUSY_S
    too_fast = response.status_code == httpx.codes.TOO_MANY_REQUESTS or "exceeding" in response.text
    return TOO_FAST_S if too_fast else BUSY_S

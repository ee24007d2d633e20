"""One call to Spotify: the gate, the token, what is tried again and what every status means."""

from collections.abc import Hashable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx
import structlog

from app.clock import Clock
from app.spotify.complaints import complaint, error_for, lacks_permission
from app.spotify.errors import (
    BudgetUsedUpError,
    NeedsReconnectError,
    OutcomeUnknownError,
    PauseError,
    QuotaExceededError,
    SpotifyError,
    SpotifyUnavailableError,
)
from app.spotify.tokens import TokenSource
from app.upstream.capacity import Capacity
from app.upstream.errors import BlockedError, BudgetFullError, RateLimitedError
from app.upstream.gate import Gate, Priority
from app.upstream.retry import backoff_s, retry_after_s

SHORT_PAUSE_S = 30.0
"""The longest `Retry-After` that is waited for; a longer one is a block."""
USUAL_PAUSE_S = 5.0
"""Taken for a missing `Retry-After`."""
USUAL_BLOCK_S = 3600.0
"""Taken for a missing `Retry-After` when the quota is used up."""
LONGEST_BLOCK_S = 2 * 86_400.0
"""No longer block is believed: the quota's window is a day (developers' reports up to September 2026)."""

REJECTED = "Spotify refuses even a token that was just renewed. Connect again to go on."
_NOTHING_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

log = structlog.get_logger()


class _TokenRejectedError(SpotifyError):
    """Spotify answered 401 to a token; it is renewed once."""


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to ask for; `path` starts with a slash and is put behind the configured address.

    Attributes:
        body: what is sent as JSON.
        picture: what is sent instead, a JPEG in base64.
    """

    method: str
    path: str
    priority: Priority
    params: Mapping[str, str | int] = field(default_factory=dict)
    body: Mapping[str, Any] | None = None
    picture: bytes | None = None

    @property
    def reads(self) -> bool:
        """Whether asking twice does no harm."""
        return self.method == "GET"

    @property
    def headers(self) -> dict[str, str]:
        """What the body is, where httpx does not say so itself."""
        return {} if self.picture is None else {"Content-Type": "image/jpeg"}

    @property
    def waits(self) -> bool:
        """Whether nobody stands waiting, so that time may pass."""
        return self.priority is not Priority.INTERACTIVE

    @property
    def passes(self) -> bool:
        """Whether the answer is soon of no use, and another one is asked for anyway."""
        return self.priority is Priority.NOW_PLAYING

    @property
    def faults_allowed(self) -> int:
        """How many faults of Spotify's or the network's are put up with."""
        if not self.reads or self.passes:
            return 0
        return 3 if self.waits else 1

    @property
    def pauses_allowed(self) -> int:
        """How many short pauses that Spotify asks for are waited through."""
        return 2 if self.waits and not self.passes else 0


class Transport:
    """Sends requests to `api_url` and nowhere else, so no other host ever sees a token.

    Attributes:
        calls: attempts made so far, whatever became of them.
    """

    def __init__(self, http: httpx.AsyncClient, gate: Gate, *, api_url: str, clock: Clock) -> None:
        self.calls = 0
        self._http = http
        self._gate = gate
        self._api_url = api_url.rstrip("/")
        self._clock = clock
        self._nobody_waits = False

    def in_background(self) -> "Transport":
        """Return the same for what nobody waits for: it comes last, writes too, and never uses a reserve."""
        transport = copy(self)
        transport._nobody_waits = True  # noqa: SLF001 - one of its own kind
        return transport

    def capacity(self) -> Capacity:
        """Return how many calls there are to make."""
        return self._gate.capacity()

    async def send(self, tokens: TokenSource, request: Request) -> dict[str, Any]:
        """Ask until there is an answer or no sense in asking again.

        A GET is asked again after a fault of Spotify's or the network's, a POST never; after a short 429
        both are, because Spotify has not carried it out. Nothing waits while a person does.

        Raises:
            SpotifyError: any of its kinds.
            RateLimitedError: a short pause that a person does not wait for, or one pause too many.
            UncountedError: the store does not keep that a call is made, so none is.
        """
        if self._nobody_waits:
            request = replace(request, priority=Priority.BACKGROUND)
        faults = pauses = 0
        renewed = False
        token = await tokens.access_token()
        while True:
            try:
                return await self._attempt(request, token, turn=tokens)
            except _TokenRejectedError as error:
                if renewed:
                    raise NeedsReconnectError(REJECTED) from error
                renewed = True
                token = await tokens.access_token(rejected=token)
            except RateLimitedError:
                pauses += 1
                if pauses > request.pauses_allowed:
                    raise
            except SpotifyUnavailableError:
                faults += 1
                if faults > request.faults_allowed:
                    raise
                if request.waits:
                    await self._clock.sleep(backoff_s(faults))

    async def _attempt(self, request: Request, token: str, *, turn: Hashable) -> dict[str, Any]:
        try:
            async with self._gate.slot(request.priority, turn=turn):
                self.calls += 1
                response = await self._http.request(
                    request.method,
                    self._api_url + request.path,
                    params=request.params or None,
                    json=request.body,
                    content=request.picture,
                    headers={"Authorization": f"Bearer {token}", **request.headers},
                )
        except BlockedError as error:
            kind = BudgetUsedUpError if isinstance(error, BudgetFullError) else QuotaExceededError
            raise kind(resumes_at=error.until, retry_after=error.retry_after or 0.0) from error
        except httpx.RequestError as error:
            log.info("spotify.unreachable", path=request.path, error=type(error).__name__)
            raise _lost(request, sent=not isinstance(error, _NOTHING_SENT)) from error
        return await self._read(request, response)

    async def _read(self, request: Request, response: httpx.Response) -> dict[str, Any]:
        status = response.status_code
        if status == httpx.codes.UNAUTHORIZED and not lacks_permission(response):
            raise _TokenRejectedError
        if status == httpx.codes.TOO_MANY_REQUESTS:
            raise await self._slow_down(response)
        if response.is_success and (body := _json_object(response)) is not None:
            return body
        log.warning("spotify.refused", path=request.path, status=status, message=complaint(response)[0][:200])
        if response.is_success or response.is_server_error:
            raise _lost(request, sent=True)
        raise error_for(response, f"{request.method} {request.path}")

    async def _slow_down(self, response: httpx.Response) -> Exception:
        """Hold the gate for everybody and return the error of the one who ran into it."""
        exceeded = complaint(response)[1] == "QUOTA_EXCEEDED"
        asked_s = retry_after_s(response.headers.get("Retry-After"), now=self._clock.now())
        wait_s = min(asked_s or (USUAL_BLOCK_S if exceeded else USUAL_PAUSE_S), LONGEST_BLOCK_S)
        if not exceeded and wait_s <= SHORT_PAUSE_S:
            self._gate.pause(wait_s)
            return PauseError("It is asked as often as it allows. Try again then.", retry_after=wait_s)
        resumes_at = self._clock.now() + timedelta(seconds=wait_s)
        await self._gate.block(resumes_at)
        return QuotaExceededError(resumes_at=resumes_at, retry_after=wait_s)


def _json_object(response: httpx.Response) -> dict[str, Any] | None:
    """Return the body when it is a JSON object; 204 and other empty bodies are the empty one."""
    if not response.content:
        return {}
    try:
        body = response.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _lost(request: Request, *, sent: bool) -> SpotifyUnavailableError:
    if request.reads or not sent:
        return SpotifyUnavailableError(
            "Spotify does not answer right now. Nothing was changed; try again soon."
        )
    return OutcomeUnknownError("Spotify's answer got lost, so it is not sure whether the change was made.")

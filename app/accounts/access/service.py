"""Asking for access, and deciding on it."""

import secrets
from collections.abc import Mapping

import structlog
from limits import RateLimitItemPerHour

from app.accounts.access.models import MOST_OPEN, AccessRequest, AccessRequests, AccessWish, Decision
from app.accounts.access.repository import AccessRepository
from app.clock import Clock
from app.errors import Action, ConflictError, NotFoundError, TooManyRequestsError
from app.rate_limits import RateLimit

MOST_FROM_AN_ADDRESS = 10
TO_THE_START = Action("To the start page", "/")
DECIDED: Mapping[Decision, str] = {"approve": "access.approved", "deny": "access.denied"}

log = structlog.get_logger(__name__)


class TooManyAsksError(TooManyRequestsError):
    """One address asks for many accounts."""

    code = "too-many-access-requests"
    title = "Too many requests for access came from here"
    safe = "Nothing of this one was kept; those before it wait."
    action = TO_THE_START


class ListFullError(ConflictError):
    """As many wait as anybody can look at."""

    code = "access-list-full"
    title = "Too many people wait for access already"
    safe = "Nothing of yours was kept. Who runs this installation is named on the start page."
    action = TO_THE_START


class RequestDecidedError(NotFoundError):
    """There is no such request, or not any more."""

    code = "access-request-decided"
    title = "This request is no longer there"
    safe = "It was decided, asked anew or is older than ninety days."
    action = Action("All requests", "/operator/access-requests")


class AccessService:
    """Keeps name and address of people who ask, until somebody decides.

    Only a person can decide: Spotify takes new accounts through its dashboard alone.
    """

    def __init__(self, repository: AccessRepository, clock: Clock) -> None:
        self._repository = repository
        self._clock = clock
        self._limit = RateLimit(clock, RateLimitItemPerHour(MOST_FROM_AN_ADDRESS), TooManyAsksError)

    async def ask(self, wish: AccessWish, *, address: str) -> None:
        """Keep a request; who asks again takes the place of their first one.

        Raises:
            TooManyAsksError: ten were asked from this address within the hour.
            ListFullError: a hundred wait.
            KVError: it could not be made durable.
        """
        self._limit.take(address)
        now = self._clock.now()
        asked = AccessRequest(id=secrets.token_urlsafe(9), name=wish.name, email=wish.email, asked_at=now)

        def added(kept: AccessRequests) -> tuple[AccessRequest, ...]:
            others = [one for one in kept.open_at(now) if one.email.casefold() != wish.email.casefold()]
            if len(others) >= MOST_OPEN:
                raise ListFullError
            return (*others, asked)

        await self._repository.change(added)
        log.info("access.asked", request=asked.id)

    async def list_open(self) -> tuple[AccessRequest, ...]:
        """Return who waits, the oldest first.

        Raises:
            KVError: the store does not answer.
        """
        return (await self._repository.get()).open_at(self._clock.now())

    async def decide(self, request_id: str, decision: Decision) -> None:
        """Delete a request that was decided; the log keeps its id and the decision, nothing of the person.

        Raises:
            RequestDecidedError: it is not there any more.
            KVError: it may still be there.
        """
        now = self._clock.now()

        def without(kept: AccessRequests) -> tuple[AccessRequest, ...]:
            left = tuple(one for one in kept.open_at(now) if one.id != request_id)
            if len(left) == len(kept.open_at(now)):
                raise RequestDecidedError
            return left

        await self._repository.change(without)
        log.info(DECIDED[decision], request=request_id)

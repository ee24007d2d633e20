"""How often a route may be asked; `RateLimits` says how much that is, and of what."""

from collections.abc import Callable
from typing import Any

from fastapi import Depends, Request

from app.deps.callers import CurrentUser
from app.deps.services import ServicesDep
from app.rate_limits import RateLimit, RateLimits
from app.senders import address_of

Pick = Callable[[RateLimits], RateLimit]


def _by_address(pick: Pick) -> Any:
    """Return the dependency that counts a request by where it came from."""

    async def take(request: Request, services: ServicesDep) -> None:
        pick(services.limits).take(address_of(request))

    return Depends(take)


def _by_user(pick: Pick) -> Any:
    """Return the dependency that counts a request by who is signed in."""

    async def take(user: CurrentUser, services: ServicesDep) -> None:
        pick(services.limits).take(user.id)

    return Depends(take)


LimitSignIns = _by_address(lambda limits: limits.sign_ins)
LimitBoards = _by_address(lambda limits: limits.boards)
LimitCostly = _by_user(lambda limits: limits.costly)
LimitPlaying = _by_user(lambda limits: limits.playing)
LimitExports = _by_user(lambda limits: limits.exports)

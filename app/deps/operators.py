"""Operators: who is one, and what only they may ask."""

import structlog
from fastapi import Depends, Request

from app.accounts.crypto import fingerprint
from app.accounts.models import User
from app.admin.operators import NotOperatorError, TooManyTriesError
from app.deps.services import ServicesDep, services_of
from app.errors import raises
from app.senders import address_of, is_the_machine
from app.services import Services
from app.settings import Settings

log = structlog.get_logger(__name__)


async def find_operator(request: Request, services: ServicesDep) -> bool:
    """Return whether an operator asks: by token, operator session or account, or at the machine itself.

    Raises:
        TooManyTriesError: too many wrong tokens came from there.
        KVError: the store does not answer, and nothing but a session could tell.
    """
    if not (_has_token(request, services) or await is_operator(request, None)):
        return _is_admin(await services.sessions.find_user(request.cookies), services.settings)
    return True


@raises(NotOperatorError, TooManyTriesError)
async def require_operator(request: Request, services: ServicesDep) -> None:
    """Let operators through.

    Raises:
        NotOperatorError: the caller is none.
    """
    if not await find_operator(request, services):
        raise NotOperatorError("Send OPERATOR_TOKEN as a bearer token, or open /operator.")


OperatorDep = Depends(require_operator)


async def log_operator(request: Request, services: ServicesDep) -> None:
    """Log which operator asks; the request's id leads from there to what was done."""
    user = await services.sessions.find_user(request.cookies)
    account = fingerprint(user.id)[:16] if _is_admin(user, services.settings) and user else None
    log.info("operator.asks", address=address_of(request), account=account)


LoggedOperator = Depends(log_operator)


async def is_operator(request: Request, user: User | None) -> bool:
    """Whether this browser is an operator's, as far as is known without a token."""
    services = services_of(request)
    return (
        _is_local(request, services.settings)
        or _is_admin(user, services.settings)
        or await services.operators.has_session(request.cookies)
    )


def _has_token(request: Request, services: Services) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and services.operators.is_token(given, address=address_of(request))


def _is_admin(user: User | None, settings: Settings) -> bool:
    return user is not None and user.id in settings.admin_users


def _is_local(request: Request, settings: Settings) -> bool:
    """Whether an installation without operators is asked from its own machine."""
    has_operators = settings.operator_token or settings.admin_users
    return not has_operators and is_the_machine(request, settings)

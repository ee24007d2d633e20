"""What the simulator's routes are given."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from app.demo.records import Account
from app.demo.tokens import AccessToken
from app.demo.world import World

DEFAULT_LIMIT = 20
MOST_AT_ONCE = 50


class ApiError(Exception):
    """An error of the Web API, with Spotify's words as far as they are known."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True)
class Grant:
    """Whose data a call may use, and what for."""

    account: Account
    scopes: frozenset[str]

    def require(self, *scopes: str) -> None:
        """Refuse a call whose token lacks one of the scopes.

        Raises:
            ApiError: 403 in Spotify's words.
        """
        if not self.scopes.issuperset(scopes):
            raise ApiError(403, "Insufficient client scope")


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of a list is asked for."""

    limit: int
    offset: int


async def the_world(request: Request) -> World:
    """Return the simulator that the request reached."""
    world = request.app.state.world
    assert isinstance(world, World)  # noqa: S101 - tells the type checker what the factory put there
    return world


WorldDep = Annotated[World, Depends(the_world)]


async def granted(request: Request, world: WorldDep) -> Grant:
    """Return what the call's bearer token allows.

    Raises:
        ApiError: 401, the token is missing, not ours, too old, or its account is gone.
    """
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        raise ApiError(401, "No token provided")
    token = world.signer.read(AccessToken, text)
    account = world.find_account(token.account_id) if token else None
    if token is None or account is None:
        raise ApiError(401, "Invalid access token")
    if token.expires_at <= world.timestamp:
        raise ApiError(401, "The access token expired")
    return Grant(account, frozenset(token.scopes))


GrantDep = Annotated[Grant, Depends(granted)]


async def old_app(world: WorldDep, _: GrantDep) -> None:
    """Refuse what Spotify took away from apps made since February 2026, unless this app is an older one.

    Raises:
        ApiError: 403.
    """
    if not world.switches.old_api:
        raise ApiError(403, "Forbidden")


async def paging(request: Request) -> Paging:
    """Return the part of the list that is asked for.

    Raises:
        ApiError: 400, a limit over 50, or anything that is no number.
    """
    return read_paging(request, most=MOST_AT_ONCE)


def read_paging(request: Request, *, most: int) -> Paging:
    """Return the part of the list that is asked for.

    Raises:
        ApiError: 400, a limit over `most`, or anything that is no number.
    """
    limit = request.query_params.get("limit", str(DEFAULT_LIMIT))
    offset = request.query_params.get("offset", "0")
    if not limit.isdecimal() or not 1 <= int(limit) <= most:
        raise ApiError(400, "Invalid limit")
    if not offset.isdecimal():
        raise ApiError(400, "Invalid offset")
    return Paging(int(limit), int(offset))


PagingDep = Annotated[Paging, Depends(paging)]


async def json_body(request: Request) -> dict[str, Any]:
    """Return the JSON object that was sent; an empty body is an empty object.

    Raises:
        ApiError: 400, it is something else.
    """
    try:
        body = await request.json() if await request.body() else {}
    except ValueError as error:
        raise ApiError(400, "Error parsing JSON.") from error
    if not isinstance(body, dict):
        raise ApiError(400, "Error parsing JSON.")
    return body


BodyDep = Annotated[dict[str, Any], Depends(json_body)]

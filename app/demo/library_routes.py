"""The simulated Web API: what a person saves and follows, by URI."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from app.demo.catalogue import TRACK
from app.demo.deps import ApiError, Grant, GrantDep, WorldDep
from app.demo.world import World

MOST_URIS = 40
URI = re.compile(r"spotify:([a-z]+):[0-9A-Za-z]+")


class Scopes(NamedTuple):
    """What it takes to change things of a kind, and to see whether they are there."""

    change: str
    see: str


SAVED = Scopes("user-library-modify", "user-library-read")
FOLLOWED = Scopes("user-follow-modify", "user-follow-read")
# The API's document names the public scope for private playlists too.
FOLLOWED_PLAYLISTS = Scopes("playlist-modify-public", "playlist-read-private")
SCOPES: Mapping[str, Scopes] = {
    **dict.fromkeys(("track", "album", "episode", "show", "audiobook"), SAVED),
    **dict.fromkeys(("artist", "user"), FOLLOWED),
    "playlist": FOLLOWED_PLAYLISTS,
}

router = APIRouter(prefix="/api/v1/me/library")


async def uris_asked(request: Request) -> list[str]:
    """Return the addresses of the query; a body is not looked at.

    Raises:
        ApiError: 400, there are none, too many, or something else among them.
    """
    if "uris" not in request.query_params:
        raise ApiError(400, "Missing required field: uris")
    uris = [uri for uri in request.query_params["uris"].split(",") if uri]
    if not uris:
        raise ApiError(400, "No uris provided")
    if len(uris) > MOST_URIS:
        raise ApiError(400, f"Too many uris, at most {MOST_URIS}")
    for uri in uris:
        found = URI.fullmatch(uri)
        if not found or found[1] not in SCOPES:
            raise ApiError(400, f"Invalid uri: {uri}")
    return uris


UrisDep = Annotated[list[str], Depends(uris_asked)]


@router.put("")
async def save(world: WorldDep, grant: GrantDep, uris: UrisDep) -> Response:
    """Save or follow."""
    _require(grant, uris, lambda scopes: scopes.change)
    change_library(world, grant, uris, add=True)
    return Response(status_code=200)


@router.delete("")
async def remove(world: WorldDep, grant: GrantDep, uris: UrisDep) -> Response:
    """Remove or unfollow; for one's own playlist that is as much as deleting it."""
    _require(grant, uris, lambda scopes: scopes.change)
    change_library(world, grant, uris, add=False)
    return Response(status_code=200)


@router.get("/contains")
async def contains(world: WorldDep, grant: GrantDep, uris: UrisDep) -> JSONResponse:
    """Tell of each address whether it is saved or followed."""
    _require(grant, uris, lambda scopes: scopes.see)
    return JSONResponse(in_library(world, grant, uris))


def change_library(world: World, grant: Grant, uris: Sequence[str], *, add: bool) -> None:
    """Save or remove.

    Raises:
        ApiError: 400, there is no such song.
    """
    songs = [uri for uri in uris if uri.startswith(TRACK)]
    if add and any(world.catalogue.find_track(uri) is None for uri in songs):
        raise ApiError(400, "Payload contains a non-existing ID")
    if add:
        world.libraries.like(grant.account, songs, world.clock.now())
    else:
        world.libraries.unlike(grant.account, songs)
    _follow(world, grant, [uri for uri in uris if uri not in songs], add=add)


def in_library(world: World, grant: Grant, uris: Sequence[str]) -> list[bool]:
    """Tell of each address whether it is there."""
    likes, followed = world.libraries.of(grant.account), set(grant.account.followed)
    followed |= {one.uri for one in world.playlists_of(grant.account) if one}
    return [uri in likes if uri.startswith(TRACK) else uri in followed for uri in uris]


def _follow(world: World, grant: Grant, uris: Sequence[str], *, add: bool) -> None:
    """Change what is followed; playlists that are there from the start are only left out or let in again."""
    account = grant.account
    own = {one.uri for one in world.state.playlists if one.account_id == account.id} | {world.followed.uri}
    followed = [uri for uri in account.followed if uri not in uris]
    unfollowed = [uri for uri in account.unfollowed if uri not in uris]
    if add:
        followed = [*(uri for uri in uris if uri not in own), *followed]
    else:
        unfollowed += [uri for uri in uris if uri in own]
    fields = {"followed": tuple(followed), "unfollowed": tuple(unfollowed)}
    world.state.put_account(account.model_copy(update=fields))


def _require(grant: Grant, uris: Sequence[str], scope_of: Callable[[Scopes], str]) -> None:
    grant.require(*{scope_of(SCOPES[uri.split(":")[1]]) for uri in uris})

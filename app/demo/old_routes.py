"""The simulated Web API: what apps made since February 2026 no longer have.

These are the routes that an app like ours would use. The others of `calls.REMOVED` are refused to older apps
too.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from app.demo.catalogue import TRACK
from app.demo.deps import ApiError, BodyDep, GrantDep, WorldDep, old_app
from app.demo.library_routes import FOLLOWED_PLAYLISTS, SAVED, change_library, in_library
from app.demo.playlist_rules import find_playlist
from app.demo.playlists_routes import made_playlist

MOST_IDS = 50

router = APIRouter(prefix="/api/v1", dependencies=[Depends(old_app)])


async def ids_asked(request: Request) -> list[str]:
    """Return the ids of the query.

    Raises:
        ApiError: 400, there are none or too many.
    """
    ids = [one for one in request.query_params.get("ids", "").split(",") if one]
    if not ids:
        raise ApiError(400, "Missing required field: ids")
    if len(ids) > MOST_IDS:
        raise ApiError(400, "Too many ids requested")
    return ids


IdsDep = Annotated[list[str], Depends(ids_asked)]


@router.get("/artists")
async def artists(world: WorldDep, ids: IdsDep) -> JSONResponse:
    """Return up to fifty artists, null for one that is not there."""
    found = (world.catalogue.find_artist(one) for one in ids)
    return JSONResponse({"artists": [artist and world.shapes.artist(artist) for artist in found]})


@router.get("/tracks")
async def tracks(world: WorldDep, ids: IdsDep) -> JSONResponse:
    """Return up to fifty songs, null for one that is not there."""
    found = (world.catalogue.find_track(f"{TRACK}{one}") for one in ids)
    return JSONResponse({"tracks": [track and world.shapes.track(track) for track in found]})


@router.post("/users/{user_id}/playlists", status_code=201)
async def create_playlist(user_id: str, world: WorldDep, grant: GrantDep, body: BodyDep) -> JSONResponse:
    """Make a playlist for oneself."""
    if user_id not in {grant.account.user_id, grant.account.id}:
        raise ApiError(403, "You cannot create a playlist for another user")
    return JSONResponse(made_playlist(world, grant, body), 201)


@router.put("/me/tracks")
async def save_tracks(world: WorldDep, grant: GrantDep, ids: IdsDep) -> Response:
    """Like songs."""
    grant.require(SAVED.change)
    change_library(world, grant, _uris(ids), add=True)
    return Response(status_code=200)


@router.delete("/me/tracks")
async def remove_tracks(world: WorldDep, grant: GrantDep, ids: IdsDep) -> Response:
    """Unlike songs."""
    grant.require(SAVED.change)
    change_library(world, grant, _uris(ids), add=False)
    return Response(status_code=200)


@router.get("/me/tracks/contains")
async def has_tracks(world: WorldDep, grant: GrantDep, ids: IdsDep) -> JSONResponse:
    """Tell of each song whether it is liked."""
    grant.require(SAVED.see)
    return JSONResponse(in_library(world, grant, _uris(ids)))


@router.put("/playlists/{playlist_id}/followers")
async def follow_playlist(playlist_id: str, world: WorldDep, grant: GrantDep) -> Response:
    """Follow a playlist."""
    grant.require(FOLLOWED_PLAYLISTS.change)
    change_library(world, grant, [find_playlist(world, playlist_id).uri], add=True)
    return Response(status_code=200)


@router.delete("/playlists/{playlist_id}/followers")
async def unfollow_playlist(playlist_id: str, world: WorldDep, grant: GrantDep) -> Response:
    """Follow a playlist no longer; for one's own that is as much as deleting it."""
    grant.require(FOLLOWED_PLAYLISTS.change)
    change_library(world, grant, [find_playlist(world, playlist_id).uri], add=False)
    return Response(status_code=200)


@router.get("/playlists/{playlist_id}/followers/contains")
async def follows_playlist(playlist_id: str, world: WorldDep, grant: GrantDep) -> JSONResponse:
    """Tell whether the person follows a playlist."""
    grant.require(FOLLOWED_PLAYLISTS.see)
    return JSONResponse(in_library(world, grant, [find_playlist(world, playlist_id).uri]))


def _uris(ids: list[str]) -> list[str]:
    return [f"{TRACK}{one}" for one in ids]

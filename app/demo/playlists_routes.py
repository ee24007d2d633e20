"""The simulated Web API: playlists without their songs."""

import base64
import binascii
import hashlib

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from app.demo.deps import ApiError, BodyDep, Grant, GrantDep, PagingDep, WorldDep
from app.demo.listing import Json, page
from app.demo.people import new_id
from app.demo.playlist_rules import (
    find_own,
    find_playlist,
    knows_episodes,
    may_read,
    owner_of,
    playlist_in,
    require_modify,
    require_read,
)
from app.demo.records import Playlist
from app.demo.world import World

MOST_EMBEDDED = 100
LARGEST_COVER_BYTES = 256 * 1024
JPEG = b"\xff\xd8\xff"

router = APIRouter(prefix="/api/v1")


@router.get("/me/playlists")
async def my_playlists(world: WorldDep, grant: GrantDep, wanted: PagingDep) -> JSONResponse:
    """Return a page of the person's playlists, with one followed and one null as real lists have."""
    grant.require("playlist-read-private")
    listed = world.playlists_of(grant.account)
    if "playlist-read-collaborative" not in grant.scopes:
        listed = [one for one in listed if one is None or not one.collaborative]
    shapes = [
        one and world.playlist_shapes.listed(one, owner_of(world, one), counted=may_read(world, grant, one))
        for one in listed[wanted.offset : wanted.offset + wanted.limit]
    ]
    href = f"{world.options.api_url}/me/playlists"
    total = len(listed)
    return JSONResponse(page(href, shapes, limit=wanted.limit, offset=wanted.offset, total=total))


@router.post("/me/playlists", status_code=201)
async def create_playlist(world: WorldDep, grant: GrantDep, body: BodyDep) -> JSONResponse:
    """Make a playlist."""
    return JSONResponse(made_playlist(world, grant, body), 201)


def made_playlist(world: World, grant: Grant, body: Json) -> Json:
    """Make a playlist and return it.

    Raises:
        ApiError: 400 or 403.
    """
    fields = playlist_in(body)
    if not fields.get("name"):
        raise ApiError(400, "Missing required field: name")
    playlist = Playlist(id=new_id(), account_id=grant.account.id, **fields)
    require_modify(grant, playlist)
    world.state.put_playlists(playlist)
    return _whole(world, playlist, episodes=False)


@router.get("/playlists/{playlist_id}")
async def playlist(request: Request, playlist_id: str, world: WorldDep, grant: GrantDep) -> JSONResponse:
    """Return a playlist, with its first hundred songs if the person may read them."""
    found = find_playlist(world, playlist_id)
    if not may_read(world, grant, found):
        return JSONResponse(world.playlist_shapes.metadata(found, owner_of(world, found)))
    require_read(grant, found)
    return JSONResponse(_whole(world, found, episodes=knows_episodes(request)))


@router.put("/playlists/{playlist_id}")
async def change_playlist(playlist_id: str, world: WorldDep, grant: GrantDep, body: BodyDep) -> Response:
    """Change a playlist's name, description or visibility."""
    found = find_own(world, grant, playlist_id)
    require_modify(grant, found)
    changed = found.changed(**playlist_in(body))
    require_modify(grant, changed)
    world.state.put_playlists(changed)
    return Response(status_code=200)


@router.get("/playlists/{playlist_id}/images")
async def pictures(playlist_id: str, world: WorldDep, grant: GrantDep) -> JSONResponse:
    """Return the playlist's pictures."""
    found = find_playlist(world, playlist_id)
    if may_read(world, grant, found):
        require_read(grant, found)
    return JSONResponse(world.playlist_shapes.images(found) or [])


@router.put("/playlists/{playlist_id}/images", status_code=202)
async def change_picture(request: Request, playlist_id: str, world: WorldDep, grant: GrantDep) -> Response:
    """Take a JPEG in base64; a missing scope is 401 here, and the size is that of the text."""
    found = find_own(world, grant, playlist_id)
    if "ugc-image-upload" not in grant.scopes:
        raise ApiError(401, "Unauthorized.")
    require_modify(grant, found)
    text = await request.body()
    if len(text) > LARGEST_COVER_BYTES:
        raise ApiError(413, "Image too large")
    if not _is_jpeg(text):
        raise ApiError(400, "Invalid base64 image")
    world.state.put_playlists(found.changed(cover=hashlib.sha256(text).hexdigest()))
    return Response(status_code=202)


def _is_jpeg(text: bytes) -> bool:
    try:
        return base64.b64decode(text, validate=True).startswith(JPEG)
    except binascii.Error:
        return False


def _whole(world: World, playlist: Playlist, *, episodes: bool) -> Json:
    owner, shapes = owner_of(world, playlist), world.playlist_shapes
    places = slice(0, MOST_EMBEDDED)
    return shapes.whole(playlist, owner, shapes.items(playlist, owner, places, episodes=episodes))

"""The simulated Web API: playlists."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, ValidationError

from app.demo.deps import ApiError, BodyDep, Grant, GrantDep, Paging, PagingDep, WorldDep
from app.demo.people import is_id, new_id
from app.demo.seeds import STRANGER
from app.demo.shapes import Json, page
from app.demo.state import Entry, Playlist
from app.demo.world import World

LONGEST_NAME = 100
LONGEST_DESCRIPTION = 300
MOST_URIS = 100
MOST_ENTRIES = 10_000
FIRST_PAGE = Paging(limit=100, offset=0)

router = APIRouter(prefix="/api/v1")


class PlaylistIn(BaseModel):
    """What may be said about a playlist; public unless said otherwise, as at Spotify."""

    model_config = ConfigDict(frozen=True, strict=True)

    name: str | None = None
    description: str | None = None
    public: bool | None = None
    collaborative: bool | None = None

    def said(self) -> Json:
        """Return what was said."""
        return self.model_dump(exclude_none=True)


class ItemsIn(BaseModel):
    """Songs to add, and where."""

    model_config = ConfigDict(frozen=True, strict=True)

    uris: list[str] = []
    position: int | None = None


@router.get("/me/playlists")
async def my_playlists(world: WorldDep, grant: GrantDep, wanted: PagingDep) -> JSONResponse:
    """Return a page of the person's playlists, with one followed and one null as real lists have."""
    grant.require("playlist-read-private")
    own = [playlist for playlist in world.state.playlists if playlist.account_id == grant.account.id]
    listed = [*reversed(own), world.followed, None]
    shapes = [
        playlist and _listed(world, grant, playlist)
        for playlist in listed[wanted.offset : wanted.offset + wanted.limit]
    ]
    href = f"{world.options.api_url}/me/playlists"
    total = len(listed)
    return JSONResponse(page(href, shapes, limit=wanted.limit, offset=wanted.offset, total=total))


@router.post("/me/playlists", status_code=201)
async def create_playlist(world: WorldDep, grant: GrantDep, body: BodyDep) -> JSONResponse:
    """Make a playlist."""
    fields = _playlist_in(body)
    if not fields.get("name"):
        raise ApiError(400, "Missing required field: name")
    playlist = Playlist(id=new_id(), account_id=grant.account.id, **fields)
    _require_modify(grant, playlist)
    world.state.put_playlists(playlist)
    return JSONResponse(_whole(world, grant, playlist), 201)


@router.get("/playlists/{playlist_id}")
async def playlist(playlist_id: str, world: WorldDep, grant: GrantDep) -> JSONResponse:
    """Return a playlist, with its first hundred songs if it is the person's own."""
    found = _find(world, playlist_id)
    if found.account_id != grant.account.id:
        return JSONResponse(_metadata(world, found))
    if not found.public:
        grant.require("playlist-read-private")
    return JSONResponse(_whole(world, grant, found))


@router.put("/playlists/{playlist_id}")
async def change_playlist(playlist_id: str, world: WorldDep, grant: GrantDep, body: BodyDep) -> Response:
    """Change a playlist's name, description or visibility."""
    found = _own(world, grant, playlist_id)
    _require_modify(grant, found)
    changed = found.model_copy(update={**_playlist_in(body), "revision": found.revision + 1})
    _require_modify(grant, changed)
    world.state.put_playlists(changed)
    return Response(status_code=200)


@router.get("/playlists/{playlist_id}/items")
async def playlist_items(
    playlist_id: str, world: WorldDep, grant: GrantDep, wanted: PagingDep
) -> JSONResponse:
    """Return a page of a playlist's songs in order."""
    found = _own(world, grant, playlist_id)
    grant.require("playlist-read-private")
    return JSONResponse(_items(world, grant, found, wanted))


@router.post("/playlists/{playlist_id}/items", status_code=201)
async def add_items(
    request: Request, playlist_id: str, world: WorldDep, grant: GrantDep, body: BodyDep
) -> JSONResponse:
    """Add songs at the end or at a position."""
    found = _own(world, grant, playlist_id)
    _require_modify(grant, found)
    items = _items_in(request, body)
    _check_uris(world, items.uris)
    position = len(found.entries) if items.position is None else items.position
    if not 0 <= position <= len(found.entries):
        raise ApiError(400, "Index out of bounds.")
    if len(found.entries) + len(items.uris) > MOST_ENTRIES:
        raise ApiError(403, "Playlist size limit reached")
    now = world.clock.now()
    added = tuple(Entry(uri=uri, added_at=now) for uri in items.uris)
    entries = (*found.entries[:position], *added, *found.entries[position:])
    changed = found.model_copy(update={"entries": entries, "revision": found.revision + 1})
    world.state.put_playlists(changed)
    return JSONResponse({"snapshot_id": changed.snapshot_id}, 201)


def _find(world: World, playlist_id: str) -> Playlist:
    if not is_id(playlist_id):
        raise ApiError(400, "Invalid base62 id")
    found = world.find_playlist(playlist_id)
    if found is None:
        raise ApiError(404, "Resource not found")
    return found


def _own(world: World, grant: Grant, playlist_id: str) -> Playlist:
    """Return the playlist if its songs are the person's to read and change."""
    found = _find(world, playlist_id)
    if found.account_id != grant.account.id:
        raise ApiError(403, "Forbidden")
    return found


def _require_modify(grant: Grant, playlist: Playlist) -> None:
    if playlist.public or playlist.collaborative:
        grant.require("playlist-modify-public")
    if not playlist.public:
        grant.require("playlist-modify-private")


def _playlist_in(body: dict[str, Any]) -> Json:
    try:
        said = PlaylistIn.model_validate(body).said()
    except ValidationError as error:
        raise ApiError(400, "Error parsing JSON.") from error
    if len(said.get("name", "")) > LONGEST_NAME:
        raise ApiError(400, "Playlist name is too long")
    description = said.get("description", "")
    if "\n" in description or "\r" in description or len(description) > LONGEST_DESCRIPTION:
        raise ApiError(400, "Invalid description")
    if said.get("collaborative") and said.get("public", True):
        raise ApiError(400, "Collaborative playlists cannot be public")
    return said


def _items_in(request: Request, body: dict[str, Any]) -> ItemsIn:
    """Return what to add; addresses in the query make those in the body void."""
    try:
        items = ItemsIn.model_validate(body)
    except ValidationError as error:
        raise ApiError(400, "Error parsing JSON.") from error
    query = request.query_params
    if "uris" in query:
        items = items.model_copy(update={"uris": query["uris"].split(",")})
    if query.get("position", "").isdecimal():
        items = items.model_copy(update={"position": int(query["position"])})
    return items


def _check_uris(world: World, uris: Sequence[str]) -> None:
    if not uris:
        raise ApiError(400, "No uris provided")
    if len(uris) > MOST_URIS:
        raise ApiError(400, f"You can add a maximum of {MOST_URIS} tracks per request.")
    for uri in uris:
        if not uri.startswith("spotify:track:") or not is_id(uri.removeprefix("spotify:track:")):
            raise ApiError(400, f"Invalid track uri: {uri}")
        if uri not in world.catalogue.tracks:
            raise ApiError(400, "Payload contains a non-existing ID")


def _metadata(world: World, playlist: Playlist) -> Json:
    owner = world.find_account(playlist.account_id) or STRANGER
    return world.shapes.playlist(playlist, owner)


def _listed(world: World, grant: Grant, playlist: Playlist) -> Json:
    """A playlist in a list: only how many songs, and that only for one's own."""
    shape = _metadata(world, playlist)
    if playlist.account_id == grant.account.id:
        shape["items"] = {"href": world.shapes.items_href(playlist), "total": len(playlist.entries)}
    return shape


def _whole(world: World, grant: Grant, playlist: Playlist) -> Json:
    items = _items(world, grant, playlist, FIRST_PAGE)
    return {**_metadata(world, playlist), "items": items}


def _items(world: World, grant: Grant, playlist: Playlist, wanted: Paging) -> Json:
    part = playlist.entries[wanted.offset : wanted.offset + wanted.limit]
    return page(
        world.shapes.items_href(playlist),
        [world.shapes.playlist_item(entry, grant.account) for entry in part],
        limit=wanted.limit,
        offset=wanted.offset,
        total=len(playlist.entries),
    )

"""The simulated Web API: playlists."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, ValidationError

from app.demo.deps import ApiError, BodyDep, Grant, GrantDep, Paging, PagingDep, WorldDep
from app.demo.listing import Json, page
from app.demo.people import is_id, new_id
from app.demo.seeds import STRANGER
from app.demo.state import Account, Entry, Playlist
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
    listed = world.playlists_of(grant.account)
    if "playlist-read-collaborative" not in grant.scopes:
        listed = [one for one in listed if one is None or not one.collaborative]
    shapes = [
        one and world.playlist_shapes.listed(one, _owner(world, one))
        for one in listed[wanted.offset : wanted.offset + wanted.limit]
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
    return JSONResponse(_whole(world, playlist, episodes=False), 201)


@router.get("/playlists/{playlist_id}")
async def playlist(request: Request, playlist_id: str, world: WorldDep, grant: GrantDep) -> JSONResponse:
    """Return a playlist, with its first hundred songs if the person may read them."""
    found = _find(world, playlist_id)
    if not _may_read(grant, found):
        return JSONResponse(world.playlist_shapes.metadata(found, _owner(world, found)))
    _require_read(grant, found)
    return JSONResponse(_whole(world, found, episodes=_episodes(request)))


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
    request: Request, playlist_id: str, world: WorldDep, grant: GrantDep, wanted: PagingDep
) -> JSONResponse:
    """Return a page of a playlist's songs in order."""
    found = _own(world, grant, playlist_id)
    grant.require("playlist-read-private")
    _require_read(grant, found)
    return JSONResponse(_items(world, found, wanted, episodes=_episodes(request)))


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
        raise ApiError(world.switches.full_playlist_status, "Playlist size limit reached")
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
    if not _may_read(grant, found):
        raise ApiError(403, "Forbidden")
    return found


def _may_read(grant: Grant, playlist: Playlist) -> bool:
    return playlist.account_id == grant.account.id and playlist.is_open


def _require_read(grant: Grant, playlist: Playlist) -> None:
    if playlist.collaborative:
        grant.require("playlist-read-collaborative")
    elif not playlist.public:
        grant.require("playlist-read-private")


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
        if world.catalogue.find_track(uri) is None:
            raise ApiError(400, "Payload contains a non-existing ID")


def _owner(world: World, playlist: Playlist) -> Account:
    owner = None if playlist.by_stranger else world.find_account(playlist.account_id)
    return owner or STRANGER


def _episodes(request: Request) -> bool:
    """Whether the app says that it knows what an episode is."""
    return "episode" in request.query_params.get("additional_types", "").split(",")


def _whole(world: World, playlist: Playlist, *, episodes: bool) -> Json:
    items = _items(world, playlist, FIRST_PAGE, episodes=episodes)
    return world.playlist_shapes.whole(playlist, _owner(world, playlist), items)


def _items(world: World, playlist: Playlist, wanted: Paging, *, episodes: bool) -> Json:
    places = slice(wanted.offset, wanted.offset + wanted.limit)
    return world.playlist_shapes.items(playlist, _owner(world, playlist), places, episodes=episodes)

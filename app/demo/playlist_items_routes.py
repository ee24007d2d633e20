"""The simulated Web API: the songs of playlists, under `/items`, for older apps under `/tracks` too."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.demo.catalogue import EPISODE, TRACK
from app.demo.deps import ApiError, BodyDep, GrantDep, Paging, WorldDep, old_app, read_paging
from app.demo.people import is_id
from app.demo.playlist_rules import (
    find_own,
    find_playlist,
    knows_episodes,
    may_read,
    owner_of,
    require_modify,
    require_read,
)
from app.demo.records import Entry, Playlist
from app.demo.world import World

MOST_URIS = 100
MOST_ENTRIES = 10_000
MOST_TRACKS_A_PAGE = 100
PLAYLIST = "/playlists/{playlist_id}"

router = APIRouter(prefix="/api/v1")
old_router = APIRouter(prefix="/api/v1", dependencies=[Depends(old_app)])


class ItemsIn(BaseModel):
    """Songs to add, and where; or all songs of the playlist; or a range to move."""

    model_config = ConfigDict(frozen=True, strict=True)

    uris: list[str] | None = None
    position: int | None = None
    range_start: int | None = Field(default=None, ge=0)
    insert_before: int | None = Field(default=None, ge=0)
    range_length: int = Field(default=1, ge=1, le=MOST_URIS)
    snapshot_id: str | None = None


async def items_paging(request: Request, world: WorldDep) -> Paging:
    """Return the part that is asked for; the old route gives more at once."""
    is_old = request.url.path.endswith("/tracks")
    return read_paging(request, most=MOST_TRACKS_A_PAGE if is_old else world.switches.most_items_a_page)


async def items_in(request: Request, body: BodyDep) -> ItemsIn:
    """Return what was sent; addresses in the query make those in the body void."""
    try:
        items = ItemsIn.model_validate(body)
    except ValidationError as error:
        raise ApiError(400, "Error parsing JSON.") from error
    query, said = request.query_params, dict[str, Any]()
    if "uris" in query:
        said["uris"] = [uri for uri in query["uris"].split(",") if uri]
    if query.get("position", "").isdecimal():
        said["position"] = int(query["position"])
    return items.model_copy(update=said)


ItemsDep = Annotated[ItemsIn, Depends(items_in)]


@old_router.get(f"{PLAYLIST}/tracks")
@router.get(f"{PLAYLIST}/items")
async def playlist_items(
    request: Request,
    playlist_id: str,
    world: WorldDep,
    grant: GrantDep,
    wanted: Annotated[Paging, Depends(items_paging)],
) -> JSONResponse:
    """Return a page of a playlist's songs in order."""
    found = find_playlist(world, playlist_id)
    if not may_read(world, grant, found):
        raise ApiError(403, "Forbidden")
    grant.require("playlist-read-private")
    require_read(grant, found)
    places = slice(wanted.offset, wanted.offset + wanted.limit)
    shapes, episodes = world.playlist_shapes, knows_episodes(request)
    return JSONResponse(shapes.items(found, owner_of(world, found), places, episodes=episodes))


@old_router.post(f"{PLAYLIST}/tracks", status_code=201)
@router.post(f"{PLAYLIST}/items", status_code=201)
async def add_items(playlist_id: str, world: WorldDep, grant: GrantDep, items: ItemsDep) -> JSONResponse:
    """Add songs at the end or at a position."""
    found = find_own(world, grant, playlist_id)
    require_modify(grant, found)
    if not items.uris:
        raise ApiError(400, "No uris provided")
    added = _entries(world, items.uris)
    position = len(found.entries) if items.position is None else items.position
    if not 0 <= position <= len(found.entries):
        raise ApiError(400, "Index out of bounds.")
    if len(found.entries) + len(added) > MOST_ENTRIES:
        raise ApiError(world.switches.full_playlist_status, "Playlist size limit reached")
    entries = (*found.entries[:position], *added, *found.entries[position:])
    return JSONResponse(_with_entries(world, found, entries), 201)


@old_router.put(f"{PLAYLIST}/tracks")
@router.put(f"{PLAYLIST}/items")
async def replace_items(playlist_id: str, world: WorldDep, grant: GrantDep, items: ItemsDep) -> JSONResponse:
    """Put these songs in the place of all others, or move a range of songs; never both."""
    found = find_own(world, grant, playlist_id)
    require_modify(grant, found)
    if items.range_start is None:
        if items.uris is None:
            raise ApiError(400, "No uris provided")
        return JSONResponse(_with_entries(world, found, _entries(world, items.uris)))
    if items.uris is not None or items.insert_before is None:
        raise ApiError(400, "Error parsing JSON.")
    return JSONResponse(_with_entries(world, found, _moved(found.entries, items)))


@old_router.delete(f"{PLAYLIST}/tracks")
@router.delete(f"{PLAYLIST}/items")
async def remove_items(
    request: Request, playlist_id: str, world: WorldDep, grant: GrantDep, body: BodyDep
) -> JSONResponse:
    """Take every copy of these songs out; positions are accepted and ignored."""
    found = find_own(world, grant, playlist_id)
    require_modify(grant, found)
    named = body.get("tracks" if request.url.path.endswith("/tracks") else "items")
    if not isinstance(named, list) or not 1 <= len(named) <= MOST_URIS:
        raise ApiError(400, "No uris provided")
    gone = {one.get("uri") for one in named if isinstance(one, dict)}
    entries = tuple(entry for entry in found.entries if entry.uri is None or entry.uri not in gone)
    return JSONResponse(_with_entries(world, found, entries))


def _with_entries(world: World, playlist: Playlist, entries: Sequence[Entry]) -> dict[str, str]:
    changed = playlist.changed(entries=tuple(entries))
    world.state.put_playlists(changed)
    return {"snapshot_id": changed.snapshot_id}


def _entries(world: World, uris: Sequence[str]) -> tuple[Entry, ...]:
    """Return places for songs and episodes that there are."""
    if len(uris) > MOST_URIS:
        raise ApiError(400, f"You can add a maximum of {MOST_URIS} tracks per request.")
    for uri in uris:
        if not uri.startswith((TRACK, EPISODE)) or not is_id(uri.rpartition(":")[2]):
            raise ApiError(400, f"Invalid track uri: {uri}")
        if world.catalogue.find_track(uri) is None and world.catalogue.find_episode(uri) is None:
            raise ApiError(400, "Payload contains a non-existing ID")
    now = world.clock.now()
    return tuple(Entry(uri=uri, added_at=now) for uri in uris)


def _moved(entries: Sequence[Entry], items: ItemsIn) -> tuple[Entry, ...]:
    start, before = items.range_start or 0, items.insert_before or 0
    end = start + items.range_length
    if end > len(entries) or before > len(entries):
        raise ApiError(400, "Index out of bounds.")
    if start <= before <= end:
        return tuple(entries)
    moved = entries[start:end]
    rest = (*entries[:start], *entries[end:])
    place = before if before < start else before - len(moved)
    return (*rest[:place], *moved, *rest[place:])

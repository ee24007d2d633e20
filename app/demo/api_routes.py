"""The simulated Web API: the person, the liked songs, artists, and what is no longer there."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from app.demo.calls import call_of
from app.demo.deps import ApiError, GrantDep, PagingDep, WorldDep, granted
from app.demo.listing import page
from app.demo.people import is_id

router = APIRouter(prefix="/api/v1")
rest_router = APIRouter(prefix="/api/v1")


@router.get("/me")
async def me(world: WorldDep, grant: GrantDep) -> JSONResponse:
    """Return the person."""
    return JSONResponse(world.shapes.me(grant.account, grant.scopes))


@router.get("/me/tracks")
async def saved_tracks(world: WorldDep, grant: GrantDep, wanted: PagingDep) -> JSONResponse:
    """Return a page of liked songs, newest first."""
    grant.require("user-library-read")
    now = world.clock.now()
    world.libraries.before_page(grant.account, world.switches, now)
    liked, shapes = world.libraries.of(grant.account), world.shapes
    answer = page(
        f"{world.options.api_url}/me/tracks",
        [shapes.saved_track(one) for one in liked.slice(wanted.offset, wanted.offset + wanted.limit)],
        limit=wanted.limit,
        offset=wanted.offset,
        total=len(liked),
    )
    world.libraries.after_page(grant.account, world.switches, now)
    return JSONResponse(answer)


@router.get("/artists/{artist_id}", dependencies=[Depends(granted)])
async def artist(artist_id: str, world: WorldDep) -> JSONResponse:
    """Return an artist."""
    if not is_id(artist_id):
        raise ApiError(400, "Invalid base62 id")
    found = world.catalogue.find_artist(artist_id)
    if found is None:
        raise ApiError(404, "Resource not found")
    return JSONResponse(world.shapes.artist(found))


@rest_router.api_route(
    "/{path:path}", methods=["GET", "POST", "PUT", "DELETE"], dependencies=[Depends(granted)]
)
async def rest(request: Request, path: str) -> JSONResponse:
    """Refuse what apps in development mode have lost, and what never was."""
    call = call_of(request.method, f"/api/v1/{path}")
    if call and call.removed_status == 403:  # noqa: PLR2004 - the status of most removed routes
        raise ApiError(403, "Forbidden")
    raise ApiError(404, "Resource not found" if call and call.removed_status else "Service not found")

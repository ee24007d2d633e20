"""The simulated Last.fm: the tags of an artist by name; errors come as HTTP 200."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse

from app.demo import lastfm_shapes as shapes
from app.demo.deps import WorldDep
from app.demo.index import is_known

router = APIRouter(prefix="/lastfm")


@router.get("/2.0/")
async def call(
    request: Request,
    world: WorldDep,
    method: Annotated[str, Query()] = "",
    artist: Annotated[str, Query()] = "",
) -> JSONResponse:
    """Answer `artist.getTopTags`. Artists of one name have one page, whoever they are."""
    if not request.query_params.get("api_key"):
        return JSONResponse(shapes.error(10))
    if method.lower() != "artist.gettoptags":
        return JSONResponse(shapes.error(3))
    if not artist:
        return JSONResponse(shapes.error(6))
    switches = world.switches
    known = (
        one
        for one in world.index.artists_called(artist)
        if is_known("lastfm", one.id, switches.lastfm_known_share)
    )
    found = next(known, None)
    return JSONResponse(shapes.top_tags(world.tagged(found)) if found else shapes.not_found())

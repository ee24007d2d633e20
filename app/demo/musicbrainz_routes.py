"""The simulated MusicBrainz: artists by their Spotify address, and their tags."""

import re
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from app.demo import musicbrainz_shapes as shapes
from app.demo.deps import WorldDep
from app.demo.listing import timestamp

MOST_RESOURCES = 100
MOST_ARTISTS = 100
DEFAULT_ARTISTS = 25
MBID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
EMPTY_XML = '<?xml version="1.0" encoding="UTF-8"?><metadata xmlns="http://musicbrainz.org/ns/mmd-2.0#"/>'
USAGE = "For usage, please see: https://musicbrainz.org/development/mmd"

router = APIRouter(prefix="/musicbrainz/ws/2")


@router.get("/url")
async def urls(
    request: Request, world: WorldDep, resource: Annotated[list[str], Query(default_factory=list)]
) -> Response:
    """Look up addresses: all beyond a hundred are ignored, and exactly one has an answer of another form."""
    if not _wants_json(request):
        return Response(EMPTY_XML, media_type="application/xml")
    if not resource:
        return JSONResponse({"error": "Missing required parameter: resource", "help": USAGE}, 400)
    asked = sorted(set(resource[:MOST_RESOURCES]))
    known = [artist for address in asked if (artist := world.catalogue.artist_at(address))]
    with_artists = "artist-rels" in request.query_params.get("inc", "").split()
    found = [shapes.url(artist, with_artists=with_artists) for artist in known]
    if len(resource) > 1:
        return JSONResponse({"url-count": len(found), "url-offset": 0, "urls": found})
    return JSONResponse(found[0]) if found else JSONResponse({"error": "Not Found", "help": USAGE}, 404)


@router.get("/artist")
async def artists(request: Request, world: WorldDep) -> Response:
    """Search artists by `arid:`, one or several; a limit that is too high becomes 25."""
    if not _wants_json(request):
        return Response(EMPTY_XML, media_type="application/xml")
    query = request.query_params.get("query", "")
    wanted = sorted(set(MBID.findall(query))) if query.startswith("arid:") else []
    found = [artist for mbid in wanted if (artist := world.catalogue.artist_of_mbid(mbid))]
    limit = _number(request, "limit", DEFAULT_ARTISTS)
    limit = limit if 1 <= limit <= MOST_ARTISTS else DEFAULT_ARTISTS
    offset = _number(request, "offset", 0)
    answer = {
        "created": timestamp(world.clock.now()),
        "count": len(found),
        "offset": offset,
        "artists": [shapes.found_artist(artist) for artist in found[offset : offset + limit]],
    }
    return JSONResponse(answer)


def _wants_json(request: Request) -> bool:
    """XML is what MusicBrainz sends to whoever does not ask for JSON."""
    asked = request.query_params.get("fmt") == "json"
    return asked or "application/json" in request.headers.get("Accept", "")


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isdecimal() else default

"""The simulated MusicBrainz: artists by their Spotify address, their tags, and recordings by ISRC."""

import re
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response

from app.demo import musicbrainz_shapes as shapes
from app.demo.catalogue import in_musicbrainz
from app.demo.deps import WorldDep
from app.demo.index import is_known
from app.demo.listing import Json, timestamp
from app.demo.models import DemoArtist
from app.demo.world import World

MOST_RESOURCES = 100
MOST_ARTISTS = 100
DEFAULT_ARTISTS = 25
ISRC = re.compile(r"\b[A-Z]{2}[A-Z0-9]{3}[0-9]{7}\b")
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
    known = [artist for address in asked if (artist := _linked(world, address))]
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
    return _search_result(
        request, world, artists=[shapes.found_artist(world.tagged(artist)) for artist in found]
    )


@router.get("/recording")
async def recordings(request: Request, world: WorldDep) -> Response:
    """Search recordings by `isrc:`, one or several; the same limit as for artists."""
    if not _wants_json(request):
        return Response(EMPTY_XML, media_type="application/xml")
    query = request.query_params.get("query", "")
    wanted = sorted(set(ISRC.findall(query))) if query.startswith("isrc:") else []
    share = world.switches.musicbrainz_isrc_share
    found = [
        shapes.recording(song, artists)
        for isrc in wanted
        if is_known("isrc", isrc, share)
        for song in world.index.songs_with(isrc)
        if (artists := world.catalogue.artists_of(song)) and all(map(in_musicbrainz, artists))
    ]
    return _search_result(request, world, recordings=found)


def _linked(world: World, address: str) -> DemoArtist | None:
    artist = world.catalogue.artist_at(address)
    share = world.switches.musicbrainz_linked_share
    return artist if artist and is_known("musicbrainz", artist.id, share) else None


def _search_result(request: Request, world: World, **found: list[Json]) -> Response:
    """Return a page of what a search found; one that runs out of time does not say so."""
    limit = _number(request, "limit", DEFAULT_ARTISTS)
    limit = limit if 1 <= limit <= MOST_ARTISTS else DEFAULT_ARTISTS
    offset = _number(request, "offset", 0)
    ((name, rows),) = found.items()
    if rows and world.take("musicbrainz_partial_next"):
        rows = rows[: len(rows) // 2]
    head = {"created": timestamp(world.clock.now()), "count": len(rows), "offset": offset}
    return JSONResponse({**head, name: rows[offset : offset + limit]})


def _wants_json(request: Request) -> bool:
    """XML is what MusicBrainz sends to whoever does not ask for JSON."""
    asked = request.query_params.get("fmt") == "json"
    return asked or "application/json" in request.headers.get("Accept", "")


def _number(request: Request, name: str, default: int) -> int:
    text = request.query_params.get(name, "")
    return int(text) if text.isdecimal() else default

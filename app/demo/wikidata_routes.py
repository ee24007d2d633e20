"""The simulated query service of Wikidata, which reads the Spotify ids out of the one query it knows."""

import json
import re
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, Response

from app.demo import wikidata_shapes as shapes
from app.demo.deps import WorldDep
from app.demo.index import is_known
from app.demo.world import World

JSON = "application/sparql-results+json;charset=utf-8"
LONGEST_ADDRESS = 8000
OUT_OF_TIME = "SPARQL-QUERY: queryStr=...\njava.util.concurrent.TimeoutException\n\tat java.util.concurrent"
MALFORMED = "SPARQL-QUERY: queryStr=...\norg.openrdf.query.MalformedQueryException"

_IDS = re.compile(r'"([0-9A-Za-z]{22})"')

router = APIRouter(prefix="/wikidata")


@router.post("/sparql")
async def by_post(request: Request, world: WorldDep) -> Response:
    """Answer a query that comes as a form."""
    form = parse_qs((await request.body()).decode("utf-8", "replace"))
    return _answer(form.get("query", [""])[0], world)


@router.get("/sparql")
async def by_get(request: Request, world: WorldDep, query: Annotated[str, Query()] = "") -> Response:
    """Answer a query that stands in the address, unless that is too long."""
    if len(str(request.url)) > LONGEST_ADDRESS:
        return PlainTextResponse("URI Too Long", 414)
    return _answer(query, world)


def _answer(query: str, world: World) -> Response:
    if "wdt:P1902" not in query or query.count("{") != query.count("}"):
        return PlainTextResponse(MALFORMED, 400)
    ids = list(dict.fromkeys(_IDS.findall(query)))
    switches = world.switches
    found = [artist for one in ids if (artist := world.catalogue.find_artist(one))]
    known = [
        world.tagged(one) for one in found if is_known("wikidata", one.id, switches.wikidata_known_share)
    ]
    body = json.dumps(shapes.answer(known))
    if switches.wikidata_slow_over and len(ids) > switches.wikidata_slow_over:
        if switches.wikidata_slow_how == "500":
            return PlainTextResponse(OUT_OF_TIME, 500)
        return Response(body[: len(body) // 2] + OUT_OF_TIME, media_type=JSON)
    return Response(body, media_type=JSON)

"""The simulated Web API: what plays, what was played last, and what is played most."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, Response

from app.demo.deps import MOST_AT_ONCE, ApiError, Grant, GrantDep, PagingDep, WorldDep, read_paging
from app.demo.episode_shapes import episode_shape
from app.demo.listing import Json, page, timestamp
from app.demo.odd_songs import EPISODES
from app.demo.people import seeded_id
from app.demo.playback import LIKES_WITHIN, Listening, Play, Playback
from app.demo.playlist_rules import knows_episodes
from app.demo.world import World

router = APIRouter(prefix="/api/v1/me")


async def listening_of(world: WorldDep, grant: GrantDep) -> Listening:
    """Return what the person listens to."""
    return Listening(world.libraries.of(grant.account), world.catalogue)


ListeningDep = Annotated[Listening, Depends(listening_of)]


async def playback_of(world: WorldDep, listening: ListeningDep) -> Playback:
    """Return what plays now."""
    return listening.at(world.clock.now(), world.switches.playback)


PlaybackDep = Annotated[Playback, Depends(playback_of)]


@router.get("/player")
async def player(
    request: Request, world: WorldDep, grant: GrantDep, *, listening: ListeningDep, playback: PlaybackDep
) -> Response:
    """Return what plays and where; nothing at all when nothing does."""
    _require(grant, "user-read-playback-state")
    if playback.kind == "nothing":
        return Response(status_code=204)
    now = _now_playing(request, world, listening, playback)
    return JSONResponse({"device": _device(world), "repeat_state": "off", "shuffle_state": False, **now})


@router.get("/player/currently-playing")
async def currently_playing(
    request: Request, world: WorldDep, grant: GrantDep, *, listening: ListeningDep, playback: PlaybackDep
) -> Response:
    """Return what plays; nothing at all when nothing does."""
    _require(grant, "user-read-currently-playing")
    if playback.kind == "nothing":
        return Response(status_code=204)
    return JSONResponse(_now_playing(request, world, listening, playback))


@router.get("/player/recently-played")
async def recently_played(
    request: Request, world: WorldDep, grant: GrantDep, listening: ListeningDep
) -> JSONResponse:
    """Return the last plays, songs only, fifty at most in all."""
    grant.require("user-read-recently-played")
    limit = read_paging(request, most=MOST_AT_ONCE).limit
    after, before = _number(request, "after"), _number(request, "before")
    if after is not None and before is not None:
        raise ApiError(400, "Only one of before and after may be given")
    plays = [
        play
        for play in listening.plays(world.clock.now())
        if (after is None or play.at_ms > after) and (before is None or play.at_ms < before)
    ]
    shown = plays[:limit] if after is None else plays[-limit:]
    has_earlier = after is None and len(plays) > limit
    return JSONResponse(_cursor_page(world, shown, limit, has_earlier=has_earlier))


def _cursor_page(world: World, plays: Sequence[Play], limit: int, *, has_earlier: bool) -> Json:
    href = f"{world.options.api_url}/me/player/recently-played"
    items = [
        {"track": world.shapes.track(play.track), "played_at": timestamp(play.at), "context": None}
        for play in plays
    ]
    cursors = {"after": str(plays[0].at_ms), "before": str(plays[-1].at_ms)} if plays else None
    return {
        "href": f"{href}?limit={limit}",
        "limit": limit,
        "next": f"{href}?before={plays[-1].at_ms}&limit={limit}" if has_earlier else None,
        "cursors": cursors,
        "items": items,
    }


@router.get("/top/artists")
async def top_artists(
    request: Request, world: WorldDep, grant: GrantDep, listening: ListeningDep, wanted: PagingDep
) -> JSONResponse:
    """Return a page of the artists that the person plays most."""
    grant.require("user-top-read")
    time_range = request.query_params.get("time_range", "medium_term")
    if time_range not in LIKES_WITHIN:
        raise ApiError(400, "Invalid time range")
    found = listening.top_artists(LIKES_WITHIN[time_range])
    shown = [world.shapes.artist(one) for one in found[wanted.offset : wanted.offset + wanted.limit]]
    href = f"{world.options.api_url}/me/top/artists"
    return JSONResponse(page(href, shown, limit=wanted.limit, offset=wanted.offset, total=len(found)))


def _now_playing(request: Request, world: World, listening: Listening, playback: Playback) -> Json:
    track = listening.track(playback)
    item = world.shapes.track(track) if track else None
    if playback.kind == "episode" and knows_episodes(request):
        item = episode_shape(world.shapes, EPISODES[0])
    kinds = {"track": "track", "local": "track", "no_item": "track"}
    return {
        "context": None,
        "timestamp": int(world.timestamp * 1000),
        "progress_ms": playback.progress_ms,
        "is_playing": playback.is_playing,
        "item": item,
        "currently_playing_type": kinds.get(playback.kind, playback.kind),
        "actions": {"disallows": {}},
    }


def _device(world: World) -> Json:
    return {
        "id": seeded_id("device"),
        "is_active": True,
        "is_private_session": world.switches.playback.private_session,
        "is_restricted": False,
        "name": "Kitchen speaker",
        "supports_volume": True,
        "type": "Speaker",
        "volume_percent": 40,
    }


def _require(grant: Grant, scope: str) -> None:
    """The player's routes have words and a status of their own for a missing scope."""
    if scope not in grant.scopes:
        raise ApiError(401, "Permissions missing")


def _number(request: Request, name: str) -> int | None:
    text = request.query_params.get(name)
    if text is not None and not text.isdecimal():
        raise ApiError(400, f"Invalid {name}")
    return int(text) if text else None

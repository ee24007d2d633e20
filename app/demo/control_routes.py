"""What tests and benchmarks ask the simulator, and tell it."""

from typing import Any, get_args

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import JSONResponse

from app.demo.calls import Service
from app.demo.deps import WorldDep
from app.demo.records import Playlist
from app.demo.switches import SwitchesIn
from app.demo.world import World


async def not_from_elsewhere(request: Request) -> None:
    """Refuse what a page of another site has sent; programs do not say where they are."""
    if request.headers.get("Sec-Fetch-Site", "none") not in {"none", "same-origin"}:
        raise HTTPException(403, "this is for tests, not for other sites")


router = APIRouter(prefix="/control", dependencies=[Depends(not_from_elsewhere)])


@router.get("")
async def control(world: WorldDep) -> JSONResponse:
    """Return the calls so far, the playlists that apps made, and the switches."""
    return JSONResponse(_report(world))


@router.post("/switches")
async def switch(change: SwitchesIn, world: WorldDep) -> JSONResponse:
    """Set switches; those that are not named stay."""
    unknown = [
        one for one in _songs_to_like(change) if world.catalogue.find_track(f"spotify:track:{one}") is None
    ]
    if unknown:
        raise HTTPException(422, f"not in the library: {', '.join(unknown)}")
    world.change(change)
    return JSONResponse(_report(world))


@router.post("/reset")
async def reset(world: WorldDep) -> JSONResponse:
    """Forget accounts, playlists and counts, and turn every switch off."""
    world.reset()
    return JSONResponse(_report(world))


def _songs_to_like(change: SwitchesIn) -> tuple[str, ...]:
    return change.library.like if change.library else ()


def _report(world: World) -> dict[str, Any]:
    services = {service: dict(world.calls[service]) for service in get_args(Service)}
    unfollowed = {uri for account in world.state.accounts for uri in account.unfollowed}
    made = [
        _playlist(playlist, followed=playlist.uri not in unfollowed)
        for playlist in world.state.playlists
        if not playlist.ready_made
    ]
    accounts = [
        {"id": account.id, "liked": len(world.libraries.of(account))} for account in world.state.accounts
    ]
    return {
        "calls": {
            **services,
            "total": sum(services["spotify"].values()),
            "removed": world.removed_calls,
            "limited": world.limited_calls,
        },
        "playlists": made,
        "liked": next((one["liked"] for one in reversed(accounts)), world.libraries.rows),
        "accounts": accounts,
        "switches": world.switches.model_dump(mode="json"),
    }


def _playlist(playlist: Playlist, *, followed: bool) -> dict[str, Any]:
    return {
        "owner": playlist.account_id,
        "id": playlist.id,
        "name": playlist.name,
        "description": playlist.description,
        "public": playlist.public,
        "followed": followed,
        "uris": [entry.uri for entry in playlist.entries],
    }

"""The simulator as one ASGI app."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from starlette.types import ASGIApp

from app.clock import Clock, SystemClock
from app.demo import (
    accounts_routes,
    api_routes,
    control_routes,
    lastfm_routes,
    library_routes,
    musicbrainz_routes,
    old_routes,
    open_routes,
    player_routes,
    playlist_items_routes,
    playlists_routes,
    token_routes,
    wikidata_routes,
)
from app.demo.deps import ApiError
from app.demo.faults import api_error
from app.demo.front import Front
from app.demo.models import DemoLibrary
from app.demo.options import SimulatorOptions
from app.demo.token_routes import TokenError
from app.demo.world import World


def build_simulator(
    library: DemoLibrary, options: SimulatorOptions, *, clock: Clock | None = None
) -> ASGIApp:
    """Return a stand-in for Spotify and the genre sources, to be put behind a `PathDispatcher`.

    `/control` is there only if the simulator is opened on a loopback address.

    Raises:
        StateFileError: the file that should hold its state cannot be used.
    """
    world = World(library, options, clock or SystemClock())
    app = FastAPI(
        openapi_url=None,
        redirect_slashes=False,
        exception_handlers={ApiError: _api_error, TokenError: _token_error},
    )
    app.state.world = world
    for module in (
        accounts_routes,
        token_routes,
        playlists_routes,
        playlist_items_routes,
        library_routes,
        player_routes,
        api_routes,
        old_routes,
        musicbrainz_routes,
        wikidata_routes,
        lastfm_routes,
        open_routes,
    ):
        app.include_router(module.router)
    app.include_router(playlist_items_routes.old_router)
    app.include_router(api_routes.rest_router)
    if options.on_loopback:
        app.include_router(control_routes.router)
    return Front(app, world)


async def _api_error(_: Request, error: ApiError) -> JSONResponse:
    return api_error(error.status, error.message)


async def _token_error(_: Request, error: TokenError) -> JSONResponse:
    return JSONResponse({"error": error.error, "error_description": error.description}, 400)

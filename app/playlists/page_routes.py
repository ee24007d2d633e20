"""The playlist pages and their forms; every form works without JavaScript and answers 303."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.deps import (
    ConnectedUser,
    CurrentUser,
    GenresDep,
    PlaylistPagesDep,
    PlaylistsDep,
    PreviewPagesDep,
    PreviewsDep,
)
from app.playlists.forms import Chosen, typed_names
from app.templating import render

router = APIRouter(prefix="/playlists", include_in_schema=False)


@router.post("/preview")
async def preview(user: CurrentUser, previews: PreviewsDep, chosen: Annotated[Chosen, Form()]) -> Response:
    """Make a preview of what was ticked."""
    if not (wanted := chosen.wanted()):
        return _see("/genres?notice=nothing")
    plan = await previews.make(user.id, wanted)
    return _see(f"/playlists/preview/{plan.id}")


@router.get("/preview/{plan_id}")
async def preview_page(
    request: Request,
    plan_id: str,
    user: CurrentUser,
    *,
    genres: GenresDep,
    playlists: PlaylistsDep,
    pages: PreviewPagesDep,
) -> Response:
    """Show exactly what would be written."""
    plan = await playlists.get_plan(user.id, plan_id)
    run = await playlists.find_run(plan_id, user.id)
    page = pages.preview_page(plan, await genres.get_library(user.id), run)
    return render(request, "playlists/preview.html", page)


@router.get("/preview/{plan_id}/songs")
async def preview_songs_page(
    request: Request,
    plan_id: str,
    user: CurrentUser,
    *,
    genres: GenresDep,
    playlists: PlaylistsDep,
    pages: PreviewPagesDep,
    playlist: Annotated[int, Query(ge=0)] = 0,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """Show all songs of one playlist of a preview."""
    plan = await playlists.get_plan(user.id, plan_id)
    page = pages.preview_songs_page(plan, await genres.get_library(user.id), index=playlist, offset=offset)
    return render(request, "playlists/preview_songs.html", page)


@router.post("/preview/{plan_id}")
async def create(request: Request, plan_id: str, user: ConnectedUser, playlists: PlaylistsDep) -> Response:
    """Make the playlists; the preview's id is the idempotency key."""
    run = await playlists.apply(user.id, plan_id, typed_names(await request.form()))
    return _see(f"/playlists/runs/{run.id}")


@router.get("/runs/{run_id}")
async def run_page(
    request: Request,
    run_id: str,
    user: CurrentUser,
    *,
    genres: GenresDep,
    playlists: PlaylistsDep,
    pages: PlaylistPagesDep,
) -> Response:
    """Show how far a run is, or how it ended."""
    run = await playlists.get_run(user.id, run_id)
    return render(request, "playlists/run.html", pages.run_page(run, await genres.get_fold(user.id)))


@router.post("/runs/{run_id}/resume")
async def resume(run_id: str, user: ConnectedUser, playlists: PlaylistsDep) -> Response:
    """Go on with the playlists that are not made yet."""
    run = await playlists.resume(user.id, run_id)
    return _see(f"/playlists/runs/{run.id}")


def _see(path: str) -> RedirectResponse:
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)

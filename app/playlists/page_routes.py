"""The playlist pages and their forms; every form works without JavaScript and answers 303."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.deps import (
    ConnectedUser,
    ConnectionDep,
    ConnectionsDep,
    CurrentUser,
    GenresDep,
    KeeperDep,
    LimitCostly,
    MembershipsDep,
    PlaylistPagesDep,
    PlaylistsDep,
    PreviewPagesDep,
    PreviewsDep,
)
from app.playlists.forms import Chosen
from app.playlists.memberships.lookup import Memberships
from app.playlists.models import Plan
from app.playlists.preview import PreviewService
from app.playlists.preview_form import Choices
from app.playlists.preview_models import SongsQuery
from app.playlists.preview_pages import Around
from app.spotify.errors import UNFOLLOW_SCOPE
from app.templating import render

router = APIRouter(prefix="/playlists", include_in_schema=False)


@router.post("/preview", dependencies=[LimitCostly])
async def preview(
    user: CurrentUser,
    previews: PreviewsDep,
    *,
    memberships: MembershipsDep,
    chosen: Annotated[Chosen, Form()],
) -> Response:
    """Make a preview of what was ticked."""
    if not (wanted := chosen.wanted()):
        return _see("/genres?notice=nothing")
    plan = await previews.make(user.id, await memberships.narrowed(user.id, wanted))
    return _see(f"/playlists/preview/{plan.id}")


async def know_around(
    plan_id: str,
    user: CurrentUser,
    connection: ConnectionDep,
    *,
    connections: ConnectionsDep,
    playlists: PlaylistsDep,
    changed: bool = False,
) -> Around:
    """Return what a preview tells beside the plan."""
    plan = await playlists.get_plan(user.id, plan_id)
    return Around(
        run=await playlists.find_run(plan_id, user.id) if plan.applied else None,
        calls_left=playlists.calls_left,
        lacks_unfollow=connection.live and not await connections.allows(user.id, UNFOLLOW_SCOPE),
        first=not await playlists.list_made(user.id),
        changed=changed,
    )


@router.get("/preview/{plan_id}")
async def preview_page(
    request: Request,
    plan_id: str,
    user: CurrentUser,
    *,
    genres: GenresDep,
    playlists: PlaylistsDep,
    pages: PreviewPagesDep,
    around: Annotated[Around, Depends(know_around)],
) -> Response:
    """Show exactly what would be written."""
    plan = await playlists.get_plan(user.id, plan_id)
    page = pages.preview_page(plan, await genres.get_library(user.id), around)
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
    query: Annotated[SongsQuery, Query()],
) -> Response:
    """Show all songs that are added to one playlist of a preview, or taken out."""
    plan = await playlists.get_plan(user.id, plan_id)
    page = pages.preview_songs_page(plan, await genres.get_library(user.id), query)
    return render(request, "playlists/preview_songs.html", page)


@router.post("/preview/{plan_id}/revise", dependencies=[LimitCostly])
async def revise(
    request: Request,
    plan_id: str,
    user: CurrentUser,
    *,
    playlists: PlaylistsDep,
    previews: PreviewsDep,
    memberships: MembershipsDep,
) -> Response:
    """Plan the same anew, as the form says."""
    plan = await playlists.get_plan(user.id, plan_id)
    choices = Choices.of((await request.form()).multi_items())
    return await _planned_anew(plan, choices, previews, memberships)


@router.post("/preview/{plan_id}", dependencies=[LimitCostly])
async def create(
    request: Request,
    plan_id: str,
    user: ConnectedUser,
    *,
    playlists: PlaylistsDep,
    previews: PreviewsDep,
    memberships: MembershipsDep,
) -> Response:
    """Write the playlists; the preview's id is the idempotency key.

    What was chosen otherwise than it was previewed is shown first.
    """
    plan = await playlists.get_plan(user.id, plan_id)
    form = await request.form()
    choices = Choices.of(form.multi_items())
    if choices.look_again(plan) and not await playlists.find_run(plan_id, user.id):
        return await _planned_anew(plan, choices, previews, memberships)
    run = await playlists.carry_out(choices.applied(plan))
    page = f"/playlists/runs/{run.id}"
    return _see(f"/auth/spotify?feature=unfollow&next={page}" if "unfollow" in form else page)


@router.get("/runs/{run_id}")
async def run_page(
    request: Request,
    run_id: str,
    user: CurrentUser,
    *,
    genres: GenresDep,
    playlists: PlaylistsDep,
    pages: PlaylistPagesDep,
    refused: Literal["unfollow", ""] = "",
) -> Response:
    """Show how far a run is, or how it ended."""
    run = await playlists.get_run(user.id, run_id)
    page = pages.run_page(
        run,
        await genres.get_fold(user.id),
        made=await playlists.list_made(user.id),
        taken_back=await playlists.list_taken_back(run),
        refused=bool(refused),
    )
    return render(request, "playlists/run.html", page)


@router.post("/runs/{run_id}/resume", dependencies=[LimitCostly])
async def resume(run_id: str, user: ConnectedUser, playlists: PlaylistsDep) -> Response:
    """Go on with the playlists that are not made yet."""
    run = await playlists.resume(user.id, run_id)
    return _see(f"/playlists/runs/{run.id}")


@router.post("/runs/{run_id}/allow-again")
async def allow_again(run_id: str, user: CurrentUser, playlists: PlaylistsDep, keeper: KeeperDep) -> Response:
    """Let what an undo took out be added again."""
    run = await playlists.get_run(user.id, run_id)
    for playlist_id, uris in (await playlists.list_taken_back(run)).items():
        await keeper.allow_again(user.id, playlist_id, uris)
    return _see(f"/playlists/runs/{run_id}")


async def _planned_anew(
    plan: Plan, choices: Choices, previews: PreviewService, memberships: Memberships
) -> RedirectResponse:
    wanted = await memberships.narrowed(plan.user_id, choices.wanted(plan))
    new = await previews.make(plan.user_id, wanted)
    return _see(f"/playlists/preview/{new.id}?changed=true")


def _see(path: str) -> RedirectResponse:
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)

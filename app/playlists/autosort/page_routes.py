"""The page of auto-sort and its form, which works without JavaScript and answers 303."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from app.deps import AutoSortDep, CurrentUser
from app.playlists.models import Schedule
from app.templating import render

router = APIRouter(prefix="/playlists/auto-sort", include_in_schema=False)


@router.get("")
async def auto_sort_page(request: Request, user: CurrentUser, auto_sort: AutoSortDep) -> Response:
    """Show when playlists are refreshed by themselves, and what the last runs did."""
    return render(request, "playlists/auto_sort.html", await auto_sort.get_view(user.id))


@router.post("")
async def change_auto_sort(
    user: CurrentUser,
    auto_sort: AutoSortDep,
    *,
    schedule: Annotated[Schedule | None, Form()] = None,
    resume: Annotated[bool, Form()] = False,
) -> Response:
    """Give every playlist a schedule, or go on after a pause."""
    await auto_sort.change(user.id, schedule=schedule, resume=resume)
    return RedirectResponse("/playlists/auto-sort", HTTPStatus.SEE_OTHER)

"""The page on which one's playlists are read; it works without JavaScript."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from app.deps import ConnectedUser, ConnectionDep, ContentsDep, CurrentUser, LimitCostly
from app.templating import render

CONTENTS = "/playlists/contents"

router = APIRouter(prefix=CONTENTS, include_in_schema=False)


@router.get("")
async def contents_page(
    request: Request, user: CurrentUser, connection: ConnectionDep, contents: ContentsDep
) -> Response:
    """Show of which playlists it is known what is in them, and what reading the others takes."""
    page = await contents.get_view(user.id)
    if page.as_of is None and not connection.live:
        return render(request, "connect/page.html")
    return render(request, "playlists/contents.html", page)


@router.post("", dependencies=[LimitCostly])
async def read_contents(user: ConnectedUser, contents: ContentsDep) -> Response:
    """Read what is missing."""
    await contents.start(user.id)
    return RedirectResponse(CONTENTS, HTTPStatus.SEE_OTHER)

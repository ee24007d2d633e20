"""The line and the page that say what plays, and the switches for both; the forms work without JavaScript."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.next_path import local_path
from app.deps import (
    CurrentUser,
    LimitBoards,
    LimitPlaying,
    ListeningFeedDep,
    MaybeUser,
    NowPlayingDep,
    PreferencesDep,
)
from app.templating import render

SAVED = "/settings?saved=listening#listening"

router = APIRouter(include_in_schema=False)


@router.get("/listening", dependencies=[LimitBoards])
async def listening_page(request: Request, _user: MaybeUser, feed: ListeningFeedDep) -> Response:
    """Show what those listen to who let everybody see it."""
    return render(request, "listening/page.html", await feed.get())


@router.get("/now-playing/line", dependencies=[LimitPlaying])
async def line(
    request: Request,
    user: CurrentUser,
    now_playing: NowPlayingDep,
    *,
    back: Annotated[bool, Query()] = False,
    here: Annotated[str, Query(max_length=1000)] = "/",
) -> Response:
    """Return the line alone; `here` is the page that it stands on."""
    request.state.now_playing = await now_playing.get(user, "back" if back else "glance")
    return render(request, "listening/_line.html", local_path(here))


@router.post("/now-playing/refresh", dependencies=[LimitPlaying])
async def refresh(
    user: CurrentUser, now_playing: NowPlayingDep, here: Annotated[str, Form(max_length=1000)] = "/"
) -> Response:
    """Ask Spotify now, because the listener says so."""
    await now_playing.get(user, "press")
    return _see(local_path(here))


@router.post("/settings/listening")
async def change_listening(
    user: CurrentUser,
    preferences: PreferencesDep,
    now_playing: NowPlayingDep,
    *,
    shown: Annotated[bool, Form(alias="now_playing")] = False,
    shared: Annotated[bool, Form(alias="listening_feed")] = False,
) -> Response:
    """Keep both switches; what is switched on asks for Spotify's permission where it is missing."""
    await preferences.change(user.id, {"now_playing": shown, "listening_feed": shared})
    if not shown:
        await now_playing.forget(user.id)
    elif not await now_playing.is_allowed(user.id):
        return _see(f"/auth/spotify?{urlencode({'feature': 'player', 'next': SAVED})}")
    return _see(SAVED)


def _see(path: str) -> RedirectResponse:
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)

"""The pages of the kept playlists and their forms; every form works without JavaScript and answers 303."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.deps import (
    AutoSortDep,
    ConnectedUser,
    ConnectionDep,
    ConnectionsDep,
    CurrentUser,
    GenresDep,
    KeeperDep,
    KeptPagesDep,
    LimitCostly,
    PlaylistsDep,
    PreviewsDep,
)
from app.errors import NotFoundError
from app.playlists.keeping import NewTerms
from app.playlists.kept.forms import BelongsForm, KeptQuery, TermsForm
from app.playlists.observing import PlaylistGoneError
from app.playlists.preview import Wanted
from app.spotify.errors import UNFOLLOW_SCOPE
from app.templating import render

SHELF = "/playlists"

router = APIRouter(prefix=SHELF, include_in_schema=False)


@router.get("")
async def shelf_page(
    request: Request,
    user: CurrentUser,
    connection: ConnectionDep,
    *,
    genres: GenresDep,
    playlists: PlaylistsDep,
    auto_sort: AutoSortDep,
    pages: KeptPagesDep,
) -> Response:
    """Show all playlists."""
    made = await playlists.list_made(user.id)
    if not made and not connection.live:
        return render(request, "connect/page.html")
    scheduled = any(one.schedule != "off" for one in made)
    view = await auto_sort.get_view(user.id) if scheduled else None
    page = pages.shelf(made, await genres.get_fold(user.id), auto_sort=view)
    return render(request, "playlists/page.html", page)


@router.post("/refresh", dependencies=[LimitCostly])
async def preview_all(user: ConnectedUser, keeper: KeeperDep) -> Response:
    """Make a preview of what brings all playlists in step."""
    return _preview((await keeper.preview(user.id)).id)


@router.get("/{playlist_id}")
async def playlist_page(
    request: Request,
    playlist_id: str,
    user: CurrentUser,
    *,
    genres: GenresDep,
    keeper: KeeperDep,
    pages: KeptPagesDep,
    query: Annotated[KeptQuery, Query()],
) -> Response:
    """Show one playlist and how it is kept."""
    made, songs = await keeper.get(user.id, playlist_id)
    page = pages.playlist(made, songs, await genres.get_library(user.id), query=query)
    return render(request, "playlists/playlist.html", page)


@router.post("/{playlist_id}")
async def change(
    playlist_id: str, user: CurrentUser, keeper: KeeperDep, form: Annotated[TermsForm, Form()]
) -> Response:
    """Keep a playlist differently from now on."""
    made, _ = await keeper.get(user.id, playlist_id)
    await keeper.change(user.id, made.id, form.terms(made))
    return _see(made.id, "?notice=saved")


@router.post("/{playlist_id}/selection")
async def change_selection(
    playlist_id: str,
    user: CurrentUser,
    *,
    genres: GenresDep,
    keeper: KeeperDep,
    form: Annotated[BelongsForm, Form()],
) -> Response:
    """Name something that belongs into a playlist, or does not, or name it no longer."""
    made, _ = await keeper.get(user.id, playlist_id)
    try:
        selection = form.selection(made.selection, await genres.get_library(user.id))
    except NotFoundError:
        return _see(made.id, f"?unknown={quote(form.genre)}")
    await keeper.change(user.id, made.id, NewTerms(selection=selection))
    return _see(made.id, "?notice=saved")


@router.post("/{playlist_id}/refresh", dependencies=[LimitCostly])
async def preview_one(playlist_id: str, user: ConnectedUser, keeper: KeeperDep) -> Response:
    """Make a preview of what brings a playlist in step."""
    try:
        plan = await keeper.preview(user.id, playlist_id)
    except PlaylistGoneError:
        return _see(playlist_id)  # which says so, and what can be done
    return _preview(plan.id)


@router.post("/{playlist_id}/again", dependencies=[LimitCostly])
async def make_again(
    playlist_id: str, user: ConnectedUser, keeper: KeeperDep, previews: PreviewsDep
) -> Response:
    """Make a preview of a new playlist in the place of one that is gone."""
    made, _ = await keeper.get(user.id, playlist_id)
    plan = await previews.make(user.id, [Wanted(selection=made.selection, target=made.id)])
    return _preview(plan.id)


@router.post("/{playlist_id}/allow-again")
async def allow_again(
    playlist_id: str, user: CurrentUser, keeper: KeeperDep, uri: Annotated[tuple[str, ...], Form()] = ()
) -> Response:
    """Let songs that were taken out by hand be added again; all of them if none is named."""
    await keeper.allow_again(user.id, playlist_id, uri or None)
    return _see(playlist_id, "?notice=allowed#out-songs" if uri else "?notice=allowed")


@router.get("/{playlist_id}/undo")
async def undo_page(
    request: Request,
    playlist_id: str,
    user: ConnectedUser,
    *,
    connections: ConnectionsDep,
    genres: GenresDep,
    keeper: KeeperDep,
    pages: KeptPagesDep,
) -> Response:
    """Ask whether the last change of a playlist shall be taken back."""
    page = pages.undo(
        await keeper.find_undoable(user.id, playlist_id),
        await genres.get_library(user.id),
        allowed=await connections.allows(user.id, UNFOLLOW_SCOPE),
    )
    return render(request, "playlists/undo.html", page)


@router.post("/{playlist_id}/undo", dependencies=[LimitCostly])
async def undo(
    playlist_id: str, user: ConnectedUser, keeper: KeeperDep, change: Annotated[str, Form()]
) -> Response:
    """Take the change back that was asked about; if there is a later one, ask about that."""
    found = await keeper.find_undoable(user.id, playlist_id)
    if found.change.run != change:
        return _see(playlist_id, "/undo")
    run = await keeper.undo(user.id, playlist_id, sure=True)
    return RedirectResponse(f"{SHELF}/runs/{run.id}", HTTPStatus.SEE_OTHER)


@router.get("/{playlist_id}/forget")
async def forget_page(
    request: Request,
    playlist_id: str,
    user: CurrentUser,
    *,
    genres: GenresDep,
    keeper: KeeperDep,
    pages: KeptPagesDep,
) -> Response:
    """Ask whether a playlist shall be managed no longer."""
    made, _ = await keeper.get(user.id, playlist_id)
    return render(request, "playlists/forget.html", pages.line(made, await genres.get_fold(user.id)))


@router.post("/{playlist_id}/forget")
async def forget(playlist_id: str, user: CurrentUser, keeper: KeeperDep) -> Response:
    """Manage a playlist no longer; at Spotify it stays as it is."""
    await keeper.forget(user.id, playlist_id)
    return RedirectResponse(SHELF, HTTPStatus.SEE_OTHER)


def _see(playlist_id: str, more: str = "") -> RedirectResponse:
    return RedirectResponse(f"{SHELF}/{quote(playlist_id)}{more}", HTTPStatus.SEE_OTHER)


def _preview(plan_id: str) -> RedirectResponse:
    return RedirectResponse(f"{SHELF}/preview/{plan_id}", HTTPStatus.SEE_OTHER)

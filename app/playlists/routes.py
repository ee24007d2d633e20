"""JSON routes of previews, runs, and the playlists that are kept in step."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.deps import (
    ConnectedUser,
    CurrentUser,
    KeeperDep,
    LimitCostly,
    MembershipsDep,
    PlaylistsDep,
    PreviewsDep,
)
from app.errors import NotFoundError, raises
from app.event_stream import RECONNECT_MS, capped
from app.genres.service import NoLibraryError
from app.playlists.keeping import NothingKeptError, NothingToUndoError, UnfollowsError
from app.playlists.kept_schemas import AllowIn, MadePlaylistOut, MyPlaylistsOut, TermsIn, UndoIn
from app.playlists.memberships.lookup import ContentsUnknownError
from app.playlists.models import Run
from app.playlists.observing import PlaylistGoneError
from app.playlists.preview import (
    NothingSelectedError,
    NotOwnError,
    TargetRepeatedError,
    TooManyPlaylistsError,
)
from app.playlists.repository import NotAmongMadeError
from app.playlists.schemas import ApplyIn, PreviewIn, PreviewOut, RunOut, RunStarted

router = APIRouter(prefix="/api", tags=["Playlists"])

PlaylistPath = Annotated[str, Path(pattern=r"^[0-9A-Za-z]{22}$")]


@router.post("/playlists/preview", dependencies=[LimitCostly])
@raises(
    NoLibraryError,
    NotOwnError,
    ContentsUnknownError,
    NothingSelectedError,
    TooManyPlaylistsError,
    TargetRepeatedError,
)
async def preview(
    body: PreviewIn,
    user: CurrentUser,
    *,
    previews: PreviewsDep,
    memberships: MembershipsDep,
    playlists: PlaylistsDep,
) -> PreviewOut:
    """Return exactly what would be written; nothing is."""
    wanted = [selection.wanted() for selection in body.selections]
    plan = await previews.make(user.id, await memberships.narrowed(user.id, wanted))
    return PreviewOut.of(plan, calls_left=playlists.calls_left)


@router.post("/playlists", status_code=HTTPStatus.ACCEPTED, dependencies=[LimitCostly])
@raises(NotFoundError)
async def apply(
    body: ApplyIn, response: Response, user: ConnectedUser, playlists: PlaylistsDep
) -> RunStarted:
    """Make and change the playlists of a preview; the same preview again is the same run."""
    return _started(await playlists.apply(user.id, body.preview), response)


@router.get("/playlists/runs/{run_id}")
@raises(NotFoundError)
async def get_run(run_id: str, user: CurrentUser, playlists: PlaylistsDep) -> RunOut:
    """Return how far a run is."""
    return RunOut.of(await playlists.get_run(user.id, run_id))


@raises(NotFoundError)
async def _check_run(run_id: str, user: CurrentUser, playlists: PlaylistsDep) -> None:
    """Answer 404 for a run that is not there; once a stream has begun it is too late for that."""
    await playlists.get_run(user.id, run_id)


@router.get(
    "/playlists/runs/{run_id}/events", response_class=EventSourceResponse, dependencies=[Depends(_check_run)]
)
async def watch_run(
    run_id: str,
    user: CurrentUser,
    playlists: PlaylistsDep,
    last_event_id: Annotated[int | None, Header()] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Stream how far a run is, until it ends."""
    async for event in capped(playlists.watch(user.id, run_id, last_event_id)):
        out = RunOut.of(event.data) if isinstance(event.data, Run) else event.data
        data = out.model_dump_json(by_alias=True)
        yield ServerSentEvent(id=str(event.id), event=event.event, raw_data=data, retry=RECONNECT_MS)


@router.post("/playlists/runs/{run_id}/resume", status_code=HTTPStatus.ACCEPTED, dependencies=[LimitCostly])
@raises(NotFoundError)
async def resume_run(run_id: str, user: ConnectedUser, playlists: PlaylistsDep) -> RunStarted:
    """Go on with the playlists of a run that are not done yet."""
    return RunStarted(run=(await playlists.resume(user.id, run_id)).id)


@router.get("/my-playlists")
async def my_playlists(user: CurrentUser, playlists: PlaylistsDep) -> MyPlaylistsOut:
    """Return the playlists that the app keeps for the caller, newest first."""
    made = await playlists.list_made(user.id)
    return MyPlaylistsOut(playlists=tuple(MadePlaylistOut.of(playlist) for playlist in made))


@router.post("/playlists/refresh/preview", dependencies=[LimitCostly])
@raises(NothingKeptError)
async def preview_refresh(user: ConnectedUser, keeper: KeeperDep, playlists: PlaylistsDep) -> PreviewOut:
    """Return what brings all playlists that are not frozen in step with the library; nothing is written."""
    return PreviewOut.of(await keeper.preview(user.id), calls_left=playlists.calls_left)


@router.post("/playlists/refresh", status_code=HTTPStatus.ACCEPTED, dependencies=[LimitCostly])
@raises(NothingKeptError)
async def refresh_all(response: Response, user: ConnectedUser, keeper: KeeperDep) -> RunStarted:
    """Bring all playlists that are not frozen in step with the library, in one run."""
    return _started(await keeper.refresh(user.id), response)


@router.post("/playlists/{playlist_id}/refresh/preview", dependencies=[LimitCostly])
@raises(NotAmongMadeError, PlaylistGoneError)
async def preview_refresh_of_one(
    playlist_id: PlaylistPath, user: ConnectedUser, keeper: KeeperDep, playlists: PlaylistsDep
) -> PreviewOut:
    """Return what brings a playlist in step with the library; nothing is written."""
    return PreviewOut.of(await keeper.preview(user.id, playlist_id), calls_left=playlists.calls_left)


@router.post("/playlists/{playlist_id}/refresh", status_code=HTTPStatus.ACCEPTED, dependencies=[LimitCostly])
@raises(NotAmongMadeError, PlaylistGoneError)
async def refresh(
    playlist_id: PlaylistPath, response: Response, user: ConnectedUser, keeper: KeeperDep
) -> RunStarted:
    """Bring a playlist in step with the library."""
    return _started(await keeper.refresh(user.id, playlist_id), response)


@router.post("/playlists/{playlist_id}/undo", status_code=HTTPStatus.ACCEPTED, dependencies=[LimitCostly])
@raises(NotAmongMadeError, NothingToUndoError, UnfollowsError)
async def undo(
    playlist_id: PlaylistPath,
    response: Response,
    user: ConnectedUser,
    keeper: KeeperDep,
    *,
    body: UndoIn | None = None,
) -> RunStarted:
    """Take the last change of a playlist back; what it had put in counts as taken out by hand."""
    sure = body is not None and body.unfollow
    return _started(await keeper.undo(user.id, playlist_id, sure=sure), response)


@router.post("/playlists/{playlist_id}/allow-again")
@raises(NotAmongMadeError)
async def allow_again(
    playlist_id: PlaylistPath, user: CurrentUser, keeper: KeeperDep, *, body: AllowIn | None = None
) -> MadePlaylistOut:
    """Let songs that were taken out by hand be added again by the next refresh."""
    return MadePlaylistOut.of(await keeper.allow_again(user.id, playlist_id, body.uris if body else None))


@router.put("/playlists/{playlist_id}")
@raises(NotAmongMadeError)
async def change(
    playlist_id: PlaylistPath, body: TermsIn, user: CurrentUser, keeper: KeeperDep
) -> MadePlaylistOut:
    """Keep a playlist differently from now on; another name or description is told to Spotify at once."""
    return MadePlaylistOut.of(await keeper.change(user.id, playlist_id, body.terms()))


@router.delete("/playlists/{playlist_id}", status_code=HTTPStatus.NO_CONTENT)
@raises(NotAmongMadeError)
async def forget(playlist_id: PlaylistPath, user: CurrentUser, keeper: KeeperDep) -> None:
    """Keep a playlist no longer; at Spotify it stays as it is."""
    await keeper.forget(user.id, playlist_id)


def _started(run: Run, response: Response) -> RunStarted:
    response.headers["Location"] = f"/api/playlists/runs/{run.id}"
    return RunStarted(run=run.id)

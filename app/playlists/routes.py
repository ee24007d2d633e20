"""JSON routes of previews, runs and the playlists made."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.deps import ConnectedUser, CurrentUser, PlaylistsDep, PreviewsDep
from app.event_stream import RECONNECT_MS, capped
from app.playlists.models import Run
from app.playlists.schemas import (
    ApplyIn,
    MadePlaylistOut,
    MyPlaylistsOut,
    PreviewIn,
    PreviewOut,
    RunOut,
    RunStarted,
)

router = APIRouter(prefix="/api", tags=["playlists"])


@router.post("/playlists/preview")
async def preview(body: PreviewIn, user: CurrentUser, previews: PreviewsDep) -> PreviewOut:
    """Return exactly what would be written; nothing is."""
    return PreviewOut.of(await previews.make(user.id, [selection.wanted() for selection in body.selections]))


@router.post("/playlists", status_code=HTTPStatus.ACCEPTED)
async def apply(
    body: ApplyIn, response: Response, user: ConnectedUser, playlists: PlaylistsDep
) -> RunStarted:
    """Make the playlists of a preview; the same preview again is the same run."""
    run = await playlists.apply(user.id, body.preview)
    response.headers["Location"] = f"/api/playlists/runs/{run.id}"
    return RunStarted(run=run.id)


@router.get("/playlists/runs/{run_id}")
async def get_run(run_id: str, user: CurrentUser, playlists: PlaylistsDep) -> RunOut:
    """Return how far a run is."""
    return RunOut.of(await playlists.get_run(user.id, run_id))


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


@router.post("/playlists/runs/{run_id}/resume", status_code=HTTPStatus.ACCEPTED)
async def resume_run(run_id: str, user: ConnectedUser, playlists: PlaylistsDep) -> RunStarted:
    """Go on with the playlists of a run that are not made yet."""
    return RunStarted(run=(await playlists.resume(user.id, run_id)).id)


@router.get("/my-playlists")
async def my_playlists(user: CurrentUser, playlists: PlaylistsDep) -> MyPlaylistsOut:
    """Return the playlists that the app made for the caller, newest first."""
    made = await playlists.list_made(user.id)
    return MyPlaylistsOut(playlists=tuple(MadePlaylistOut.of(playlist) for playlist in made))

"""JSON routes of what is in one's own playlists."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.deps import ConnectedUser, ContentsDep, CurrentUser, LimitCostly
from app.errors import raises
from app.event_stream import RECONNECT_MS, capped
from app.jobs.runner import JobRunningError
from app.playlists.memberships.schemas import ContentsOut

CONTENTS = "/api/playlists/contents"

router = APIRouter(prefix=CONTENTS, tags=["Playlists"])


@router.get("")
async def get_contents(user: CurrentUser, contents: ContentsDep) -> ContentsOut:
    """Return of which playlists it is known what is in them, and what reading the others takes."""
    return await contents.get_view(user.id)


@router.post("", status_code=HTTPStatus.ACCEPTED, dependencies=[LimitCostly])
@raises(JobRunningError)
async def read_contents(response: Response, user: ConnectedUser, contents: ContentsDep) -> ContentsOut:
    """Read what is in all playlists of one's own that are not known yet, or have changed."""
    response.headers["Location"] = CONTENTS
    return await contents.start(user.id)


@router.get("/events", response_class=EventSourceResponse)
async def watch_contents(
    user: CurrentUser, contents: ContentsDep, last_event_id: Annotated[int | None, Header()] = None
) -> AsyncIterator[ServerSentEvent]:
    """Stream how far the reading is, until it ends."""
    async for event in capped(contents.watch(user.id, last_event_id)):
        data = event.data.model_dump_json(by_alias=True)
        yield ServerSentEvent(id=str(event.id), event=event.event, raw_data=data, retry=RECONNECT_MS)

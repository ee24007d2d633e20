"""JSON routes of scans and genres."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from app.deps import (
    ConnectedUser,
    CurrentUser,
    GenresDep,
    LimitCostly,
    MembershipsDep,
    PlaylistsDep,
    ScansDep,
)
from app.errors import ConflictError, raises
from app.event_stream import RECONNECT_MS, capped
from app.genres.export import MEDIA_TYPES, FileQuery, file_of
from app.genres.scan_schemas import (
    MOST_SOURCES,
    AccountOut,
    LibrarySizeOut,
    MeOut,
    ScanCreate,
    ScanOut,
    SourceId,
    UserPlaylistsOut,
)
from app.genres.scanning.errors import ScanOverBudgetError, ScanRunningError
from app.genres.schemas import GenresOut, GenreTracksOut, TracksQuery
from app.genres.service import LibraryTooLargeError, NoLibraryError
from app.spotify.errors import NOT_TO_BE_ASKED

SCAN = "/api/genres/scan"

router = APIRouter(prefix="/api", tags=["Genres"])


@router.get("/me")
async def me(user: CurrentUser) -> MeOut:
    """Return who is signed in."""
    return MeOut(spotify=AccountOut(id=user.id, name=user.name, avatar=user.avatar))


@router.get("/library-size")
@raises(*NOT_TO_BE_ASKED)
async def library_size(
    user: CurrentUser,
    scans: ScansDep,
    source: Annotated[tuple[SourceId, ...] | None, Query(max_length=MOST_SOURCES)] = None,
) -> LibrarySizeOut:
    """Return how many songs the sources have, those of last time unless named, and what a scan takes."""
    return await scans.planner.get_size(user.id, source)


@router.get("/user-playlists")
@raises(*NOT_TO_BE_ASKED)
async def user_playlists(user: CurrentUser, scans: ScansDep, playlists: PlaylistsDep) -> UserPlaylistsOut:
    """Return the person's playlists, those that this app made marked, and which can be scanned."""
    made = {one.id for one in await playlists.list_made(user.id)}
    known = await scans.offers.get_playlists(user.id, made=made)
    return UserPlaylistsOut(playlists=known.value, as_of=known.as_of)


@router.post("/genres/scan", status_code=HTTPStatus.ACCEPTED, dependencies=[LimitCostly])
@raises(ScanRunningError, ScanOverBudgetError)
async def start_scan(body: ScanCreate, response: Response, user: ConnectedUser, scans: ScansDep) -> ScanOut:
    """Start a scan, or go on with one that was stopped; 409 if one runs, or if it needs too many calls."""
    await scans.start(user.id, body.sources, refresh=body.refresh, over_budget=body.over_budget)
    response.headers["Location"] = SCAN
    return await scans.get_progress(user.id)


@router.get("/genres/scan")
async def get_scan(user: CurrentUser, scans: ScansDep, genres: GenresDep) -> ScanOut:
    """Return how far the scan is, or how the last one ended and who is still asked behind it."""
    progress = await scans.get_progress(user.id)
    return progress.model_copy(update={"behind": genres.find_behind(user.id)})


@router.delete("/genres/scan")
async def stop_scan(user: CurrentUser, scans: ScansDep) -> ScanOut:
    """Stop at the cursor; what was found is kept, and starting again goes on from there."""
    await scans.stop(user.id)
    return await scans.get_progress(user.id)


@router.get("/genres/scan/events", response_class=EventSourceResponse)
async def watch_scan(
    user: CurrentUser, scans: ScansDep, last_event_id: Annotated[int | None, Header()] = None
) -> AsyncIterator[ServerSentEvent]:
    """Stream how far the scan is and the families so far, until it ends."""
    async for told in capped(scans.watch(user.id, last_event_id)):
        data = told.data.model_dump_json(by_alias=True)
        yield ServerSentEvent(id=str(told.id), event=told.event, raw_data=data, retry=RECONNECT_MS)


@router.get("/genres", response_model=GenresOut)
@raises(NoLibraryError, LibraryTooLargeError)
async def get_genres(user: CurrentUser, genres: GenresDep, *, tracks: bool = False) -> Response:
    """Return the library by families and genres; with the ids of all songs up to 10,000 of them."""
    return Response(await genres.get_summary(user.id, tracks=tracks), media_type="application/json")


@router.get(
    "/genres/export",
    response_class=StreamingResponse,
    responses={
        200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}, "description": "A file of songs"}
    },
)
@raises(NoLibraryError, ConflictError)
async def export(
    query: Annotated[FileQuery, Query()],
    user: CurrentUser,
    *,
    genres: GenresDep,
    memberships: MembershipsDep,
) -> StreamingResponse:
    """Return the songs of the library, or of genres and families of it, with their genres and who says so.

    A CSV file begins with a byte order mark; a cell that a spreadsheet would reckon with begins with "'".
    """
    listed = await memberships.get_listed(user.id, unlisted=query.unlisted)
    songs = await genres.get_export(user.id, query, listed)
    name = f"genre-sorter-{'selection' if query.include or query.exclude else 'library'}.{query.format}"
    return StreamingResponse(
        file_of(songs, query.format),
        media_type=MEDIA_TYPES[query.format],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


@router.get("/genres/{name:path}/tracks")
@raises(NoLibraryError)
async def list_tracks(
    name: str, query: Annotated[TracksQuery, Query()], user: CurrentUser, genres: GenresDep
) -> GenreTracksOut:
    """Return a page of a genre's songs, newest likes first, each with why it is there."""
    return await genres.list_tracks(user.id, name, query)

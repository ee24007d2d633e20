"""The operators' routes."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, Response, StreamingResponse

from app import __version__
from app.admin.backups import BackupRunningError, NoDatabaseFileError
from app.admin.operators import NotOperatorError, TooManyTriesError
from app.admin.schemas import HealthOut, KVMetricsOut, KVUsageOut
from app.admin.upstream_schemas import UpstreamOut
from app.admin.words_schemas import UnknownWordsOut
from app.deps import (
    AdminDep,
    BackupsDep,
    LimitBoards,
    LoggedOperator,
    OperatorDep,
    ServicesDep,
    SnapshotDep,
    SnapshotFirst,
    require_operator,
)
from app.errors import raises

router = APIRouter(tags=["Operators"])

DATABASE = "application/vnd.sqlite3"


@router.get("/api/kv-metrics", dependencies=[SnapshotFirst, OperatorDep])
async def kv_metrics(snapshot: SnapshotDep, admin: AdminDep) -> KVMetricsOut:
    """Return what the key-value service counted since the process started."""
    return admin.metrics(snapshot)


@router.get("/api/kv-usage", dependencies=[SnapshotFirst, OperatorDep])
async def kv_usage(snapshot: SnapshotDep, admin: AdminDep) -> KVUsageOut:
    """Return today's store operations against the limits."""
    return await admin.usage(snapshot)


@router.get("/api/upstream", dependencies=[OperatorDep])
async def upstream(admin: AdminDep) -> UpstreamOut:
    """Return what Spotify and the genre sources still give; no store is asked for it."""
    return admin.upstream.state()


@router.get("/api/admin/unknown-words", dependencies=[OperatorDep])
async def unknown_words(admin: AdminDep) -> UnknownWordsOut:
    """Return what genre sources said that is neither genre nor noise, the words of most artists first."""
    return await admin.words.count()


@router.get("/metrics", dependencies=[SnapshotFirst, OperatorDep], response_class=PlainTextResponse)
async def metrics(request: Request, snapshot: SnapshotDep, admin: AdminDep) -> Response:
    """Return the same numbers for Prometheus, in its text format or as OpenMetrics."""
    text, content_type = admin.exposition(snapshot, request.headers.get("accept", ""))
    return Response(text, headers={"Content-Type": content_type})


@router.post(
    "/api/admin/backup",
    dependencies=[OperatorDep, LoggedOperator],
    response_class=StreamingResponse,
    responses={200: {"content": {DATABASE: {}}, "description": "A copy of the database"}},
)
@raises(NoDatabaseFileError, BackupRunningError)
async def backup(backups: BackupsDep) -> StreamingResponse:
    """Return a copy of the database with everything written before; writes go on meanwhile."""
    copy = await backups.take()
    headers = {
        "Content-Length": str(copy.size),
        "Content-Disposition": f'attachment; filename="{copy.name}"',
        "Content-Encoding": "identity",  # compressing it would hold up everybody else
    }
    return StreamingResponse(copy.chunks(), media_type=DATABASE, headers=headers)


@router.get("/health", tags=["Health"], response_model_exclude_none=True, dependencies=[LimitBoards])
@raises(NotOperatorError, TooManyTriesError)
async def health(
    request: Request,
    snapshot: SnapshotDep,
    admin: AdminDep,
    services: ServicesDep,
    *,
    detailed: Annotated[bool, Query(description="For operators: the queue as well.")] = False,
) -> HealthOut:
    """Return the last known state of the app; no store is asked, except for who wants the details."""
    if detailed:
        await require_operator(request, services)
    return admin.health(snapshot, detailed=detailed, version=__version__)

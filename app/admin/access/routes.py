"""Requests for access as JSON, for operators."""

from http import HTTPStatus

from fastapi import APIRouter, Response

from app.accounts.access.models import Decision
from app.accounts.access.service import RequestDecidedError
from app.admin.access.schemas import AccessRequestsOut
from app.deps import AccessDep, LoggedOperator, OperatorDep
from app.errors import raises

router = APIRouter(
    prefix="/api/admin/access-requests", tags=["Operators"], dependencies=[OperatorDep, LoggedOperator]
)


@router.get("")
async def access_requests(access: AccessDep) -> AccessRequestsOut:
    """Return who waits to be let in, the oldest first."""
    return AccessRequestsOut.of(await access.list_open())


@router.post("/{request_id}/{decision}", status_code=HTTPStatus.NO_CONTENT)
@raises(RequestDecidedError)
async def decide(request_id: str, decision: Decision, access: AccessDep) -> Response:
    """Delete a request as approved or denied; Spotify's dashboard is where the account is added."""
    await access.decide(request_id, decision)
    return Response(status_code=HTTPStatus.NO_CONTENT)

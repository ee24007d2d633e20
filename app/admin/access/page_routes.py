"""The operators' page of requests for access."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.access.models import Decision
from app.deps import AccessDep, LoggedOperator, OperatorPageDep
from app.templating import render

PAGE = "/operator/access-requests"

router = APIRouter(prefix=PAGE, include_in_schema=False, dependencies=[OperatorPageDep, LoggedOperator])


@router.get("")
async def access_page(request: Request, access: AccessDep) -> Response:
    """Show who waits to be let in, with what has to be copied to Spotify's dashboard."""
    return render(request, "operator/access.html", await access.list_open())


@router.post("")
async def decide(
    access: AccessDep, request_id: Annotated[str, Form()], decision: Annotated[Decision, Form()]
) -> RedirectResponse:
    """Delete a request as approved or denied."""
    await access.decide(request_id, decision)
    return RedirectResponse(f"{PAGE}?decided={decision}", HTTPStatus.SEE_OTHER)

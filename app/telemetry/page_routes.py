"""Operators' pages of what browsers told."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.deps import OperatorPageDep, ReportsDep
from app.templating import render

router = APIRouter(include_in_schema=False, dependencies=[OperatorPageDep])


@router.get("/operator/errors")
async def errors_page(request: Request, reports: ReportsDep) -> Response:
    """Show what went wrong in browsers, in groups of the same."""
    return render(request, "operator/errors.html", await reports.list_errors())


@router.get("/operator/speed")
async def speed_page(request: Request, reports: ReportsDep) -> Response:
    """Show how fast pages were."""
    return render(request, "operator/speed.html", await reports.get_performance())

"""What browsers tell, and what operators read of it."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.routing import APIRoute
from starlette.datastructures import MutableHeaders

from app.body_limit import BodyTooLargeError
from app.deps import AnalyticsDep, OperatorDep, ReportsDep, ServicesDep, address_of
from app.errors import raises
from app.telemetry.csp import read_reports
from app.telemetry.rate import TooManyReportsError
from app.telemetry.schemas import AnalyticsOut, ErrorsIn, ErrorsOut, LoggedOut, PerformanceOut, TimesIn


class BeaconRoute(APIRoute):
    """Reads a body as JSON whatever it is called: `sendBeacon` says text/plain of a string."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers."""
        handle = super().get_route_handler()

        async def handle_json(request: Request) -> Response:
            MutableHeaders(scope=request.scope)["content-type"] = "application/json"
            return await handle(Request(request.scope, request.receive))

        return handle_json


router = APIRouter(tags=["Telemetry"], route_class=BeaconRoute)

MOST_BYTES = 16 * 1024
CSP_REPORTS = ("application/reports+json", "application/csp-report")


@raises(BodyTooLargeError, TooManyReportsError)
async def take_report(request: Request, services: ServicesDep) -> None:
    """Let a report through that is small and comes not too often."""
    services.telemetry.rate.take(address_of(request))
    if len(await request.body()) > MOST_BYTES:
        raise BodyTooLargeError


ReportDep = Depends(take_report)


@router.post("/api/log-error", dependencies=[ReportDep])
async def log_error(request: Request, reports: ReportsDep, told: ErrorsIn) -> LoggedOut:
    """Take errors of scripts, ten at most; what could name a person is cut out."""
    return LoggedOut(logged=await reports.take_errors(told.errors, request.headers.get("user-agent", "")))


@router.post("/api/log-perf", dependencies=[ReportDep])
async def log_perf(reports: ReportsDep, told: TimesIn) -> LoggedOut:
    """Take how fast one page was: numbers and nothing else."""
    return LoggedOut(logged=await reports.take_times(told))


@router.post(
    "/api/csp-report",
    dependencies=[ReportDep],
    status_code=204,
    openapi_extra={"requestBody": {"content": {kind: {} for kind in CSP_REPORTS}}},
)
async def csp_report(request: Request, reports: ReportsDep) -> Response:
    """Take what the content security policy refused; browsers send this by themselves, in two forms."""
    refusals = read_reports(await request.body())
    await reports.take_refusals(refusals, request.headers.get("user-agent", ""))
    return Response(status_code=204)


@router.get("/api/analytics", dependencies=[OperatorDep], tags=["Operators"])
async def analytics(
    analytics: AnalyticsDep,
    days: Annotated[int, Query(ge=7, le=30, description="How many days are told one by one.")] = 7,
) -> AnalyticsOut:
    """Return what people did, by UTC day; nothing in it is of one person."""
    return await analytics.latest(days)


@router.get("/api/admin/errors", dependencies=[OperatorDep], tags=["Operators"])
async def errors(reports: ReportsDep) -> ErrorsOut:
    """Return what went wrong in browsers in the last seven days, in groups of the same."""
    return await reports.list_errors()


@router.get("/api/admin/perf", dependencies=[OperatorDep], tags=["Operators"])
async def performance(reports: ReportsDep) -> PerformanceOut:
    """Return how fast pages were in the last thirty days."""
    return await reports.get_performance()

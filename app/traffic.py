"""Counts pages that people look at, and answers that failed."""

import re
from collections.abc import Callable
from http import HTTPStatus

import structlog
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.errors import AppError
from app.problems import wants_page
from app.senders import address_of
from app.telemetry.service import AnalyticsService

log = structlog.get_logger(__name__)

OPERATORS, READINESS = "/operator", "/readyz"
ROBOT = re.compile(r"(?<!cu)bot(?![a-z])|crawl|spider|preview|externalhit|whatsapp/", re.IGNORECASE)
"""What search engines and makers of link previews have in their names; Cubot makes phones."""


class CountTraffic:
    """Counts after the answer is sent; inside FlushKV, which makes it durable."""

    def __init__(self, app: ASGIApp, analytics: Callable[[Scope], AnalyticsService]) -> None:
        self.app = app
        self.analytics = analytics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on and count."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun: Message = {}

        async def watch(message: Message) -> None:
            if message["type"] == "http.response.start":
                begun.update(message)
            await send(message)

        await self.app(scope, receive, watch)
        try:
            await self._count(Request(scope), begun)
        except AppError as error:
            log.warning("traffic.not_counted", error=error.code)

    async def _count(self, request: Request, begun: Message) -> None:
        if begun.get("status", 0) >= HTTPStatus.INTERNAL_SERVER_ERROR:
            if request.url.path != READINESS:  # to say "not ready" is an answer, asked for every few seconds
                await self.analytics(request.scope).count({"errors": 1})
        elif _is_page_view(request, begun):
            await self.analytics(request.scope).page_seen(
                address=address_of(request),
                user_agent=request.headers.get("user-agent", ""),
            )


def _is_page_view(request: Request, begun: Message) -> bool:
    """Whether somebody sees a page; operators at their desk are no visitors, and robots are nobody."""
    return (
        request.method == "GET"
        and begun.get("status") == HTTPStatus.OK
        and wants_page(request)
        and "prefetch" not in request.headers.get("sec-purpose", "")
        and not request.url.path.startswith(OPERATORS)
        and not ROBOT.search(request.headers.get("user-agent", ""))
        and Headers(raw=begun["headers"]).get("content-type", "").startswith("text/html")
    )

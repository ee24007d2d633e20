"""Pure ASGI middleware, in the order in which `main` puts it, outermost first."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Protocol
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.addresses import asked_address
from app.errors import AppError, ForbiddenError
from app.networks import name_of
from app.settings import LOOPBACK_HOSTS, Settings

log = structlog.get_logger(__name__)

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN_TO_ANY_HOST = frozenset({"/healthz", "/readyz", "/health"})
CSP_REPORTS = "/api/csp-report"
"""Browsers send these by themselves, some without saying from where; they carry no rights and do nothing."""
FLUSH_WAIT_S = 2.0

Respond = Callable[[Request, Exception], Response | Awaitable[Response]]


class UnknownHostError(AppError):
    """The page was opened under a name that this installation is not set up for."""

    status = 421
    code = "unknown-host"
    title = "This is not the address of this installation"


class Flusher(Protocol):
    """What FlushKV needs of the key-value service."""

    @property
    def owes(self) -> bool:
        """Whether anything is not durable yet."""
        ...

    async def flush(self, timeout_s: float | None = None) -> None:
        """Make durable whatever is queued now, waiting at most `timeout_s`."""
        ...


class RequestContext:
    """Gives every request an id, times it, and writes one access line without the query string."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0
        started = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_id)
            finally:
                duration_ms = round((time.perf_counter() - started) * 1000, 1)
                log.info(
                    "request.done",
                    method=scope["method"],
                    route=_route_template(scope),
                    status=status,
                    duration_ms=duration_ms,
                )


def _route_template(scope: Scope) -> str:
    """The route's pattern, never the path itself: a path may carry a person's search or ids."""
    route = scope.get("route")
    return str(getattr(route, "path", "")) or "(none)"


class SecurityHeaders:
    """Adds the security headers to every answer, 404 and 500 included, with a new CSP nonce each time."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.fixed = _fixed_headers(settings)
        self.policy = content_security_policy(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["csp_nonce"] = nonce

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self.fixed:
                    headers.setdefault(name, value)
                headers.setdefault("Content-Security-Policy", self.policy.replace("NONCE", nonce))
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _fixed_headers(settings: Settings) -> tuple[tuple[str, str], ...]:
    headers = [
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        ("Cache-Control", "no-store"),
    ]
    if settings.https:
        headers.append(("Strict-Transport-Security", "max-age=31536000"))
        headers.append(("Reporting-Endpoints", f'csp="{CSP_REPORTS}"'))
    return tuple(headers)


def content_security_policy(settings: Settings) -> str:
    """Return the policy with NONCE in the place of the nonce.

    Spotify serves covers and avatars from hosts under scdn.co and spotifycdn.com
    (seen in recorded answers of its Web API, 2026-11).
    """
    pictures = {"'self'", "https://*.scdn.co", "https://*.spotifycdn.com", _origin(settings.spotify_open_url)}
    forms = {"'self'", _origin(settings.spotify_accounts_url)}
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self' 'nonce-NONCE'",
            "style-src 'self'",
            f"img-src {_sources(pictures)}",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            f"form-action {_sources(forms)}",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            *_reporting(settings),
        )
    )


def _reporting(settings: Settings) -> tuple[str, ...]:
    """Browsers that know `report-to` leave `report-uri` aside, but send such reports over https alone."""
    return (f"report-uri {CSP_REPORTS}", *(("report-to csp",) if settings.https else ()))


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _sources(values: Iterable[str]) -> str:
    return " ".join(sorted(values))


class HostCheck:
    """Leads a loopback address under another name to BASE_URL and refuses every unknown name.

    A cookie set under one name is not sent to another, so the redirect comes before any cookie.
    """

    def __init__(self, app: ASGIApp, settings: Settings, respond: Respond) -> None:
        self.app = app
        self.public_url = settings.public_url
        self.netloc = urlsplit(settings.public_url).netloc
        self.usual_port = ":443" if settings.https else ":80"
        self.loopback = settings.loopback
        self.respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.app
        if scope["type"] == "http" and scope["path"] not in OPEN_TO_ANY_HOST:
            host = Headers(scope=scope).get("host", "")
            if host.lower().removesuffix(self.usual_port) != self.netloc:
                app = await self._answer(scope, host)
        await app(scope, receive, send)

    async def _answer(self, scope: Scope, host: str) -> Response:
        if self.loopback and name_of(host) in LOOPBACK_HOSTS and scope["method"] in SAFE_METHODS:
            return RedirectResponse(f"{self.public_url}{asked_address(scope)}", status_code=307)
        error = UnknownHostError(
            f"You opened {host or 'no name'}; this installation is at {self.public_url}."
        )
        return await _awaited(self.respond(Request(scope), error))


class CrossOrigin:
    """Refuses requests that change something and come from another site.

    Sec-Fetch-Site decides where a browser sends it; else Origin must equal BASE_URL. A request with an
    operator's bearer token and no cookie carries no ambient rights, so it needs neither.
    """

    def __init__(self, app: ASGIApp, settings: Settings, respond: Respond) -> None:
        self.app = app
        self.origin = _origin(settings.public_url)
        self.respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        app = self.app
        if scope["type"] == "http" and not self._allowed(scope):
            error = ForbiddenError("The request came from another site, so nothing was done.")
            app = await _awaited(self.respond(Request(scope), error))
        await app(scope, receive, send)

    def _allowed(self, scope: Scope) -> bool:
        if scope["method"] in SAFE_METHODS or scope["path"] == CSP_REPORTS:
            return True
        headers = Headers(scope=scope)
        if "authorization" in headers and "cookie" not in headers:
            return True
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site in {"same-origin", "none"}
        return headers.get("origin") == self.origin


class FlushKV:
    """Flushes the write queue after the answer is sent.

    The client does not wait for it, and a failed flush cannot change the answer: the queue keeps the batch.
    """

    def __init__(self, app: ASGIApp, kv: Callable[[Scope], Flusher]) -> None:
        self.app = app
        self.kv = kv

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            await self.app(scope, receive, send)
        finally:
            if (kv := self.kv(scope)).owes:
                await _flush(kv)


async def _flush(kv: Flusher) -> None:
    """Wait for the shared round; a request that is cut off in the meantime does not cut that off."""
    try:
        await asyncio.shield(kv.flush(FLUSH_WAIT_S))
    except AppError as error:
        log.warning("kv.flush_failed", error=error.code)


class CatchAll:
    """Answers what nobody caught with a 500; innermost, so that the answer keeps its headers."""

    def __init__(self, app: ASGIApp, respond: Respond) -> None:
        self.app = app
        self.respond = respond

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except ClientDisconnect:  # a browser went away in the middle of what it sent: nobody waits
            log.info("request.cut_off")
        except Exception as error:
            log.exception("request.failed")
            if started:
                raise
            response = await _awaited(self.respond(Request(scope), error))
            await response(scope, receive, send)


async def _awaited(answer: Response | Awaitable[Response]) -> Response:
    return answer if isinstance(answer, Response) else await answer

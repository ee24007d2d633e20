"""The application: middleware and routers in order, nothing else."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import TypedDict

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import Lifespan, Scope

from app import __version__
from app.accounts.access.page_routes import router as access_pages
from app.accounts.access.routes import router as access_router
from app.accounts.page_routes import router as accounts_pages
from app.accounts.routes import router as accounts_router
from app.admin.access.page_routes import router as access_desk_pages
from app.admin.access.routes import router as access_desk_router
from app.admin.page_routes import router as admin_pages
from app.admin.routes import router as admin_router
from app.admin.stored.page_routes import router as stored_pages
from app.admin.stored.routes import router as stored_router
from app.body_limit import BodyLimit
from app.clock import Clock, SystemClock
from app.community.page_routes import router as community_pages
from app.community.routes import router as community_router
from app.deps import know_user
from app.errors import AppError
from app.forwarding import TrustedProxies
from app.genres.families import Families
from app.genres.page_routes import router as genres_pages
from app.genres.personal.correction_page_routes import router as correction_pages
from app.genres.personal.correction_routes import router as corrections_router
from app.genres.personal.rule_page_routes import router as rules_pages
from app.genres.personal.rule_routes import router as rules_router
from app.genres.routes import router as genres_router
from app.head_requests import HeadAsGet
from app.keyspaces import STORED
from app.kv.cached import CachedKV
from app.kv.stores import StoreOpener, open_store
from app.listening.page_routes import router as listening_pages
from app.listening.routes import router as listening_router
from app.middleware import CatchAll, CrossOrigin, FlushKV, HostCheck, RequestContext, SecurityHeaders
from app.openapi import DescribedApp
from app.pages.routes import probes
from app.pages.routes import router as pages_router
from app.playlists.autosort.page_routes import router as auto_sort_pages
from app.playlists.autosort.routes import router as auto_sort_router
from app.playlists.kept.page_routes import router as kept_pages
from app.playlists.memberships.page_routes import router as contents_pages
from app.playlists.memberships.routes import router as contents_router
from app.playlists.naming.page_routes import router as settings_pages
from app.playlists.naming.routes import router as preferences_router
from app.playlists.page_routes import router as playlists_pages
from app.playlists.routes import router as playlists_router
from app.problems import Problems
from app.rate_limits import RateLimit
from app.services import Services, open_services
from app.settings import Settings
from app.static_files import CHECK_ALWAYS, FOR_EVER, CachedStaticFiles
from app.telemetry.page_routes import router as telemetry_pages
from app.telemetry.routes import router as telemetry_router
from app.telemetry.service import AnalyticsService
from app.templating import STATIC_PREFIX, Templating
from app.throttle import Throttle
from app.traffic import CountTraffic

MAX_BODY_BYTES = 64 * 1024
SMALLEST_COMPRESSED = 1024
ROUTERS = (  # in the order in which they are asked: what pages ask for by themselves comes first
    accounts_router,
    listening_router,
    telemetry_router,
    corrections_router,
    rules_router,
    genres_router,
    pages_router,
    probes,
    accounts_pages,
    access_pages,
    access_router,
    correction_pages,
    rules_pages,
    genres_pages,
    auto_sort_pages,
    auto_sort_router,
    contents_pages,
    contents_router,
    playlists_pages,
    playlists_router,
    settings_pages,
    preferences_router,
    listening_pages,
    community_pages,
    community_router,
    admin_pages,
    admin_router,
    access_desk_pages,
    access_desk_router,
    telemetry_pages,
    stored_pages,
    stored_router,
    kept_pages,  # the last below /playlists: what no other knows is a playlist's id
)


class State(TypedDict):
    """What the lifespan hands to requests."""

    services: Services


def create_app(
    settings: Settings, *, clock: Clock | None = None, opener: StoreOpener = open_store
) -> FastAPI:
    """Return the app for these settings; it opens its store and clients when it starts."""
    families = Families.load()
    templating = Templating(settings, {"families": families, "stored": STORED})
    problems = Problems(templating, know_user=know_user)
    app = DescribedApp(
        title="genre-sorter",
        version=__version__,
        lifespan=_lifespan(
            partial(open_services, settings, families=families, clock=clock or SystemClock(), opener=opener)
        ),
        middleware=_middleware(settings, problems),
        redirect_slashes=False,  # such a redirect names the scheme of this hop, not that of BASE_URL
        docs_url=None,
        redoc_url=None,
    )
    app.state.templating = templating
    app.state.stop = lambda: None
    for kind in (AppError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, problems.handle)
    for router in ROUTERS:  # `include_router` would try every route of every router twice for each request
        app.router.routes.extend(router.routes)
    app.mount(templating.static_root, CachedStaticFiles(FOR_EVER))
    app.mount(STATIC_PREFIX, CachedStaticFiles(CHECK_ALWAYS))
    return app


def _middleware(settings: Settings, problems: Problems) -> list[Middleware]:
    """Outermost first. CatchAll is innermost of ours, so that a 500 keeps its headers."""
    return [
        Middleware(RequestContext),
        Middleware(SecurityHeaders, settings=settings),
        Middleware(HostCheck, settings=settings, respond=problems.respond),
        Middleware(GZipMiddleware, minimum_size=SMALLEST_COMPRESSED),
        Middleware(TrustedProxies, trusted=settings.trusted_proxies),
        Middleware(Throttle, settings=settings, limit=_limit_of, respond=problems.respond),
        Middleware(CrossOrigin, settings=settings, respond=problems.respond),
        Middleware(BodyLimit, limit=MAX_BODY_BYTES, respond=problems.respond),
        Middleware(FlushKV, kv=_kv_of),
        Middleware(CountTraffic, analytics=_analytics_of),
        Middleware(HeadAsGet),
        Middleware(CatchAll, respond=problems.respond),
        Middleware(RequestBodyLimitMiddleware, max_body_size=MAX_BODY_BYTES),
    ]


def _kv_of(scope: Scope) -> CachedKV:
    services: Services = scope["state"]["services"]
    return services.kv


def _limit_of(scope: Scope) -> RateLimit:
    services: Services = scope["state"]["services"]
    return services.limits.requests


def _analytics_of(scope: Scope) -> AnalyticsService:
    services: Services = scope["state"]["services"]
    return services.telemetry.analytics


def _lifespan(opened: Callable[[], AbstractAsyncContextManager[Services]]) -> Lifespan[FastAPI]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[State]:
        async with opened() as services:
            app.state.stop = services.channels.close_all
            yield {"services": services}

    return lifespan

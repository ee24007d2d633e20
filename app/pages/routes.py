"""The pages that belong to no feature, and the probes."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse, RedirectResponse, Response

from app import __version__
from app.accounts.next_path import local_path
from app.deps import AdminDep, AppModesDep, MaybeUser, SettingsDep, SnapshotDep
from app.errors import NotFoundError
from app.pages.docs import docs_page
from app.pages.models import AboutPage, HomePage
from app.pages.setup import setup_page
from app.settings import Settings
from app.templating import render

router = APIRouter(include_in_schema=False)
probes = APIRouter(tags=["Health"])


@router.get("/")
async def home(
    request: Request,
    user: MaybeUser,
    settings: SettingsDep,
    modes: AppModesDep,
    *,
    next_path: Annotated[str, Query(alias="next")] = "/genres",
    auto_sort: Annotated[str, Query(alias="auto-sort")] = "",
) -> Response:
    """Show what the app does; who is signed in goes straight to the library."""
    if user is not None:
        return RedirectResponse("/genres", status_code=303)
    invited = modes.mode == "development" and not settings.demo
    page = HomePage(local_path(next_path), auto_sort=auto_sort == "on", invited=invited)
    return render(request, "home/page.html", page)


@router.get("/setup")
async def setup(request: Request, _user: MaybeUser, settings: SettingsDep, modes: AppModesDep) -> Response:
    """Check what an operator has to set, each with a tick or a fix."""
    page = setup_page(settings, opened_at=_opened_at(request, settings), mode=modes.mode)
    return render(request, "setup/page.html", page)


@router.get("/about")
async def about(request: Request, _user: MaybeUser, settings: SettingsDep) -> Response:
    """Show what this is, who runs it and where its data comes from."""
    page = AboutPage(version=__version__, sources=settings.used_sources)
    return render(request, "about/page.html", page)


@router.get("/shortcuts")
async def shortcuts(request: Request, _user: MaybeUser) -> Response:
    """List the keys that pages know, and say whether they work for who asks."""
    return render(request, "shortcuts/page.html")


@router.get("/docs")
async def docs(request: Request, _user: MaybeUser) -> Response:
    """List the routes for programs."""
    return render(request, "docs/page.html", docs_page(request.app.openapi()))


@router.get("/style")
async def style(request: Request, _user: MaybeUser, settings: SettingsDep) -> Response:
    """Show every component in both themes, for those who work on the app."""
    if not settings.loopback:
        raise NotFoundError("There is no page at this address.")
    return render(request, "style/page.html")


@probes.get("/healthz", response_class=PlainTextResponse)
async def healthz() -> str:
    """Answer as soon as the app can serve."""
    return "ok"


@probes.get("/readyz", response_class=PlainTextResponse)
async def readyz(snapshot: SnapshotDep, admin: AdminDep) -> Response:
    """Answer 200 while the store takes writes, as far as is known; no store is asked."""
    store = admin.assess(snapshot).store
    return PlainTextResponse(store, status_code=503 if store == "degraded" else 200)


def _opened_at(request: Request, settings: Settings) -> str:
    """Return the address as the browser used it; a proxy that ends TLS is told apart by BASE_URL alone."""
    scheme = "https" if settings.https else "http"
    return f"{scheme}://{request.headers.get('host', '')}"

"""Pages of scanning and of the library."""

from contextlib import suppress
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.deps import ConnectedUser, ConnectionDep, CurrentUser, GenresDep, ScansDep
from app.genres.page_models import GenreQuery, LibraryQuery, ScanPage, SelectionForm
from app.genres.scan_pages import liked_songs, scan_strip
from app.genres.scans import ScanRunningError
from app.templating import render

router = APIRouter(include_in_schema=False)


@router.get("/scan")
async def scan_page(
    request: Request,
    user: CurrentUser,
    connection: ConnectionDep,
    *,
    scans: ScansDep,
    genres: GenresDep,
    again: bool = False,
) -> Response:
    """Show how far the scan is, or what can be scanned."""
    library = await genres.find_library(user.id)
    scan = None if again else await scans.find_view(user.id, library)
    if scan is None and not connection.live:
        return render(request, "connect/page.html")
    sources = () if scan else (liked_songs(await scans.find_size(user.id)),)
    return render(request, "genres/scan.html", ScanPage(sources, scan, has_library=library is not None))


@router.post("/scan")
async def start_scan(user: ConnectedUser, scans: ScansDep) -> Response:
    """Start a scan, or show the one that runs already."""
    with suppress(ScanRunningError):
        await scans.start(user.id)
    return RedirectResponse("/scan", status_code=HTTPStatus.SEE_OTHER)


@router.post("/scan/stop")
async def stop_scan(user: CurrentUser, scans: ScansDep) -> Response:
    """Stop the scan; what was found is kept."""
    await scans.stop(user.id)
    return RedirectResponse("/scan", status_code=HTTPStatus.SEE_OTHER)


@router.get("/genres")
async def library_page(
    request: Request,
    query: Annotated[LibraryQuery, Query()],
    user: CurrentUser,
    scans: ScansDep,
    genres: GenresDep,
) -> Response:
    """Show the library; without one, what can be scanned."""
    pages = await genres.find_pages(user.id)
    if pages is None:
        return RedirectResponse("/scan", status_code=HTTPStatus.SEE_OTHER)
    strip = scan_strip(await scans.get_progress(user.id))
    return render(request, "genres/page.html", pages.genres_page(query, strip))


@router.post("/genres/selection")
async def selection(
    request: Request,
    user: CurrentUser,
    genres: GenresDep,
    form: Annotated[SelectionForm, Form()],
) -> Response:
    """Say how many songs are picked; nothing is kept."""
    pages = await genres.get_pages(user.id)
    return render(request, "genres/_dock.html", pages.selection(form))


@router.get("/genres/none")
async def none_page(
    request: Request, user: CurrentUser, genres: GenresDep, offset: Annotated[int, Query(ge=0)] = 0
) -> Response:
    """Show what has no genre yet."""
    pages = await genres.get_pages(user.id)
    return render(request, "genres/none.html", pages.none_page(offset=offset))


@router.get("/genres/{name:path}")
async def genre_page(
    request: Request, name: str, query: Annotated[GenreQuery, Query()], user: CurrentUser, genres: GenresDep
) -> Response:
    """Show the songs of a genre."""
    pages = await genres.get_pages(user.id)
    return render(request, "genres/genre.html", pages.genre_page(name, query))

"""Pages of scanning and of the library."""

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.deps import (
    ConnectedUser,
    ConnectionDep,
    CurrentUser,
    GenresDep,
    LimitCostly,
    MembershipsDep,
    PlaylistsDep,
    ScansDep,
    TellsChange,
    TellsNews,
    TellsRule,
)
from app.genres.export import ExportQuery, page_of
from app.genres.filters import EVERYTHING, UNLISTED
from app.genres.page_models import GenreQuery, LibraryQuery, ScanForm, ScanPage, SelectionForm
from app.genres.scan_pages import scan_strip
from app.genres.scanning.errors import ScanOverBudgetError, ScanRunningError
from app.genres.sources_page import sources_page
from app.genres.why_page import WhyQuery
from app.templating import render

CONTENTS = "/playlists/contents"
"""Where it is read what is in the person's playlists."""

router = APIRouter(include_in_schema=False, dependencies=[TellsChange, TellsRule])


@router.get("/scan")
async def scan_page(
    request: Request,
    user: CurrentUser,
    connection: ConnectionDep,
    *,
    scans: ScansDep,
    genres: GenresDep,
    playlists: PlaylistsDep,
    again: bool = False,
) -> Response:
    """Show how far the scan is, or what can be scanned."""
    library = await genres.find_library(user.id)
    scan = None if again else await scans.find_view(user.id, library)
    if scan is None and not connection.live:
        return render(request, "connect/page.html")
    made = {one.id for one in await playlists.list_made(user.id)}
    choice = None if scan else await scans.planner.get_choice(user.id, made=made)
    page = ScanPage(choice, scan, has_library=library is not None, behind=genres.find_behind(user.id))
    return render(request, "genres/scan.html", page)


@router.post("/scan", dependencies=[LimitCostly])
async def start_scan(
    request: Request,
    user: ConnectedUser,
    scans: ScansDep,
    playlists: PlaylistsDep,
    form: Annotated[ScanForm, Form()],
) -> Response:
    """Start a scan, or show the one that runs already; ask first when it needs more calls than are left."""
    try:
        await scans.start(user.id, form.source or None, refresh=form.everything, over_budget=form.over_budget)
    except ScanRunningError:
        pass
    except ScanOverBudgetError as over:
        made = {one.id for one in await playlists.list_made(user.id)}
        choice = await scans.planner.get_choice(user.id, made=made, picked=form.source, over=over)
        page = ScanPage(choice, None, has_library=bool(choice.kept))
        return render(request, "genres/scan.html", page, status=HTTPStatus.CONFLICT)
    return RedirectResponse("/scan", status_code=HTTPStatus.SEE_OTHER)


@router.post("/scan/stop")
async def stop_scan(user: CurrentUser, scans: ScansDep) -> Response:
    """Stop the scan; what was found is kept."""
    await scans.stop(user.id)
    return RedirectResponse("/scan", status_code=HTTPStatus.SEE_OTHER)


@router.get("/scan/behind")
async def behind_line(request: Request, user: CurrentUser, genres: GenresDep) -> Response:
    """Say who is still being asked behind the scan."""
    return render(request, "genres/_behind.html", genres.find_behind(user.id))


@router.get("/genres", dependencies=[TellsNews])
async def library_page(
    request: Request,
    query: Annotated[LibraryQuery, Query()],
    user: CurrentUser,
    *,
    scans: ScansDep,
    genres: GenresDep,
    memberships: MembershipsDep,
) -> Response:
    """Show the library; without one, what can be scanned."""
    listed = await memberships.find_listed(user.id, query)
    if listed is None:
        return RedirectResponse(CONTENTS, status_code=HTTPStatus.SEE_OTHER)
    pages = await genres.find_pages(user.id, query, listed=listed)
    if pages is None:
        return RedirectResponse("/scan", status_code=HTTPStatus.SEE_OTHER)
    await scans.start_if_old(user.id)
    strip = scan_strip(await scans.get_progress(user.id))
    page = replace(pages.genres_page(query, strip), behind=genres.find_behind(user.id))
    return render(request, "genres/page.html", page)


@router.post("/genres/selection")
async def selection(
    request: Request,
    user: CurrentUser,
    *,
    genres: GenresDep,
    memberships: MembershipsDep,
    form: Annotated[SelectionForm, Form()],
) -> Response:
    """Say how many songs are picked; nothing is kept."""
    chosen = UNLISTED if form.unlisted else EVERYTHING
    listed = await memberships.get_listed(user.id, unlisted=form.unlisted)
    pages = await genres.get_pages(user.id, chosen, listed=listed)
    return render(request, "genres/_dock.html", pages.selection(form))


@router.get("/genres/why")
async def why_page(
    request: Request,
    query: Annotated[WhyQuery, Query()],
    user: CurrentUser,
    *,
    genres: GenresDep,
    memberships: MembershipsDep,
) -> Response:
    """Show why a song has a genre, and which playlists it is in; song lists show the same below the song."""
    why = await genres.get_why(user.id, query)
    page = replace(why, listed=await memberships.places_of(user.id, query.song))
    return render(request, "genres/why.html", page)


@router.get("/genres/sources")
async def sources(request: Request, user: CurrentUser, genres: GenresDep) -> Response:
    """Show where the genres of the library come from."""
    return render(request, "genres/sources.html", sources_page(await genres.get_library(user.id)))


@router.get("/genres/duplicates")
async def duplicates(
    request: Request, user: CurrentUser, genres: GenresDep, offset: Annotated[int, Query(ge=0)] = 0
) -> Response:
    """Show which songs the library may have twice; nothing is removed here."""
    return render(request, "genres/duplicates.html", await genres.get_duplicates(user.id, offset))


@router.get("/genres/export")
async def export_page(
    request: Request,
    form: Annotated[SelectionForm, Query()],
    user: CurrentUser,
    *,
    genres: GenresDep,
    memberships: MembershipsDep,
) -> Response:
    """Offer the library, or what is picked, as a file."""
    listed = await memberships.get_listed(user.id, unlisted=form.unlisted)
    library = await genres.get_library(user.id)
    return render(request, "genres/export.html", page_of(library, ExportQuery.of(form), listed))


@router.get("/genres/{name:path}")
async def genre_page(
    request: Request,
    name: str,
    *,
    query: Annotated[GenreQuery, Query()],
    user: CurrentUser,
    genres: GenresDep,
    memberships: MembershipsDep,
) -> Response:
    """Show the songs of a genre."""
    listed = await memberships.find_listed(user.id, query)
    if listed is None:
        return RedirectResponse(CONTENTS, status_code=HTTPStatus.SEE_OTHER)
    pages = await genres.get_pages(user.id, query, listed=listed)
    return render(request, "genres/genre.html", pages.genre_page(name, query))

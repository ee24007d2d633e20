"""Pages on which people say what an artist or a song is; every form works without JavaScript."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from fastapi import APIRouter, Form, Header, Query, Request, UploadFile
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from app.accounts.models import User
from app.accounts.next_path import local_path
from app.deps import CorrectionsDep, CurrentUser, TellsChange
from app.errors import InvalidInputError
from app.genres.personal.correcting import CorrectionsService
from app.genres.personal.correction_page_models import (
    ChangeForm,
    CorrectForm,
    CorrectQuery,
    NoneForm,
    NoneQuery,
)
from app.genres.personal.correction_schemas import CorrectionsFile
from app.genres.personal.typed import GenresTypedError, split
from app.templating import render

HOME, CORRECT, NONE = "/genres", "/genres/correct", "/genres/none"
OWN_PAGES = ("none", "rules", "corrections", "sources", "export", "duplicates", "why")
"""What stands at /genres/ and is no genre's name."""

_ADDRESS = "!#$%&'()*+,/:;=?@[]"

router = APIRouter(prefix="/genres", include_in_schema=False, dependencies=[TellsChange])


@router.get("/correct")
async def correct_page(
    request: Request,
    query: Annotated[CorrectQuery, Query()],
    user: CurrentUser,
    corrections: CorrectionsDep,
    referer: Annotated[str, Header()] = "",
) -> Response:
    """Show what is thought of a song or an artist, and ask what the person says."""
    pages = await corrections.get_pages(user.id)
    page = pages.correct_page(query, back=_back(query.next or _path_of(referer)))
    return render(request, "genres/correct.html", page)


@router.post("/correct")
async def correct(
    request: Request, user: CurrentUser, corrections: CorrectionsDep, form: Annotated[CorrectForm, Form()]
) -> Response:
    """Take the person's word, and go back to where they came from."""
    try:
        await corrections.correct(user.id, form.about, split(form.genres))
    except GenresTypedError as error:
        page = (await corrections.get_pages(user.id)).correct_page(
            form, back=_back(form.next), about=form.about, typed=form.genres, fault=error.fault
        )
        return render(request, "genres/correct.html", page, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return await _changed(corrections, user, form.next)


@router.post("/correct/withdraw")
async def withdraw(
    user: CurrentUser, corrections: CorrectionsDep, form: Annotated[ChangeForm, Form()]
) -> Response:
    """Take a correction back: what the sources say counts again."""
    await corrections.withdraw(user.id, form.target)
    return await _changed(corrections, user, form.next)


@router.post("/correct/undo")
async def undo(
    user: CurrentUser, corrections: CorrectionsDep, form: Annotated[ChangeForm, Form()]
) -> Response:
    """Undo the last change."""
    await corrections.undo(user.id, form.target)
    return await _changed(corrections, user, form.next)


@router.get("/corrections")
async def list_page(
    request: Request,
    user: CurrentUser,
    corrections: CorrectionsDep,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> Response:
    """Show everything that the person said."""
    pages = await corrections.get_pages(user.id)
    return render(request, "genres/corrections.html", pages.list_page(offset))


@router.post("/corrections/import")
async def add_file(user: CurrentUser, corrections: CorrectionsDep, file: UploadFile) -> Response:
    """Add the corrections of a file."""
    try:
        filed = CorrectionsFile.model_validate_json(await file.read())
    except ValidationError as error:
        raise InvalidInputError("This is no file of corrections.") from error
    await corrections.add(user.id, filed.corrections)
    return _see("/genres/corrections")


@router.get("/none")
async def none_page(
    request: Request, query: Annotated[NoneQuery, Query()], user: CurrentUser, corrections: CorrectionsDep
) -> Response:
    """Show what has no genre yet, the first of it open."""
    pages = await corrections.get_pages(user.id)
    return render(request, "genres/none.html", pages.none_page(query))


@router.post("/none")
async def settle(
    request: Request, user: CurrentUser, corrections: CorrectionsDep, form: Annotated[NoneForm, Form()]
) -> Response:
    """Take the person's word, and go on to what takes its place in the queue."""
    try:
        await corrections.correct(user.id, form.about, split(form.genres))
    except GenresTypedError as error:
        pages = await corrections.get_pages(user.id)
        page = pages.none_page(NoneQuery(at=form.at, about=form.about), typed=form.genres, fault=error.fault)
        return render(request, "genres/none.html", page, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _see(f"{NONE}?at={form.at}&changed=true")


async def _changed(corrections: CorrectionsService, user: User, wanted: str | None) -> Response:
    """Go back, unless to a genre that no song has any more, and have the change told there."""
    back = urlsplit(_back(wanted))
    name = unquote(back.path.removeprefix(f"{HOME}/"))
    if back.path != HOME and name not in OWN_PAGES and not await corrections.has_genre(user.id, name):
        return _see(f"{HOME}?changed=true")
    query = {**dict(parse_qsl(back.query)), "changed": "true"}
    return _see(f"{back.path}?{urlencode(query, quote_via=quote)}")


def _back(wanted: str | None) -> str:
    """Return the page to go back to: one of the library's, which tell what was changed."""
    path = local_path(quote(wanted or "", safe=_ADDRESS))  # a query has lost one round of its escapes
    page = urlsplit(path).path
    return path if page.startswith(HOME) and page != CORRECT else HOME


def _path_of(address: str) -> str:
    parts = urlsplit(address)
    return parts._replace(scheme="", netloc="").geturl()


def _see(path: str) -> RedirectResponse:
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)

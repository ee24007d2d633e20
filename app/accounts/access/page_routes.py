"""The page on which people ask for access; its form works without JavaScript and answers 303."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from app.accounts.access.models import AccessPage, AccessWish
from app.deps import AccessDep, AppModesDep, MaybeUser, address_of
from app.templating import render

router = APIRouter(prefix="/request-access", include_in_schema=False)

TEMPLATE = "access/page.html"


@router.get("")
async def access_page(
    request: Request, _user: MaybeUser, modes: AppModesDep, sent: Annotated[str | None, Query()] = None
) -> Response:
    """Show the form, or what follows."""
    return render(request, TEMPLATE, AccessPage(invited=modes.mode == "development", sent=sent is not None))


@router.post("")
async def ask(
    request: Request,
    _user: MaybeUser,
    access: AccessDep,
    *,
    name: Annotated[str, Form(max_length=500)] = "",
    email: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Keep the request, or say which field cannot be used."""
    try:
        wish = AccessWish(name=name, email=email)
    except ValidationError as error:
        wrong = frozenset(str(problem["loc"][0]) for problem in error.errors())
        page = AccessPage(name=name, email=email, wrong=wrong)
        return render(request, TEMPLATE, page, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    await access.ask(wish, address=address_of(request))
    return RedirectResponse("/request-access?sent", HTTPStatus.SEE_OTHER)

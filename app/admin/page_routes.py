"""The operator's page, and the form that lets operators in."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from app.admin.operators import operator_cookie
from app.admin.page_models import LockedPage
from app.deps import (
    AdminDep,
    OperatorPageDep,
    OperatorsDep,
    ServicesDep,
    SettingsDep,
    SnapshotDep,
    address_of,
    find_operator,
    know_user,
)
from app.services import Services
from app.templating import render

router = APIRouter(include_in_schema=False)

PAGE = "/operator"


@router.get(PAGE)
async def operator_page(request: Request, snapshot: SnapshotDep, services: ServicesDep) -> Response:
    """Show operators what the key-value service does, and everybody else how to become one."""
    if locked := await _find_locked(request, services):
        return locked
    session = await services.operators.has_session(request.cookies)
    proxy = getattr(request.state, "untrusted_proxy", None)
    page = await services.desk.page(snapshot, session=session, proxy=proxy)
    return render(request, "operator/page.html", page)


@router.get(f"{PAGE}/unknown-words", dependencies=[OperatorPageDep])
async def unknown_words_page(request: Request, admin: AdminDep) -> Response:
    """Show operators the words of genre sources that nobody has placed yet."""
    return render(request, "operator/words.html", await admin.words.count())


@router.post(f"{PAGE}/session")
async def enter(
    request: Request, services: ServicesDep, token: Annotated[str, Form(max_length=1000)] = ""
) -> Response:
    """Begin an operator session of twelve hours."""
    cookie = operator_cookie(services.settings)
    value = await services.operators.enter(token, address=address_of(request), replacing=request.cookies)
    if value is None:
        await know_user(request)
        return _locked(request, services, wrong=True)
    response = RedirectResponse(PAGE, HTTPStatus.SEE_OTHER)
    response.set_cookie(value=value, max_age=cookie.max_age_s, **cookie.attributes)
    return response


@router.post(f"{PAGE}/leave")
async def leave(request: Request, operators: OperatorsDep, settings: SettingsDep) -> RedirectResponse:
    """End this browser's operator session at once."""
    await operators.leave(request.cookies)
    response = RedirectResponse(PAGE, HTTPStatus.SEE_OTHER)
    response.delete_cookie(**operator_cookie(settings).attributes)
    return response


async def _find_locked(request: Request, services: Services) -> Response | None:
    """Return what everybody sees who is no operator; None lets the page follow."""
    await know_user(request)
    if not await find_operator(request, services):
        return _locked(request, services)
    request.state.operator = True
    return None


def _locked(request: Request, services: Services, *, wrong: bool = False) -> Response:
    user = getattr(request.state, "user", None)  # unknown while the store fails
    page = LockedPage(
        has_token=services.operators.has_token,
        has_accounts=bool(services.settings.admin_users),
        account_id=user.id if user else None,
        wrong=wrong,
    )
    return render(request, "operator/locked.html", page, status=HTTPStatus.FORBIDDEN)

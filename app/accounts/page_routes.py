"""How pages look to a person, and the page on which one leaves: Spotify alone, or this installation."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.cookies import session_cookie
from app.accounts.models import DisconnectPage
from app.accounts.settings_models import DisplayForm
from app.deps import AutoSortDep, ConnectionDep, CurrentUser, DeletionDep, PreferencesDep, SettingsDep
from app.templating import render

router = APIRouter(include_in_schema=False)


@router.get("/disconnect")
async def disconnect_page(
    request: Request,
    user: CurrentUser,
    connection: ConnectionDep,
    deletion: DeletionDep,
    *,
    auto_sort: AutoSortDep,
    unsure: Annotated[bool, Query()] = False,
) -> Response:
    """Say what disconnecting does, or that it is done."""
    connected = connection.state != "none" or not await deletion.is_disconnected(user.id)
    page = DisconnectPage(connected=connected, unsure=unsure, auto_sort=auto_sort.is_on(user.id))
    return render(request, "disconnect/page.html", page)


@router.post("/auth/delete-account")
async def delete_account(
    settings: SettingsDep, deletion: DeletionDep, user: CurrentUser, sure: Annotated[str, Form()] = ""
) -> Response:
    """Delete everything kept of the caller, who has ticked that this is meant."""
    if sure != "yes":
        return RedirectResponse("/disconnect?unsure=true", HTTPStatus.SEE_OTHER)
    await deletion.delete(user.id)
    response = RedirectResponse("/?deleted", HTTPStatus.SEE_OTHER)
    response.delete_cookie(**session_cookie(settings).attributes)
    return response


@router.post("/settings/display")
async def change_display(
    user: CurrentUser, preferences: PreferencesDep, form: Annotated[DisplayForm, Form()]
) -> RedirectResponse:
    """Keep how pages look, what they are written in, and whether single keys work.

    What the form did not ask for stays, such as the language where there is one alone.
    """
    await preferences.change(user.id, form.model_dump(include={*form.model_fields_set, "shortcuts"}))
    return RedirectResponse("/settings?saved=display#display", HTTPStatus.SEE_OTHER)

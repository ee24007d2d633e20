"""The settings page; its form works without JavaScript and answers 303."""

import asyncio
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from app.accounts.models import User
from app.accounts.preferences import Preferences
from app.accounts.settings_models import AccountSettings
from app.deps import (
    AccountSettingsDep,
    CoverPrinterDep,
    CurrentUser,
    GenresDep,
    NamingDep,
    PreferencesDep,
    RulesDep,
    TellsListening,
)
from app.errors import NotFoundError
from app.genres.personal.families import PersonalFamilies
from app.genres.service import GenresService
from app.playlists.models import Selection
from app.playlists.naming.names import Naming, families_of, tints_of
from app.playlists.naming.settings_pages import MOST_TOGETHER, SettingsForm, SettingsPage, examples_of
from app.spotify.limits import NAME_LIMIT
from app.templating import render

SAVED = "/settings?saved=names#names"

router = APIRouter(prefix="/settings", include_in_schema=False, dependencies=[TellsListening])


@router.get("")
async def settings_page(
    request: Request,
    user: CurrentUser,
    preferences: PreferencesDep,
    *,
    account: AccountSettingsDep,
    naming: NamingDep,
    genres: GenresDep,
    typed: Annotated[SettingsForm, Query()],
) -> Response:
    """Show what is kept, or what templates that are only typed so far would make."""
    form = typed if typed.model_fields_set else SettingsForm.of(await preferences.get(user.id))
    page = await _page(user, form, account=account, naming=naming, genres=genres)
    return render(request, "settings/page.html", page)


@router.post("")
async def change_settings(
    request: Request,
    user: CurrentUser,
    preferences: PreferencesDep,
    *,
    account: AccountSettingsDep,
    naming: NamingDep,
    genres: GenresDep,
    form: Annotated[SettingsForm, Form()],
) -> Response:
    """Keep them; covers that are switched on ask for Spotify's permission where it is missing."""
    if form.problems:
        page = await _page(user, form, account=account, naming=naming, genres=genres)
        return render(request, "settings/page.html", page, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    await preferences.change(user.id, form.model_dump())
    if form.covers and not await naming.may_upload(user.id):
        return _see(f"/auth/spotify?{urlencode({'feature': 'covers', 'next': SAVED})}")
    return _see(SAVED)


@router.get("/cover")
async def cover(
    user: CurrentUser,
    printer: CoverPrinterDep,
    *,
    genres: GenresDep,
    name: Annotated[str, Query(max_length=NAME_LIMIT)],
    item: Annotated[tuple[str, ...], Query(min_length=1, max_length=MOST_TOGETHER)],
) -> Response:
    """Return the cover that a playlist of this name, of these genres and families, would get."""
    tints = tints_of(families_of(Selection(include=item), await genres.get_fold(user.id)))
    if not tints:
        raise NotFoundError("There is no such family of genres.")
    picture = await asyncio.to_thread(printer.draw, name, tints)
    return Response(picture, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})


@router.post("/hidden")
async def show_again(
    user: CurrentUser, rules: RulesDep, item: Annotated[str, Form(max_length=300)]
) -> RedirectResponse:
    """Show a genre or family again that was hidden."""
    await rules.hide(user.id, lambda hidden: hidden - {item})
    return _see("/settings?saved=hidden#hidden")


async def _page(
    user: User,
    form: SettingsForm,
    *,
    account: AccountSettings,
    naming: Naming,
    genres: GenresService,
) -> SettingsPage:
    names = await naming.try_for(user.id, Preferences(**form.model_dump()))
    library = await genres.find_library(user.id)
    return SettingsPage(
        form=form,
        examples=tuple(examples_of(library, names)) if library else (),
        uploads=await naming.may_upload(user.id),
        account=account,
        hidden=library.fold.hidden if library and isinstance(library.fold, PersonalFamilies) else (),
    )


def _see(path: str) -> RedirectResponse:
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)

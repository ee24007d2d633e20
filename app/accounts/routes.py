"""Routes of sign-in: start, callback, sign out, and who is signed in."""

from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from app.accounts.browsers import browser_of
from app.accounts.cookies import Cookie, session_cookie, signin_cookie
from app.accounts.errors import (
    BeingDeletedError,
    DeletionUnfinishedError,
    DisconnectUnfinishedError,
    ForeignStateError,
    MisconfiguredError,
    NotAllowedError,
    NotRegisteredError,
    OwnerWithoutPremiumError,
    SignInDeniedError,
    SignInExpiredError,
    SignInReplayedError,
    SpotifyDownError,
)
from app.accounts.models import Answer, Feature, SessionOut, UserOut
from app.deps import (
    AutoSortDep,
    ConnectionsDep,
    CurrentUser,
    DeletionDep,
    ExportDep,
    LimitExports,
    LimitSignIns,
    MaybeUser,
    SessionsDep,
    SettingsDep,
    SignInDep,
)
from app.errors import raises
from app.kv.errors import LeaseHeldError

router = APIRouter(tags=["Sign-in"])


@router.get(
    "/auth/spotify",
    status_code=HTTPStatus.SEE_OTHER,
    response_class=RedirectResponse,
    dependencies=[LimitSignIns],
)
async def start(
    request: Request,
    settings: SettingsDep,
    sign_in: SignInDep,
    *,
    wanted: Annotated[str | None, Query(alias="next", description="Where to go afterwards; a path.")] = None,
    renew: Annotated[bool, Query(description="Have Spotify ask also who has agreed before.")] = False,
    feature: Annotated[Feature | None, Query(description="What more permission is asked for.")] = None,
) -> RedirectResponse:
    """Send the browser to Spotify's consent page."""
    started = await sign_in.start(wanted, cookies=request.cookies, renew=renew, feature=feature)
    response = _see_other(started.url)
    _keep(response, signin_cookie(settings), started.cookie)
    return response


@router.get(
    "/auth/spotify/callback",
    status_code=HTTPStatus.SEE_OTHER,
    response_class=RedirectResponse,
    dependencies=[LimitSignIns],
)
@raises(
    SignInDeniedError,
    SignInExpiredError,
    SignInReplayedError,
    ForeignStateError,
    NotAllowedError,
    NotRegisteredError,
    OwnerWithoutPremiumError,
    BeingDeletedError,
    SpotifyDownError,
    MisconfiguredError,
)
async def callback(
    request: Request,
    settings: SettingsDep,
    sign_in: SignInDep,
    answer: Annotated[Answer, Query()],
) -> RedirectResponse:
    """Take Spotify's answer, sign the person in under a new session, and go on.

    Whoever says no to a `feature` alone goes on with the session they have, to `next` with `refused=`.
    """
    signin, session = signin_cookie(settings), session_cookie(settings)
    browser = browser_of(request.headers.get("user-agent", ""))
    finished = await sign_in.finish(answer, request.cookies, browser=browser)
    response = _see_other(finished.next_path)
    response.delete_cookie(**signin.attributes)
    if finished.cookie:
        _keep(response, session, finished.cookie)
    return response


@router.post("/auth/logout", status_code=HTTPStatus.SEE_OTHER, response_class=RedirectResponse)
async def logout(
    request: Request, settings: SettingsDep, sessions: SessionsDep, auto_sort: AutoSortDep
) -> RedirectResponse:
    """End this browser's session at once; nothing happens when there is none."""
    user = await sessions.end(request.cookies)
    return _signed_out(session_cookie(settings), goes_on=user is not None and auto_sort.is_on(user.id))


@router.post("/auth/logout-everywhere", status_code=HTTPStatus.SEE_OTHER, response_class=RedirectResponse)
async def logout_everywhere(
    settings: SettingsDep, sessions: SessionsDep, user: CurrentUser, auto_sort: AutoSortDep
) -> RedirectResponse:
    """End all sessions of the person at once."""
    await sessions.end_all(user.id)
    return _signed_out(session_cookie(settings), goes_on=auto_sort.is_on(user.id))


@router.post("/auth/disconnect", status_code=HTTPStatus.SEE_OTHER, response_class=RedirectResponse)
@raises(DisconnectUnfinishedError, LeaseHeldError)
async def disconnect(
    deletion: DeletionDep,
    user: CurrentUser,
    keep: Annotated[
        tuple[Literal["yes", "no"], ...],
        Form(description="Whether corrections and rules are kept; one yes is enough."),
    ] = ("yes",),
) -> RedirectResponse:
    """Drop the caller's tokens and all that came from Spotify, at once; the session goes on.

    Their corrections and rules stay unless they say no. Playlists at Spotify stay. Asking again finishes what
    the store cut off (503).
    """
    await deletion.disconnect(user.id, keep_own_word="yes" in keep)
    return _see_other("/disconnect")


@router.delete("/api/privacy/account", status_code=HTTPStatus.NO_CONTENT)
@raises(DeletionUnfinishedError, LeaseHeldError)
async def delete_account(settings: SettingsDep, deletion: DeletionDep, user: CurrentUser) -> Response:
    """Delete everything kept of the caller, at once: sessions, connection, library, playlists' records.

    Playlists at Spotify stay. Asking again finishes a deletion that the store cut off (503).
    """
    await deletion.delete(user.id)
    response = Response(status_code=HTTPStatus.NO_CONTENT)
    response.delete_cookie(**session_cookie(settings).attributes)
    return response


@router.get(
    "/api/privacy/export",
    dependencies=[LimitExports],
    response_class=StreamingResponse,
    responses={200: {"content": {"application/json": {}}, "description": "All that is kept of the caller"}},
)
async def export(user: CurrentUser, exports: ExportDep) -> StreamingResponse:
    """Return everything kept of the caller, as it is stored; tokens and sessions' names are hidden."""
    parts = await exports.export(user)
    headers = {"Content-Disposition": 'attachment; filename="genre-sorter-account.json"'}
    return StreamingResponse(parts, media_type="application/json", headers=headers)


@router.get("/session")
async def session(settings: SettingsDep, connections: ConnectionsDep, user: MaybeUser) -> SessionOut:
    """Say who is signed in; never a token."""
    if user is None:
        return SessionOut(authenticated=False, demo=settings.demo)
    connection = await connections.get_view(user.id)
    return SessionOut(
        authenticated=True,
        demo=settings.demo,
        user=UserOut(id=user.id, name=user.name, avatar=user.avatar),
        spotify_connected=connection.live,
        reconnect_by=connection.reconnect_by,
    )


def _see_other(url: str) -> RedirectResponse:
    return RedirectResponse(url, HTTPStatus.SEE_OTHER)


def _keep(response: Response, cookie: Cookie, value: str) -> None:
    response.set_cookie(value=value, max_age=cookie.max_age_s, **cookie.attributes)


def _signed_out(cookie: Cookie, *, goes_on: bool) -> RedirectResponse:
    """Forget the cookie; the page that follows says if auto-sort goes on."""
    response = _see_other("/?auto-sort=on" if goes_on else "/")
    response.delete_cookie(**cookie.attributes)
    return response

"""Who asks: the signed-in person, and what a page's frame says of them."""

from contextlib import suppress
from typing import Annotated

from fastapi import Depends, Request

from app.accounts.models import ConnectionView, User
from app.accounts.settings_models import AccountSettings
from app.deps.operators import is_operator, require_operator
from app.deps.services import ConnectionsDep, ServicesDep, services_of
from app.errors import NotAuthenticatedError, raises
from app.kv.errors import KVError, UserGoneError, WithdrawnError
from app.problems import wants_page
from app.spotify.errors import NOT_TO_BE_ASKED

READING = frozenset({"GET", "HEAD"})


async def find_user(request: Request) -> User | None:
    """Return who is signed in, and let the frame of a page know them."""
    user = await services_of(request).sessions.find_user(request.cookies)
    request.state.user = user
    if wants_page(request):
        await _know_part(request, user)
        await _know_frame(request, user)
    elif "hx-request" in request.headers:
        await _know_part(request, user)
    return user


async def _know_part(request: Request, user: User | None) -> None:
    """Let a page, or a part of one, know what the viewer may do and how they want it."""
    state, services = request.state, services_of(request)
    state.operator = await is_operator(request, user)
    state.capacity = services.capacity if user else None
    if user:
        with suppress(KVError):
            state.preferences = await services.preferences.get(user.id)


async def _know_frame(request: Request, user: User | None) -> None:
    """Let the head and foot of a page know what they say; the memory cache has all of it as a rule."""
    state, services = request.state, services_of(request)
    with suppress(KVError):
        state.community = await services.community.is_shown()
    if user:
        with suppress(KVError):
            state.connection = await services.connections.get_view(user.id)
        with suppress(KVError):
            found = await services.listening.now_playing.peek(user.id)
            state.now_playing = found if found.on else None


async def know_user(request: Request) -> None:
    """Let an error page's navigation know who is signed in, if the store says so."""
    with suppress(KVError):
        await find_user(request)


MaybeUser = Annotated[User | None, Depends(find_user)]


@raises(NotAuthenticatedError, UserGoneError, WithdrawnError)
async def get_user(request: Request, user: MaybeUser) -> User:
    """Return who is signed in, and count what they change.

    Raises:
        NotAuthenticatedError: nobody is.
        TooManyRequestsError: they change too much at once.
    """
    if user is None:
        raise NotAuthenticatedError
    if request.method not in READING:
        services_of(request).limits.changes.take(user.id)
    return user


CurrentUser = Annotated[User, Depends(get_user)]


async def get_connection(user: CurrentUser, connections: ConnectionsDep) -> ConnectionView:
    """Return the state of the caller's connection to Spotify."""
    return await connections.get_view(user.id)


ConnectionDep = Annotated[ConnectionView, Depends(get_connection)]


async def get_account_settings(request: Request, user: CurrentUser, services: ServicesDep) -> AccountSettings:
    """Return how the caller has pages look, and where they are signed in."""
    sessions = await services.sessions.list_open(user.id, request.cookies)
    return AccountSettings.of(await services.preferences.get(user.id), sessions)


AccountSettingsDep = Annotated[AccountSettings, Depends(get_account_settings)]


@raises(*NOT_TO_BE_ASKED)
async def get_connected_user(user: CurrentUser, connections: ConnectionsDep) -> User:
    """Return who is signed in, if Spotify can be asked for them.

    Raises:
        NeedsReconnectError: there is no connection, or Spotify has ended it.
    """
    await connections.require(user.id)
    return user


ConnectedUser = Annotated[User, Depends(get_connected_user)]


async def require_operator_at_page(request: Request, services: ServicesDep) -> None:
    """Let operators through to a page, whose navigation then knows them.

    Raises:
        ForbiddenError: the caller is none.
    """
    await know_user(request)
    await require_operator(request, services)
    request.state.operator = True


OperatorPageDep = Depends(require_operator_at_page)

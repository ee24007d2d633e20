"""Who asks: the signed-in person, and what a page's frame says of them."""

from contextlib import suppress
from typing import Annotated

from fastapi import Depends, Request

from app.accounts.models import ConnectionView, User
from app.accounts.preferences import Preferences
from app.accounts.settings_models import AccountSettings
from app.deps.operators import is_operator, require_operator
from app.deps.services import ConnectionsDep, ServicesDep, services_of
from app.errors import NotAuthenticatedError, raises
from app.kv.errors import KVError, UserGoneError, WithdrawnError
from app.listening.service import NowPlaying
from app.problems import wants_page
from app.spotify.errors import NOT_TO_BE_ASKED

READING = frozenset({"GET", "HEAD"})


async def find_user(request: Request, services: ServicesDep) -> User | None:
    """Return who is signed in, and let the page's navigation know it."""
    user = await services.sessions.find_user(request.cookies)
    request.state.user = user
    request.state.operator = await is_operator(request, user)
    request.state.connection = await _find_connection(request, user)
    request.state.now_playing = await _find_playing(request, user)
    request.state.capacity = services.capacity if user else None
    request.state.preferences = await _find_preferences(request, user)
    request.state.community = await _has_community(request)
    return user


async def _find_connection(request: Request, user: User | None) -> ConnectionView | None:
    """Return what a page's head says of the viewer's connection; the memory cache has it as a rule."""
    if user is None or not wants_page(request):
        return None
    with suppress(KVError):
        return await services_of(request).connections.get_view(user.id)
    return None


async def _find_preferences(request: Request, user: User | None) -> Preferences | None:
    """Return how the viewer wants pages to look and speak; the memory cache has it as a rule."""
    if user is None or not (wants_page(request) or "hx-request" in request.headers):
        return None
    with suppress(KVError):
        return await services_of(request).preferences.get(user.id)
    return None


async def _find_playing(request: Request, user: User | None) -> NowPlaying | None:
    """Return what is known of what the viewer listens to, if they want pages to show it."""
    if user is None or not wants_page(request):
        return None
    with suppress(KVError):
        found = await services_of(request).listening.now_playing.peek(user.id)
        return found if found.on else None
    return None


async def _has_community(request: Request) -> bool:
    """Whether a page's navigation leads to the community; the memory cache has the board as a rule."""
    with suppress(KVError):
        return wants_page(request) and await services_of(request).community.is_shown()
    return False


async def know_user(request: Request) -> None:
    """Let an error page's navigation know who is signed in, if the store says so."""
    with suppress(KVError):
        await find_user(request, services_of(request))


MaybeUser = Annotated[User | None, Depends(find_user)]


@raises(NotAuthenticatedError, UserGoneError, WithdrawnError)
async def get_user(request: Request, user: MaybeUser, services: ServicesDep) -> User:
    """Return who is signed in, and count what they change.

    Raises:
        NotAuthenticatedError: nobody is.
        TooManyRequestsError: they change too much at once.
    """
    if user is None:
        raise NotAuthenticatedError
    if request.method not in READING:
        services.limits.changes.take(user.id)
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

"""What routes may ask for, as `Annotated` aliases; the one place that casts the lifespan's state."""

import secrets
from contextlib import suppress
from typing import Annotated, Any, cast

from fastapi import Depends, Request

from app.accounts.connections import ConnectionsService
from app.accounts.models import User
from app.accounts.service import SignInService
from app.accounts.sessions import SessionsService
from app.admin.backups import BackupService
from app.admin.service import AdminService
from app.errors import ForbiddenError, NotAuthenticatedError
from app.genres.scans import ScansService
from app.genres.service import GenresService
from app.kv.errors import KVError
from app.kv.metrics import Snapshot
from app.playlists.playlist_pages import PlaylistPages
from app.playlists.preview import PreviewService
from app.playlists.service import PlaylistsService
from app.services import Services
from app.settings import LOOPBACK_HOSTS, Settings

FORWARDING_HEADERS = (
    "forwarded",
    "via",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
)


def services_of(request: Request) -> Services:
    """Return what the lifespan opened."""
    return cast("Services", request.state.services)


# A dependency that is no coroutine would be sent to a thread and back, which takes longer than all the rest.
async def get_services(request: Request) -> Services:
    """Return what the lifespan opened."""
    return services_of(request)


ServicesDep = Annotated[Services, Depends(get_services)]


def _service(name: str) -> Any:
    """Return the dependency that gives one of the services; the alias around it gives the type."""

    async def get(services: ServicesDep) -> Any:
        return getattr(services, name)

    return Depends(get)


SettingsDep = Annotated[Settings, _service("settings")]
SignInDep = Annotated[SignInService, _service("sign_in")]
SessionsDep = Annotated[SessionsService, _service("sessions")]
ConnectionsDep = Annotated[ConnectionsService, _service("connections")]
GenresDep = Annotated[GenresService, _service("genres")]
ScansDep = Annotated[ScansService, _service("scans")]
PreviewsDep = Annotated[PreviewService, _service("previews")]
PlaylistsDep = Annotated[PlaylistsService, _service("playlists")]
PlaylistPagesDep = Annotated[PlaylistPages, _service("playlist_pages")]
AdminDep = Annotated[AdminService, _service("admin")]
BackupsDep = Annotated[BackupService, _service("backups")]


async def take_snapshot(services: ServicesDep) -> Snapshot:
    """Return the key-value service's counts of this moment.

    A route that tells them names this before whatever reads the store: its own reads are not in them.
    """
    return services.kv.snapshot()


SnapshotFirst = Depends(take_snapshot)
SnapshotDep = Annotated[Snapshot, SnapshotFirst]


async def find_user(request: Request, sessions: SessionsDep) -> User | None:
    """Return who is signed in, and let the page's navigation know it."""
    user = await sessions.find_user(request.cookies)
    request.state.user = user
    return user


async def know_user(request: Request) -> None:
    """Let an error page's navigation know who is signed in, if the store says so."""
    with suppress(KVError):
        await find_user(request, services_of(request).sessions)


MaybeUser = Annotated[User | None, Depends(find_user)]


async def get_user(user: MaybeUser) -> User:
    """Return who is signed in.

    Raises:
        NotAuthenticatedError: nobody is.
    """
    if user is None:
        raise NotAuthenticatedError
    return user


CurrentUser = Annotated[User, Depends(get_user)]


async def require_operator(request: Request, user: MaybeUser, settings: SettingsDep) -> None:
    """Let operators through: by bearer token, by account, or at the machine itself when neither is set.

    Raises:
        ForbiddenError: the caller is none of these.
    """
    if not (_has_token(request, settings) or _is_admin(user, settings) or _is_local(request, settings)):
        raise ForbiddenError("This is for operators: send OPERATOR_TOKEN as a bearer token.")
    request.state.operator = True


OperatorDep = Depends(require_operator)


def _has_token(request: Request, settings: Settings) -> bool:
    if settings.operator_token is None:
        return False
    given = request.headers.get("authorization", "")
    wanted = f"Bearer {settings.operator_token.get_secret_value()}"
    return secrets.compare_digest(given.encode(), wanted.encode())


def _is_admin(user: User | None, settings: Settings) -> bool:
    return user is not None and user.id in settings.admin_users


def _is_local(request: Request, settings: Settings) -> bool:
    """Whether an installation without operators is asked from its own machine, by nobody's proxy."""
    if settings.operator_token or settings.admin_users or not settings.loopback:
        return False
    peer = request.client.host if request.client else ""
    return peer in LOOPBACK_HOSTS and not any(name in request.headers for name in FORWARDING_HEADERS)

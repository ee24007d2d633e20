"""What routes may ask for, as `Annotated` aliases; the one place that casts the lifespan's state."""

from contextlib import suppress
from operator import attrgetter
from typing import Annotated, Any, cast

import structlog
from fastapi import Depends, Query, Request

from app.accounts.access.service import AccessService
from app.accounts.connections import ConnectionsService
from app.accounts.crypto import fingerprint
from app.accounts.deletion import DeletionService
from app.accounts.export import ExportService
from app.accounts.models import ConnectionView, User
from app.accounts.preferences import Preferences, PreferencesService
from app.accounts.service import SignInService
from app.accounts.sessions import SessionsService
from app.accounts.settings_models import AccountSettings
from app.admin.backups import BackupService
from app.admin.operators import OperatorsService
from app.admin.service import AdminService
from app.admin.stored.service import StoredDataService
from app.community.service import CommunityService
from app.errors import ForbiddenError, NotAuthenticatedError
from app.genres.families import Families
from app.genres.personal.correcting import CorrectionsService
from app.genres.personal.rule_forms import told
from app.genres.personal.rule_page_models import ToldRule
from app.genres.personal.ruling import RulesService
from app.genres.scans import ScansService
from app.genres.service import GenresService
from app.kv.errors import KVError
from app.kv.metrics import Snapshot
from app.listening.feed import ListeningFeed
from app.listening.page_models import ListeningWishes
from app.listening.service import NowPlaying, NowPlayingService
from app.networks import sender_of
from app.playlists.autosort.service import AutoSortService
from app.playlists.keeping import PlaylistKeeper
from app.playlists.kept.pages import KeptPages
from app.playlists.memberships.lookup import Memberships
from app.playlists.memberships.service import ContentsService
from app.playlists.naming.covers import CoverPrinter
from app.playlists.naming.names import Naming
from app.playlists.playlist_pages import PlaylistPages
from app.playlists.preview import PreviewService
from app.playlists.preview_pages import PreviewPages
from app.playlists.service import PlaylistsService
from app.problems import wants_page
from app.services import Services
from app.settings import LOOPBACK_HOSTS, Settings
from app.spotify.app_mode import AppModes
from app.telemetry.reports import ReportsService
from app.telemetry.service import AnalyticsService

log = structlog.get_logger(__name__)

FORWARDING_HEADERS = frozenset(
    {"forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"}
)


def services_of(request: Request) -> Services:
    """Return what the lifespan opened."""
    return cast("Services", request.state.services)


# A dependency that is no coroutine would be sent to a thread and back, which takes longer than all the rest.
async def get_services(request: Request) -> Services:
    """Return what the lifespan opened."""
    return services_of(request)


ServicesDep = Annotated[Services, Depends(get_services)]


def _service(path: str) -> Any:
    """Return the dependency that gives one of the services; the alias around it gives the type."""
    find = attrgetter(path)

    async def get(services: ServicesDep) -> Any:
        return find(services)

    return Depends(get)


AccessDep = Annotated[AccessService, _service("access")]
AppModesDep = Annotated[AppModes, _service("app_modes")]
SettingsDep = Annotated[Settings, _service("settings")]
FamiliesDep = Annotated[Families, _service("families")]
SignInDep = Annotated[SignInService, _service("sign_in")]
SessionsDep = Annotated[SessionsService, _service("sessions")]
DeletionDep = Annotated[DeletionService, _service("deletion")]
ConnectionsDep = Annotated[ConnectionsService, _service("connections")]
PreferencesDep = Annotated[PreferencesService, _service("preferences")]
GenresDep = Annotated[GenresService, _service("genres")]
CorrectionsDep = Annotated[CorrectionsService, _service("corrections")]
RulesDep = Annotated[RulesService, _service("rules")]
ScansDep = Annotated[ScansService, _service("scans")]
PreviewsDep = Annotated[PreviewService, _service("on_playlists.previews")]
PlaylistsDep = Annotated[PlaylistsService, _service("on_playlists.playlists")]
NamingDep = Annotated[Naming, _service("on_playlists.naming")]
CoverPrinterDep = Annotated[CoverPrinter, _service("on_playlists.printer")]
KeeperDep = Annotated[PlaylistKeeper, _service("on_playlists.keeper")]
KeptPagesDep = Annotated[KeptPages, _service("on_playlists.kept_pages")]
PlaylistPagesDep = Annotated[PlaylistPages, _service("on_playlists.pages")]
PreviewPagesDep = Annotated[PreviewPages, _service("on_playlists.preview_pages")]
AutoSortDep = Annotated[AutoSortService, _service("on_playlists.auto_sort")]
ContentsDep = Annotated[ContentsService, _service("on_playlists.contents")]
MembershipsDep = Annotated[Memberships, _service("on_playlists.memberships")]
AnalyticsDep = Annotated[AnalyticsService, _service("telemetry.analytics")]
ReportsDep = Annotated[ReportsService, _service("telemetry.reports")]
NowPlayingDep = Annotated[NowPlayingService, _service("listening.now_playing")]
ListeningFeedDep = Annotated[ListeningFeed, _service("listening.feed")]
CommunityDep = Annotated[CommunityService, _service("community")]
AdminDep = Annotated[AdminService, _service("admin")]
BackupsDep = Annotated[BackupService, _service("backups")]
ExportDep = Annotated[ExportService, _service("privacy.export")]
StoredDataDep = Annotated[StoredDataService, _service("privacy.stored")]
OperatorsDep = Annotated[OperatorsService, _service("operators")]


async def take_snapshot(services: ServicesDep) -> Snapshot:
    """Return the key-value service's counts of this moment.

    A route that tells them names this before whatever reads the store: its own reads are not in them.
    """
    return services.kv.snapshot()


SnapshotFirst = Depends(take_snapshot)
SnapshotDep = Annotated[Snapshot, SnapshotFirst]


async def find_user(request: Request, services: ServicesDep) -> User | None:
    """Return who is signed in, and let the page's navigation know it."""
    user = await services.sessions.find_user(request.cookies)
    request.state.user = user
    request.state.operator = await _is_operator(request, user)
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


async def get_user(user: MaybeUser) -> User:
    """Return who is signed in.

    Raises:
        NotAuthenticatedError: nobody is.
    """
    if user is None:
        raise NotAuthenticatedError
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


async def get_connected_user(user: CurrentUser, connections: ConnectionsDep) -> User:
    """Return who is signed in, if Spotify can be asked for them.

    Raises:
        NeedsReconnectError: there is no connection, or Spotify has ended it.
    """
    await connections.require(user.id)
    return user


ConnectedUser = Annotated[User, Depends(get_connected_user)]


async def know_change(
    request: Request, services: ServicesDep, user: MaybeUser, *, changed: bool = False
) -> None:
    """Let a page tell what the person has corrected last, and offer to undo it."""
    if user and changed:
        request.state.change = await services.corrections.find_change(user.id)


TellsChange = Depends(know_change)


async def know_rule(
    request: Request, services: ServicesDep, user: MaybeUser, rule: Annotated[str, Query(max_length=60)] = ""
) -> None:
    """Let a page tell the rule that its address names, which was just made, and offer to undo it."""
    if user and rule and await services.genres.find_library(user.id):
        line = (await services.rules.get_pages(user.id)).find_line(rule)
        back = told(f"{request.url.path}?{request.url.query}")
        request.state.rule = ToldRule(line, back) if line else None


TellsRule = Depends(know_rule)


async def know_news(request: Request, services: ServicesDep, user: MaybeUser) -> None:
    """Let a page greet a person who comes back with what has happened since."""
    if user:
        request.state.news = await services.on_playlists.news.find(user.id)


TellsNews = Depends(know_news)


async def know_listening(request: Request, services: ServicesDep, user: MaybeUser) -> None:
    """Let the settings show whether what plays is shown, to whom, and whether Spotify lets it be seen."""
    if user:
        wishes = await services.preferences.get(user.id)
        allowed = await services.listening.now_playing.is_allowed(user.id)
        request.state.listening = ListeningWishes(wishes.now_playing, wishes.listening_feed, allowed)


TellsListening = Depends(know_listening)


async def find_operator(request: Request, services: ServicesDep) -> bool:
    """Return whether an operator asks: by token, operator session or account, or at the machine itself.

    Raises:
        TooManyTriesError: too many wrong tokens came from there.
        KVError: the store does not answer, and nothing but a session could tell.
    """
    if not (_has_token(request, services) or await _is_operator(request, None)):
        return _is_admin(await services.sessions.find_user(request.cookies), services.settings)
    return True


async def require_operator(request: Request, services: ServicesDep) -> None:
    """Let operators through.

    Raises:
        ForbiddenError: the caller is none.
    """
    if not await find_operator(request, services):
        raise ForbiddenError(
            "This is for operators: send OPERATOR_TOKEN as a bearer token, or open /operator."
        )


OperatorDep = Depends(require_operator)


async def require_operator_at_page(request: Request, services: ServicesDep) -> None:
    """Let operators through to a page, whose navigation then knows them.

    Raises:
        ForbiddenError: the caller is none.
    """
    await know_user(request)
    await require_operator(request, services)
    request.state.operator = True


OperatorPageDep = Depends(require_operator_at_page)


async def log_operator(request: Request, services: ServicesDep) -> None:
    """Log which operator asks; the request's id leads from there to what was done."""
    user = await services.sessions.find_user(request.cookies)
    account = fingerprint(user.id)[:16] if _is_admin(user, services.settings) and user else None
    log.info("operator.asks", address=address_of(request), account=account)


LoggedOperator = Depends(log_operator)


async def _is_operator(request: Request, user: User | None) -> bool:
    """Whether this browser is an operator's, as far as is known without a token."""
    services = services_of(request)
    return (
        _is_local(request, services.settings)
        or _is_admin(user, services.settings)
        or await services.operators.has_session(request.cookies)
    )


def _has_token(request: Request, services: Services) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and services.operators.is_token(given, address=address_of(request))


def _is_admin(user: User | None, settings: Settings) -> bool:
    return user is not None and user.id in settings.admin_users


def address_of(request: Request) -> str:
    """Return where the request came from: the peer, which may be a proxy."""
    return request.client.host if request.client else ""


def sender_of_request(request: Request) -> str:
    """Return the address to tell callers apart by, behind a proxy too; it is no proof of anything."""
    return sender_of(address_of(request), request.headers.get("x-forwarded-for", ""))


def _is_local(request: Request, settings: Settings) -> bool:
    """Whether an installation without operators is asked from its own machine, by nobody's proxy."""
    if settings.operator_token or settings.admin_users or not settings.loopback:
        return False
    return address_of(request) in LOOPBACK_HOSTS and FORWARDING_HEADERS.isdisjoint(request.headers)

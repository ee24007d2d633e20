"""The services that routes may ask for; the one place that casts the lifespan's state."""

from operator import attrgetter
from typing import Annotated, Any, cast

from fastapi import Depends, Request

from app.accounts.access.service import AccessService
from app.accounts.connections import ConnectionsService
from app.accounts.deletion import DeletionService
from app.accounts.export import ExportService
from app.accounts.preferences import PreferencesService
from app.accounts.service import SignInService
from app.accounts.sessions import SessionsService
from app.admin.backups import BackupService
from app.admin.operators import OperatorsService
from app.admin.service import AdminService
from app.admin.stored.service import StoredDataService
from app.community.service import CommunityService
from app.genres.families import Families
from app.genres.personal.correcting import CorrectionsService
from app.genres.personal.ruling import RulesService
from app.genres.scans import ScansService
from app.genres.service import GenresService
from app.kv.metrics import Snapshot
from app.listening.feed import ListeningFeed
from app.listening.service import NowPlayingService
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
from app.services import Services
from app.settings import Settings
from app.spotify.app_mode import AppModes
from app.telemetry.reports import ReportsService
from app.telemetry.service import AnalyticsService


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

    async def get(request: Request) -> Any:
        return find(services_of(request))

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

"""The composition root: opens, wires and closes everything that the routes work with."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from app.accounts.access.repository import AccessRepository
from app.accounts.access.service import AccessService
from app.accounts.admission import Admission
from app.accounts.attempts import SignInAttempts
from app.accounts.connections import ConnectionsService
from app.accounts.cookies import session_cookie, signin_cookie
from app.accounts.crypto import Keyring, load_or_create_secret
from app.accounts.deletion import DeletionService, Leaving
from app.accounts.oauth import SpotifyOAuth
from app.accounts.preferences import PreferencesService
from app.accounts.repository import ConnectionsRepository, SessionsRepository, StatesRepository
from app.accounts.service import SignInService
from app.accounts.sessions import SessionsService
from app.admin.backups import BackupService
from app.admin.desk import Desk, Watched
from app.admin.operators import OperatorsService, operator_cookie
from app.admin.repository import OperatorSessionsRepository
from app.admin.service import AdminService
from app.admin.upstream import UpstreamService
from app.admin.words import UnknownWordsService
from app.clock import Clock
from app.community.repository import BoardRepository
from app.community.service import CommunityService
from app.foundation import Foundation, database_folder, open_foundation
from app.genres.families import Families
from app.genres.personal.correcting import CorrectionsService
from app.genres.personal.repository import PersonalRepository
from app.genres.personal.ruling import RulesService
from app.genres.repository import LibraryRepository, ScansRepository
from app.genres.resolver import ArtistResolver
from app.genres.scanning.tools import ScanTools
from app.genres.scans import ScansService
from app.genres.service import GenresService
from app.jobs.progress import Channels
from app.jobs.runner import JobRunner
from app.keyspaces import ALL, OWN_WORD, SPOTIFY_DATA
from app.kv.cached import CachedKV
from app.kv.stores import StoreOpener, open_store
from app.listening_services import ListeningServices, wire_listening
from app.playlist_services import PlaylistServices, wire_playlists
from app.playlists.repository import PlaylistsRepository
from app.privacy_services import PrivacyServices, wire_privacy
from app.rate_limits import RateLimits
from app.settings import Settings
from app.spotify.app_mode import AppModes
from app.spotify.capacity_line import CapacityLines
from app.telemetry.service import AnalyticsService
from app.telemetry_services import TelemetryServices, wire_telemetry

log = structlog.get_logger(__name__)

SECRET_FILE = "secret-key"  # noqa: S105 - the name of the file


@dataclass(frozen=True)
class Services:
    """Everything that a route may ask for."""

    settings: Settings
    clock: Clock
    limits: RateLimits
    kv: CachedKV
    families: Families
    jobs: JobRunner
    channels: Channels
    app_modes: AppModes
    capacity: CapacityLines
    access: AccessService
    sign_in: SignInService
    sessions: SessionsService
    connections: ConnectionsService
    preferences: PreferencesService
    deletion: DeletionService
    scans: ScansService
    genres: GenresService
    corrections: CorrectionsService
    rules: RulesService
    on_playlists: PlaylistServices
    telemetry: TelemetryServices
    listening: ListeningServices
    community: CommunityService
    privacy: PrivacyServices
    admin: AdminService
    backups: BackupService
    operators: OperatorsService
    desk: Desk


@asynccontextmanager
async def open_services(
    settings: Settings, *, families: Families, clock: Clock, opener: StoreOpener = open_store
) -> AsyncIterator[Services]:
    """Open the store and the clients, go on with what a restart cut off, and close all in the right order.

    `opener` opens the store of KV_URL; a test may hand in one that watches what the store is asked.

    Raises:
        StoreOpenError: the store cannot be opened; the message says what to do.
    """
    async with AsyncExitStack() as stack:
        store = await opener(settings.kv_url, clock=clock)
        base = await open_foundation(settings, families, clock, store=store, stack=stack)
        services = await _wire(base, stack)
        stack.push_async_callback(base.jobs.close)
        stack.callback(base.channels.close_all)
        await services.scans.resume_all()
        await services.genres.resume_all()
        await services.on_playlists.resume_all()
        services.privacy.inactivity.start()
        log.info("app.ready", url=settings.public_url, demo=settings.demo, store=settings.kv_url)
        yield services


async def _wire(base: Foundation, stack: AsyncExitStack) -> Services:
    keyring = Keyring(_secret(base.settings))
    oauth = SpotifyOAuth(base.settings, base.clock)
    stack.push_async_callback(oauth.close)
    connections = _connections(base, keyring, oauth)
    stack.push_async_callback(connections.close)
    sessions = _sessions(base, keyring)
    preferences = PreferencesService(base.kv)
    deletion = _deletion(base)
    telemetry = wire_telemetry(base, keyring)
    admin = _admin(base, telemetry.analytics)
    access = AccessService(AccessRepository(base.kv), base.clock)
    tools = _scan_tools(base)
    genres = _genres(base, tools)
    scans = _scans(base, tools, connections)
    return Services(
        settings=base.settings,
        clock=base.clock,
        limits=RateLimits.of(base.clock),
        kv=base.kv,
        families=base.families,
        jobs=base.jobs,
        channels=base.channels,
        app_modes=base.app_modes,
        capacity=CapacityLines(base.spotify, base.clock),
        access=access,
        sign_in=_sign_in(
            base, keyring, oauth=oauth, sessions=sessions, connections=connections, deletion=deletion
        ),
        sessions=sessions,
        connections=connections,
        preferences=preferences,
        deletion=deletion,
        scans=scans,
        genres=genres,
        corrections=_corrections(base, genres, tools),
        rules=RulesService(genres, tools.personal, base.families, base.clock),
        on_playlists=wire_playlists(
            base, connections, genres, scans=scans, sessions=sessions, preferences=preferences
        ),
        telemetry=telemetry,
        listening=wire_listening(base, connections, genres, preferences),
        community=_community(base, preferences, genres),
        privacy=wire_privacy(base, deletion, sessions),
        backups=BackupService(base.kv, base.store, base.clock),
        admin=admin,
        operators=_operators(base, keyring),
        desk=Desk(base.kv, admin, Watched(access, base.jobs, telemetry.reports), kv_url=base.settings.kv_url),
    )


def _connections(base: Foundation, keyring: Keyring, oauth: SpotifyOAuth) -> ConnectionsService:
    return ConnectionsService(ConnectionsRepository(base.kv), oauth=oauth, keyring=keyring, clock=base.clock)


def _admin(base: Foundation, analytics: AnalyticsService) -> AdminService:
    upstream = UpstreamService(base.gates, base.app_modes, base.clock, base.sources.breakers)
    words = UnknownWordsService(base.artists, base.families)
    return AdminService(base.kv, base.settings, analytics, upstream=upstream, words=words)


def _community(base: Foundation, preferences: PreferencesService, genres: GenresService) -> CommunityService:
    list_made = PlaylistsRepository(base.kv).list_made
    community = CommunityService(
        BoardRepository(base.kv), base.clock, preferences=preferences, genres=genres, list_made=list_made
    )
    base.events.subscribe(community.handle)
    return community


def _deletion(base: Foundation) -> DeletionService:
    leaving = Leaving(everything=ALL, spotify_data=SPOTIFY_DATA, own_word=OWN_WORD)
    return DeletionService(base.kv, leaving, jobs=base.jobs, events=base.events, clock=base.clock)


def _sessions(base: Foundation, keyring: Keyring) -> SessionsService:
    cookie = session_cookie(base.settings)
    return SessionsService(SessionsRepository(base.kv), keyring=keyring, clock=base.clock, cookie=cookie)


def _operators(base: Foundation, keyring: Keyring) -> OperatorsService:
    token = base.settings.operator_token
    return OperatorsService(
        OperatorSessionsRepository(base.kv),
        token.get_secret_value() if token else None,
        keyring=keyring,
        clock=base.clock,
        cookie=operator_cookie(base.settings),
    )


def _sign_in(
    base: Foundation,
    keyring: Keyring,
    *,
    oauth: SpotifyOAuth,
    sessions: SessionsService,
    connections: ConnectionsService,
    deletion: DeletionService,
) -> SignInService:
    attempts = SignInAttempts(
        StatesRepository(base.kv), keyring=keyring, clock=base.clock, cookie=signin_cookie(base.settings)
    )
    admission = Admission(base.spotify, allowed=frozenset(base.settings.allowed_users))
    return SignInService(
        oauth,
        attempts=attempts,
        admission=admission,
        sessions=sessions,
        connections=connections,
        deletion=deletion,
        events=base.events,
    )


def _scan_tools(base: Foundation) -> ScanTools:
    library = LibraryRepository(base.kv, base.clock)
    return ScanTools(
        spotify=base.spotify,
        resolver=ArtistResolver.over(base.artists, base.sources, base.clock, base.families),
        library=library,
        scans=ScansRepository(base.kv),
        personal=PersonalRepository(base.kv, library),
        families=base.families,
        genre_sources=base.sources.order,
        clock=base.clock,
    )


def _genres(base: Foundation, tools: ScanTools) -> GenresService:
    settings = base.settings
    genres = GenresService(
        tools, base.jobs, open_url=settings.spotify_open_url, source_pages=not settings.demo
    )
    base.events.subscribe(genres.handle)
    return genres


def _corrections(base: Foundation, genres: GenresService, tools: ScanTools) -> CorrectionsService:
    open_url = base.settings.spotify_open_url
    return CorrectionsService(genres, tools.personal, base.clock, open_url=open_url)


def _scans(base: Foundation, tools: ScanTools, connections: ConnectionsService) -> ScansService:
    scans = ScansService(
        tools,
        connections=connections,
        jobs=base.jobs,
        channels=base.channels,
        events=base.events,
        open_url=base.settings.spotify_open_url,
    )
    base.events.subscribe(scans.handle)
    return scans


def _secret(settings: Settings) -> str:
    """Return SECRET_KEY, or on loopback the one that is kept beside the database."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    return load_or_create_secret((database_folder(settings) or Path("data")) / SECRET_FILE)

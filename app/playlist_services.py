"""Everything that has to do with playlists, wired for the composition root."""

from dataclasses import dataclass

from app.accounts.connections import ConnectionsService
from app.accounts.preferences import PreferencesService
from app.accounts.sessions import SessionsService
from app.assets import STATIC
from app.foundation import Foundation
from app.genres.scans import ScansService
from app.genres.service import GenresService
from app.playlists.autosort.news import NewsService
from app.playlists.autosort.repository import AutoSortRepository
from app.playlists.autosort.service import AutoSortService
from app.playlists.autosort.sorting import SortingTools
from app.playlists.keeping import PlaylistKeeper
from app.playlists.kept.pages import KeptPages
from app.playlists.listing import OwnPlaylists
from app.playlists.memberships.lookup import Memberships
from app.playlists.memberships.reading import ReadingTools
from app.playlists.memberships.repository import ContentsRepository
from app.playlists.memberships.service import ContentsService
from app.playlists.naming.covers import CoverPrinter
from app.playlists.naming.names import Naming
from app.playlists.observing import Observer
from app.playlists.playlist_pages import PlaylistPages
from app.playlists.preview import PreviewService
from app.playlists.preview_pages import PreviewPages
from app.playlists.repository import PlaylistsRepository
from app.playlists.run_work import RunTools
from app.playlists.service import PlaylistsService


@dataclass(frozen=True)
class PlaylistServices:
    """What routes may ask for that has to do with playlists."""

    previews: PreviewService
    playlists: PlaylistsService
    keeper: PlaylistKeeper
    naming: Naming
    printer: CoverPrinter
    kept_pages: KeptPages
    pages: PlaylistPages
    preview_pages: PreviewPages
    auto_sort: AutoSortService
    news: NewsService
    contents: ContentsService
    memberships: Memberships

    async def resume_all(self) -> None:
        """Go on with what a crash or restart cut off."""
        await self.playlists.resume_all()
        await self.auto_sort.start()
        await self.contents.resume_all()


def wire_playlists(
    base: Foundation,
    connections: ConnectionsService,
    genres: GenresService,
    *,
    scans: ScansService,
    sessions: SessionsService,
    preferences: PreferencesService,
) -> PlaylistServices:
    """Put the services together."""
    repository = PlaylistsRepository(base.kv)
    own = OwnPlaylists(base.spotify, connections, base.clock)
    base.events.subscribe(own.handle)
    observer = Observer(repository, own, spotify=base.spotify, connections=connections)
    naming = Naming(preferences, sessions, connections, base.clock)
    previews = PreviewService(repository, genres, base.clock, own=own, observer=observer, naming=naming)
    tools = _run_tools(base, connections, repository)
    playlists = PlaylistsService(tools, jobs=base.jobs, channels=base.channels)
    sorted_by_itself = AutoSortRepository(base.kv)
    auto_sort = AutoSortService(
        SortingTools(
            repository=sorted_by_itself,
            scans=scans,
            genres=genres,
            connections=connections,
            keeper=_quiet_keeper(playlists, previews),
            playlists=playlists,
            spotify=base.spotify,
            clock=base.clock,
        ),
        base.jobs,
    )
    base.events.subscribe(auto_sort.handle)
    reading = _reading_tools(base, connections, repository)
    return PlaylistServices(
        previews=previews,
        playlists=playlists,
        keeper=PlaylistKeeper(playlists, previews, observer),
        naming=naming,
        printer=tools.printer,
        kept_pages=KeptPages(base.clock, open_url=base.settings.spotify_open_url),
        pages=PlaylistPages(),
        preview_pages=_preview_pages(base),
        auto_sort=auto_sort,
        news=NewsService(sorted_by_itself, repository, genres, base.clock),
        contents=ContentsService(reading, observer, own, jobs=base.jobs, channels=base.channels),
        memberships=Memberships(reading.contents, repository, genres),
    )


def _run_tools(base: Foundation, connections: ConnectionsService, playlists: PlaylistsRepository) -> RunTools:
    return RunTools(
        repository=playlists,
        spotify=base.spotify,
        connections=connections,
        events=base.events,
        clock=base.clock,
        printer=CoverPrinter(STATIC),
    )


def _reading_tools(
    base: Foundation, connections: ConnectionsService, playlists: PlaylistsRepository
) -> ReadingTools:
    return ReadingTools(
        contents=ContentsRepository(base.kv),
        playlists=playlists,
        spotify=base.spotify,
        connections=connections,
        clock=base.clock,
    )


def _quiet_keeper(playlists: PlaylistsService, previews: PreviewService) -> PlaylistKeeper:
    """Return a keeper that asks Spotify when nobody else does."""
    tools = playlists.tools
    spotify = tools.spotify.in_background()
    own = OwnPlaylists(spotify, tools.connections, tools.clock)
    observer = Observer(tools.repository, own, spotify=spotify, connections=tools.connections)
    return PlaylistKeeper(playlists, previews, observer)


def _preview_pages(base: Foundation) -> PreviewPages:
    return PreviewPages(
        open_url=base.settings.spotify_open_url,
        rate=base.settings.spotify_rate_per_second,
    )

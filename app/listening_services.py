"""Everything that has to do with what plays, wired for the composition root."""

from dataclasses import dataclass

from app.accounts.connections import ConnectionsService
from app.accounts.preferences import PreferencesService
from app.foundation import Foundation
from app.genres.links import Links
from app.genres.service import GenresService
from app.listening.feed import ListeningFeed
from app.listening.repository import ListeningRepository
from app.listening.service import ListeningTools, NowPlayingService


@dataclass(frozen=True)
class ListeningServices:
    """What routes may ask for that has to do with what plays."""

    now_playing: NowPlayingService
    feed: ListeningFeed


def wire_listening(
    base: Foundation, connections: ConnectionsService, genres: GenresService, preferences: PreferencesService
) -> ListeningServices:
    """Put the services together."""
    repository = ListeningRepository(base.kv)
    tools = ListeningTools(
        repository=repository,
        preferences=preferences,
        connections=connections,
        genres=genres,
        spotify=base.spotify,
        jobs=base.jobs,
        clock=base.clock,
        links=Links(base.settings.spotify_open_url),
    )
    feed = ListeningFeed(repository, preferences, base.clock)
    now_playing = NowPlayingService(tools)
    base.events.subscribe(feed.handle)
    base.events.subscribe(now_playing.handle)
    return ListeningServices(now_playing=now_playing, feed=feed)

"""A listener's own playlists as Spotify lists them: names, lengths and versions, one call for fifty."""

from cachetools import TTLCache

from app.accounts.connections import ConnectionsService
from app.clock import Clock
from app.events import AccountDeleted, Disconnected, Event
from app.spotify.client import SpotifyClient
from app.spotify.models import PlaylistSummary

LIST_KEPT_S, NAME_KEPT_S = 60.0, 86_400.0


class OwnPlaylists:
    """Asks Spotify for the lists of people who wait for a page, and remembers them for a minute.

    Methods that ask raise what `SpotifyClient` does.
    """

    def __init__(self, spotify: SpotifyClient, connections: ConnectionsService, clock: Clock) -> None:
        self._spotify = spotify
        self._connections = connections
        self._lists: TTLCache[str, tuple[PlaylistSummary, ...]] = TTLCache(
            1000, ttl=LIST_KEPT_S, timer=clock.monotonic
        )
        self._names: TTLCache[str, str] = TTLCache(1000, ttl=NAME_KEPT_S, timer=clock.monotonic)

    async def handle(self, event: Event) -> None:
        """Forget a person who has left."""
        if isinstance(event, AccountDeleted | Disconnected):
            self._lists.pop(event.user_id, None)
            self._names.pop(event.user_id, None)

    async def list_all(self, user_id: str) -> dict[str, PlaylistSummary]:
        """Return what Spotify lists now, followed playlists included, by id."""
        tokens = self._connections.tokens(user_id)
        found = await self._spotify.all_my_playlists(tokens)
        self._lists[user_id] = found
        return {one.id: one for one in found}

    async def list_own(self, user_id: str) -> tuple[PlaylistSummary, ...]:
        """Return the playlists that the person owns, as they were a minute ago at most."""
        listed = self._lists.get(user_id) or tuple((await self.list_all(user_id)).values())
        username = await self.username(user_id)
        return tuple(one for one in listed if one.owner.id == username)

    async def username(self, user_id: str) -> str:
        """Return what playlists name their owner by, if that is the person."""
        if (name := self._names.get(user_id)) is None:
            name = (await self._spotify.me(self._connections.tokens(user_id))).username
            self._names[user_id] = name
        return name

"""What has become of the playlists that the app keeps: which are gone, and what is in the others now."""

from collections.abc import Mapping

from app.accounts.connections import ConnectionsService
from app.errors import Action, ConflictError
from app.playlists.changes import observed
from app.playlists.listing import OwnPlaylists
from app.playlists.looking import PlaylistLooker, View, is_lost
from app.playlists.records import MadePlaylist, PlaylistSongs
from app.playlists.repository import PlaylistsRepository
from app.spotify.client import SpotifyClient
from app.spotify.errors import SpotifyError
from app.spotify.models import PlaylistSummary
from app.upstream.gate import Priority

PLAYLISTS = Action("All playlists", "/playlists")


class PlaylistGoneError(ConflictError):
    """Spotify does not list a playlist any more."""

    code = "playlist-gone"
    title = "This playlist is gone from Spotify"
    safe = "Nothing was written."
    action = PLAYLISTS

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} was deleted at Spotify. It can be made again, or forgotten here.")


class Observer:
    """Reads playlists for somebody who waits, and keeps what it saw: nothing is read twice.

    Methods that ask raise what `SpotifyClient` does.
    """

    def __init__(
        self,
        repository: PlaylistsRepository,
        own: OwnPlaylists,
        *,
        spotify: SpotifyClient,
        connections: ConnectionsService,
    ) -> None:
        self._repository = repository
        self._own = own
        self._spotify = spotify
        self._connections = connections

    async def list_now(self, user_id: str) -> Mapping[str, PlaylistSummary]:
        """Return what Spotify lists now, and note which of the kept playlists are gone or renamed."""
        listed = await self._own.list_all(user_id)
        await self._repository.change_made(user_id, lambda made: _as_listed(made, listed.get(made.id)))
        return listed

    async def look(self, user_id: str, made: MadePlaylist) -> PlaylistSongs:
        """Return what is in a playlist that the app keeps.

        Raises:
            PlaylistGoneError: Spotify does not have it any more.
        """
        own = await self._own.list_own(user_id)
        if all(one.id != made.id for one in own) and made.id not in await self.list_now(user_id):
            raise PlaylistGoneError(made.name)
        known = await self._repository.get_songs(user_id, made.id)
        return await self._read(user_id, made, known)

    async def observe(
        self, user_id: str, made: MadePlaylist, known: PlaylistSongs, *, snapshot_id: str
    ) -> PlaylistSongs:
        """Return what is in a playlist whose version is known; it is read only if that is a new one.

        Raises:
            PlaylistGoneError: Spotify does not have it any more.
        """
        if known.snapshot_id and known.snapshot_id == snapshot_id:
            return known
        return await self._read(user_id, made, known)

    async def read(self, user_id: str, playlist_id: str) -> PlaylistSongs:
        """Return what is in a playlist that the app does not keep; nothing of it is kept."""
        seen = await self._looker(user_id).look(playlist_id, View())
        return observed(PlaylistSongs(), seen.view.items, seen.view.snapshot_id)

    async def _read(self, user_id: str, made: MadePlaylist, known: PlaylistSongs) -> PlaylistSongs:
        try:
            seen = await self._looker(user_id).look(made.id, View(known.items, known.snapshot_id))
        except SpotifyError as error:
            if not is_lost(error):
                raise
            await self._repository.change_made(
                user_id, lambda one: one.model_copy(update={"gone": True}) if one.id == made.id else one
            )
            raise PlaylistGoneError(made.name) from error
        if seen.as_known:
            return known
        items, snapshot_id = seen.view.items, seen.view.snapshot_id
        return await self._repository.change_songs(
            user_id, made.id, lambda kept: observed(kept, items, snapshot_id)
        )

    def _looker(self, user_id: str) -> PlaylistLooker:
        tokens = self._connections.tokens(user_id)
        return PlaylistLooker(self._spotify, tokens, priority=Priority.INTERACTIVE)


def _as_listed(made: MadePlaylist, listed: PlaylistSummary | None) -> MadePlaylist:
    if listed is None:
        return made.model_copy(update={"gone": True})
    return made.model_copy(update={"gone": False, "name": listed.name or made.name})

"""Looking at what a playlist holds at Spotify, with as few calls as that takes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.playlists.models import PAGE_SONGS, Entry
from app.spotify.client import SpotifyClient, TokenSource
from app.spotify.errors import SpotifyNotFoundError, SpotifyRefusedError
from app.spotify.models import Playlist, PlaylistItem
from app.spotify.paging import Page
from app.upstream.gate import Priority


@dataclass(frozen=True, slots=True)
class View:
    """The entries of a playlist in one of its versions, which `snapshot_id` names; empty when not known."""

    items: tuple[Entry, ...] = ()
    snapshot_id: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """A playlist as Spotify shows it.

    Attributes:
        as_known: whether it is the version that was expected, so that nothing but that had to be read.
    """

    playlist: Playlist
    view: View
    as_known: bool = False


class PlaylistLooker:
    """Reads one person's playlists. Every method raises what `SpotifyClient` does."""

    def __init__(
        self, spotify: SpotifyClient, tokens: TokenSource, *, priority: Priority = Priority.WRITE
    ) -> None:
        self._spotify = spotify
        self._tokens = tokens
        self._priority = priority

    async def look(self, playlist_id: str, known: View) -> Seen:
        """Return what a playlist holds: one call if that is `known`, one more for every fifty if not.

        Raises:
            ChangedMeanwhileError: it changed while it was read.
            SpotifyRefusedError: it is somebody else's.
        """
        playlist, first = await self._first(playlist_id)
        if known.snapshot_id and playlist.snapshot_id == known.snapshot_id:
            return Seen(playlist, known, as_known=True)
        return await self._whole(playlist, first)

    async def check(self, playlist_id: str, expected: View, changed: Iterable[int]) -> Seen:
        """Compare a playlist with what it should hold, song by song at the places that were changed.

        Where version, length and those songs are as expected, the other places are as they were before;
        where anything differs, all of it is read.

        Args:
            playlist_id: which.
            expected: what it should hold, and the version that the last write was answered with.
            changed: indices of the entries that were put in.
        """
        playlist, first = await self._first(playlist_id)
        items = expected.items
        if (playlist.snapshot_id, first.total) != (expected.snapshot_id, len(items)) or not _same(
            first, items
        ):
            return await self._whole(playlist, first)
        read = len(first.items)
        offsets = sorted(
            {read + (index - read) // PAGE_SONGS * PAGE_SONGS for index in changed if index >= read}
        )
        for offset in offsets:
            page = await self._spotify.playlist_items(
                self._tokens, playlist_id, offset=offset, priority=self._priority, keep_places=True
            )
            if not _same(page, items):
                return await self._whole(playlist, first)
        return Seen(playlist, expected, as_known=True)

    async def _first(self, playlist_id: str) -> tuple[Playlist, Page[PlaylistItem]]:
        return await self._spotify.playlist_with_items(
            self._tokens, playlist_id, priority=self._priority, keep_places=True
        )

    async def _whole(self, playlist: Playlist, first: Page[PlaylistItem]) -> Seen:
        if playlist.total is None:
            raise SpotifyRefusedError("foreign_playlist")
        items = await self._spotify.remaining_items(self._tokens, playlist.id, first, priority=self._priority)
        return Seen(playlist, View(entries_of(items), playlist.snapshot_id))


def is_lost(error: Exception) -> bool:
    """Whether an error says that a playlist is gone, or no longer this person's."""
    if isinstance(error, SpotifyRefusedError):
        return error.reason == "foreign_playlist"
    return isinstance(error, SpotifyNotFoundError)


def entries_of(items: Iterable[PlaylistItem]) -> tuple[Entry, ...]:
    """Return what is kept of the entries that Spotify shows; a lost song keeps its place without a URI."""
    return tuple(Entry(item.track.uri, item.track.isrc or "") if item.track else Entry("") for item in items)


def _same(page: Page[PlaylistItem], items: Sequence[Entry]) -> bool:
    shown = [entry.uri for entry in entries_of(page.items)]
    return shown == [entry.uri for entry in items[page.offset : page.offset + len(shown)]]

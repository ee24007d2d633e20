"""Reading the songs of playlists: only of those that have changed since they were read last."""

from collections.abc import Callable, Iterable

from app.genres.models import Loss, Reading, SourceIndex, WantedSource, playlist_of
from app.genres.scanning.drift import after_page
from app.genres.scanning.journal import Journal
from app.genres.scanning.patience import Patience
from app.genres.scanning.stock import Stock
from app.genres.songs import Song
from app.spotify.client import SpotifyClient, TokenSource
from app.spotify.errors import SpotifyNotFoundError, SpotifyRefusedError
from app.spotify.models import PlaylistItem, PlaylistSummary
from app.spotify.paging import Page
from app.upstream.gate import Priority


class PlaylistLostError(Exception):
    """A playlist cannot be read.

    Attributes:
        loss: whether it is gone or somebody else's.
    """

    def __init__(self, loss: Loss) -> None:
        super().__init__(loss)
        self.loss = loss


class PlaylistReader:
    """Reads one person's playlists. Methods raise what `LikedReader` does."""

    def __init__(
        self,
        journal: Journal,
        stock: Stock,
        *,
        spotify: SpotifyClient,
        tokens: TokenSource,
        patience: Patience,
        on_songs: Callable[[tuple[Song, ...]], None],
    ) -> None:
        self._journal = journal
        self._stock = stock
        self._spotify = spotify
        self._tokens = tokens
        self._patience = patience
        self._on_songs = on_songs
        self._listed: dict[str, PlaylistSummary] | None = None

    async def find(self, wanted: Iterable[WantedSource], source: str) -> PlaylistSummary | None:
        """Return a playlist as the person's list of playlists shows it.

        The list is read once, no further than the last of all `wanted`.
        """
        if self._listed is None:
            ids = {playlist_of(one.source) for one in wanted} - {None}
            listed: dict[str, PlaylistSummary] = {}
            offset: int | None = 0
            while offset is not None and not ids <= set(listed):
                page = await self._list_page(offset)
                listed.update((playlist.id, playlist) for playlist in page.items)
                offset = page.next_offset
            self._listed = listed
        return self._listed.get(playlist_of(source) or "")

    async def read(self, reading: Reading) -> SourceIndex:
        """Read everything, going on from where `reading` is; return where it is kept.

        Raises:
            PlaylistLostError: it is gone, or this person may not read it.
        """
        intake = self._journal.begin(reading)
        async for entries in self._stock.read(reading.part):
            intake.know(entries)
        try:
            while not self._is_through():
                page = await self._next_page()
                before = self._journal.reading
                step = after_page(page.offset, total=page.total, last_total=before.total)
                after = page.offset + page.limit if step.keep else step.offset
                self._journal.read(offset=after, total=page.total)
                if step.keep:
                    self._on_songs(intake.take(page))
                await self._journal.page_read()
        except SpotifyNotFoundError as error:
            raise PlaylistLostError("deleted") from error
        except SpotifyRefusedError as error:
            if error.reason != "foreign_playlist":
                raise
            raise PlaylistLostError("unreadable") from error
        await self._journal.close()
        return intake.part

    def _is_through(self) -> bool:
        reading = self._journal.reading
        return reading.total is not None and reading.offset >= reading.total

    async def _next_page(self) -> Page[PlaylistItem]:
        reading = self._journal.reading
        playlist_id = playlist_of(reading.part.source) or ""
        if reading.total is None:
            return await self._patience.ask(lambda: self._first_page(playlist_id))
        return await self._patience.ask(
            lambda: self._spotify.playlist_items(
                self._tokens, playlist_id, offset=reading.offset, priority=Priority.SCAN
            )
        )

    async def _first_page(self, playlist_id: str) -> Page[PlaylistItem]:
        """Return up to a hundred entries; none of a playlist that tells only how many it has."""
        playlist, page = await self._spotify.playlist_with_items(self._tokens, playlist_id)
        if playlist.total is None:
            raise PlaylistLostError("unreadable")
        return page

    async def _list_page(self, offset: int) -> Page[PlaylistSummary]:
        return await self._patience.ask(
            lambda: self._spotify.my_playlists(self._tokens, offset=offset, priority=Priority.SCAN)
        )

"""Reading all sources of a scan, one after the other, into a library that takes the old one's place."""

from collections.abc import Callable

from app.genres.models import LIKED, LibraryIndex, Loss, LostSource, Reading, SourceIndex, WantedSource
from app.genres.scanning.journal import Journal
from app.genres.scanning.liked import LikedReader
from app.genres.scanning.patience import Patience
from app.genres.scanning.playlists import PlaylistLostError, PlaylistReader
from app.genres.scanning.removals import MisfitError
from app.genres.scanning.stock import Stock
from app.genres.scanning.tools import ScanTools
from app.genres.songs import Song
from app.spotify.client import TokenSource
from app.spotify.models import PlaylistSummary, SavedTrack
from app.spotify.paging import Page

OnSongs = Callable[[tuple[Song, ...]], None]


class LibraryReader:
    """Reads what the journal's cursor wants, as far as it is not read yet.

    Raises:
        SpotifyError: Spotify refuses, or does not answer for several minutes.
        KVError: what was read could not be kept.
    """

    def __init__(
        self,
        journal: Journal,
        tokens: TokenSource,
        *,
        tools: ScanTools,
        patience: Patience,
        on_songs: OnSongs,
    ) -> None:
        self._journal = journal
        self._tools = tools
        self._tokens = tokens
        self._patience = patience
        self._on_songs = on_songs
        self._stock = Stock(journal.user_id, tools.library)
        self._playlists = PlaylistReader(
            journal,
            self._stock,
            spotify=tools.spotify,
            tokens=tokens,
            patience=patience,
            on_songs=on_songs,
        )
        self._index: LibraryIndex | None = None
        self._resumed = False

    async def restore(self) -> None:
        """Tell the songs that this scan has read before it was cut off."""
        self._resumed = True
        cursor = self._journal.cursor
        for part in cursor.parts:
            if part.generation.startswith(f"{cursor.scan}-"):
                async for entries in self._stock.read(part):
                    self._on_songs(tuple(entry.song for entry in entries if entry.song))

    async def read(self) -> None:
        """Read every source and let the library be what was read."""
        self._index = await self._tools.library.find_index(self._journal.user_id)
        for number, wanted in enumerate(self._journal.cursor.wanted):
            if wanted.source not in self._journal.cursor.settled:
                try:
                    self._journal.end(await self._read(number, wanted))
                except PlaylistLostError as error:
                    self._lose(wanted, error.loss)

    async def commit(self, *, waiting: int) -> None:
        """Put what was read in the old library's place; `waiting` artists are not known yet."""
        cursor, old, now = self._journal.cursor, self._index, self._tools.clock.now()
        same = old is not None and _places(old.sources) == _places(cursor.done)
        if old is not None and same:
            index = old.model_copy(update={"sources": cursor.done, "scanned_at": now})
        else:
            fresh = old is None or not {one.generation for one in cursor.done} & {
                one.generation for one in old.sources
            }
            index = LibraryIndex(
                generation=cursor.scan,
                sources=cursor.done,
                scanned_at=now,
                stored_at=now if old is None or fresh else old.stored_at,
                # Never the number of a library that the person has dropped: other processes know that one.
                order=old.order if old else int(now.timestamp()),
                waiting=waiting,
            )
        left = [one for one in old.sources if index.find(one.source) is None] if old else []
        self._journal.change(gone=cursor.gone + sum(one.songs for one in left))
        await self._tools.library.commit(self._journal.user_id, index)
        if not same or self._resumed:
            await self._tools.library.sweep(self._journal.user_id, index)

    async def _read(self, number: int, wanted: WantedSource) -> SourceIndex:
        """Read one source, going on where an earlier process was."""
        base = self._index.find(wanted.source) if self._index and not self._journal.cursor.refresh else None
        reading = self._journal.cursor.reading
        if reading and reading.part.source != wanted.source:
            reading = None
        generation = f"{self._journal.cursor.scan}-{number}"
        if wanted.source == LIKED:
            return await self._read_liked(reading or self._begin(wanted, generation, base), base)
        summary = await self._playlists.find(self._journal.cursor.wanted, wanted.source)
        if summary is None:
            raise PlaylistLostError("deleted")
        if reading is None and base and summary.snapshot_id and base.snapshot_id == summary.snapshot_id:
            return base if base.name == summary.name else base.model_copy(update={"name": summary.name})
        if reading is None or reading.part.snapshot_id != summary.snapshot_id:
            reading = self._begin(wanted, generation, None, summary)
        part = await self._playlists.read(reading)
        self._compare(part, base)
        return part

    async def _read_liked(self, reading: Reading, base: SourceIndex | None) -> SourceIndex:
        reader = LikedReader(self._journal, self._stock, fetch=self._fetch_liked, on_songs=self._on_songs)
        if reading.joins and base and base.generation == reading.part.generation:
            try:
                part = await reader.read_new(reading, base)
            except MisfitError:
                pass
            else:
                self._note(new=reader.new, gone=reader.gone)
                return part
        if reading.joins:
            number = [one.source for one in self._journal.cursor.wanted].index(LIKED)
            wanted = self._journal.cursor.wanted[number]
            reading = self._begin(wanted, f"{self._journal.cursor.scan}-{number}", None)
        part = await reader.read_all(reading)
        self._compare(part, base)
        return part

    def _begin(
        self,
        wanted: WantedSource,
        generation: str,
        base: SourceIndex | None,
        summary: PlaylistSummary | None = None,
    ) -> Reading:
        """Begin reading a source; with `base`, what is new in it."""
        part = SourceIndex(
            source=wanted.source,
            name=(summary.name if summary else "") or wanted.name,
            generation=base.generation if base else generation,
            next_chunk=base.next_chunk if base else 0,
            snapshot_id=summary.snapshot_id if summary else "",
            read_at=self._tools.clock.now(),
        )
        return Reading(part=part, joins=base is not None)

    def _lose(self, wanted: WantedSource, loss: Loss) -> None:
        lost = LostSource(source=wanted.source, name=wanted.name, loss=loss)
        self._journal.intake = None
        self._journal.change(lost=(*self._journal.cursor.lost, lost), reading=None)

    def _compare(self, part: SourceIndex, base: SourceIndex | None) -> None:
        """Note how many songs more or less there are, where all were read and not compared one by one."""
        more = part.songs - (base.songs if base else 0)
        self._note(new=max(0, more), gone=max(0, -more))

    def _note(self, *, new: int, gone: int) -> None:
        cursor = self._journal.cursor
        self._journal.change(new=cursor.new + new, gone=cursor.gone + gone)

    async def _fetch_liked(self, offset: int) -> Page[SavedTrack]:
        return await self._patience.ask(lambda: self._tools.spotify.saved_tracks(self._tokens, offset=offset))


def _places(parts: tuple[SourceIndex, ...]) -> list[tuple[str, str, tuple[int, ...]]]:
    return [(one.source, one.generation, one.chunks) for one in parts]

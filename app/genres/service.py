"""Libraries as people see them, and as programs do."""

from collections.abc import Iterator
from weakref import WeakKeyDictionary

from app.errors import Action, AppError, NotFoundError
from app.events import AccountDeleted, Disconnected, Event, RebuildAsked, ScanFinished
from app.genres.behind import Behind
from app.genres.duplicates_page import DuplicatesPage, duplicates_page
from app.genres.export import ExportedSong, ExportQuery
from app.genres.filling import GenreFiller
from app.genres.filters import EVERYTHING, NOTHING_LISTED, Listed, SongFilter
from app.genres.fold import Fold
from app.genres.library import Library
from app.genres.library_pages import LibraryPages
from app.genres.links import Links
from app.genres.personal.order import PersonalOrder
from app.genres.provenance import Provenance
from app.genres.scanning.tools import ScanTools
from app.genres.schemas import GenresOut, GenreTracksOut, TrackOut, TracksQuery
from app.genres.shelves import Shelves
from app.genres.single_songs import SongGenres, genres_of
from app.genres.songs import Song
from app.genres.why_page import WhyPage, WhyQuery, why_page
from app.jobs.runner import JobRunner

TRACKS_AT_ONCE = 10_000
"""Songs of the largest library whose ids are given in one answer."""


class NoLibraryError(NotFoundError):
    """The person has not scanned anything yet, or not for a month."""

    code = "no-library"
    title = "There is no library yet"
    safe = "Nothing of yours was lost."
    action = Action("Scan your Liked Songs", "/scan")


class LibraryTooLargeError(AppError):
    """The library has too many songs for one answer."""

    status = 413
    code = "library-too-large"
    title = "This library is too large for one answer"


class GenresService:
    """Libraries by person."""

    def __init__(
        self, tools: ScanTools, jobs: JobRunner, *, open_url: str, source_pages: bool = True
    ) -> None:
        self._tools = tools
        self._links = Links(open_url, at_sources=source_pages)
        self._filler = GenreFiller(tools, jobs, tools.clock)
        self._shelves = Shelves(tools)
        self._provenance = Provenance(tools.resolver)
        self._summaries: WeakKeyDictionary[Library, bytes] = WeakKeyDictionary()

    async def handle(self, event: Event) -> None:
        """Forget the library of a person who has left, also one just being loaded; go on behind a scan."""
        if isinstance(event, (AccountDeleted, Disconnected)):
            await self._shelves.forget(event.user_id)
            self._filler.forget(event.user_id)
            self._tools.personal.forget(event.user_id)
        if isinstance(event, RebuildAsked):
            self._shelves.clear()
        if isinstance(event, ScanFinished):
            self._filler.fill(event.user_id, after_scan=True)

    async def resume_all(self) -> None:
        """Go on with the searches that had no answers yet when the last process ended."""
        await self._filler.resume_all()

    def find_behind(self, user_id: str) -> Behind | None:
        """Return who is still being asked behind the person's last scan; asks no store."""
        return self._filler.progress(user_id)

    async def get_library(self, user_id: str) -> Library:
        """Return a person's library.

        Raises:
            NoLibraryError: there is none.
        """
        library = await self.find_library(user_id)
        if library is None:
            raise NoLibraryError("Scan your Liked Songs first; it takes a minute or two.")
        return library

    async def find_library(self, user_id: str) -> Library | None:
        """Return a person's library; during a first scan as much of it as there is."""
        found = await self._shelves.find(user_id)
        if found is None:
            return None
        shelf, library = found
        if shelf.index:
            await self._tools.library.touch(user_id, shelf.index)
            if library.origin.waiting or library.origin.behind:
                self._filler.fill(user_id)
        return library

    async def get_pages(
        self, user_id: str, chosen: SongFilter = EVERYTHING, *, listed: Listed = NOTHING_LISTED
    ) -> LibraryPages:
        """Return what makes pages of a person's library, or of the songs that a filter lets through.

        `listed` tells which of them are in a playlist.

        Raises:
            NoLibraryError: there is none.
        """
        return LibraryPages(await self.get_library(user_id), self._links, chosen, listed=listed)

    async def find_pages(
        self, user_id: str, chosen: SongFilter = EVERYTHING, *, listed: Listed = NOTHING_LISTED
    ) -> LibraryPages | None:
        """Return the same, if there is a library."""
        library = await self.find_library(user_id)
        return LibraryPages(library, self._links, chosen, listed=listed) if library else None

    async def try_order(self, user_id: str, order: PersonalOrder) -> tuple[Library, Library] | None:
        """Return a person's library as it is and as it would be in another order, if there is one."""
        return await self._shelves.try_order(user_id, order)

    async def get_fold(self, user_id: str) -> Fold:
        """Return a person's families; without a library the standard ones."""
        library = await self.find_library(user_id)
        return library.fold if library else self._tools.families

    async def get_genres_of(self, user_id: str, song: Song) -> SongGenres:
        """Return what a song is, which need not be in the person's library; no source is asked."""
        library = await self.find_library(user_id)
        return await genres_of(song, library, resolver=self._tools.resolver, families=self._tools.families)

    async def get_why(self, user_id: str, query: WhyQuery) -> WhyPage:
        """Return why a song has a genre.

        Raises:
            NoLibraryError: there is no library.
            NotFoundError: the song is not in it, or does not have this genre.
        """
        library = await self.get_library(user_id)
        placed = library.get_song(query.song)
        genre = library.get_genre(query.genre or placed.placement.lead or "")
        if genre.name not in placed.placement.genres:
            raise NotFoundError("This song does not have this genre.")
        why = await self._provenance.explain(library, placed, genre.name)
        row = LibraryPages(library, self._links).song_row(placed)
        return why_page(row, genre, why, family=library.fold.get(genre.family), links=self._links)

    async def get_duplicates(self, user_id: str, offset: int) -> DuplicatesPage:
        """Return what a person's library may have twice.

        Raises:
            NoLibraryError: there is no library.
        """
        library = await self.get_library(user_id)
        return duplicates_page(library, LibraryPages(library, self._links), offset)

    async def get_export(self, user_id: str, query: ExportQuery, listed: Listed) -> Iterator[ExportedSong]:
        """Return the songs of an export; `listed` are those that are in a playlist.

        Raises:
            NoLibraryError: there is no library.
        """
        library = await self.get_library(user_id)
        return (ExportedSong.of(placed, library, self._links) for placed in query.songs(library, listed))

    async def get_summary(self, user_id: str, *, tracks: bool = False) -> bytes:
        """Return a person's library by families and genres as JSON, empty when there is none.

        Raises:
            LibraryTooLargeError: the ids of so many songs do not go into one answer.
        """
        library = await self.find_library(user_id)
        if library is None:
            return GenresOut().model_dump_json(by_alias=True).encode()
        if tracks:
            if len(library.songs) > TRACKS_AT_ONCE:
                raise LibraryTooLargeError("Ask for /api/genres/{name}/tracks, page by page.")
            return _json(GenresOut.of(library, tracks=True))
        if library not in self._summaries:
            self._summaries[library] = _json(GenresOut.of(library))
        return self._summaries[library]

    async def list_tracks(self, user_id: str, name: str, query: TracksQuery) -> GenreTracksOut:
        """Return a page of a genre's songs, each with why it is there.

        Raises:
            NoLibraryError: there is no library.
            NotFoundError: no song has this genre.
        """
        library = await self.get_library(user_id)
        genre, songs = library.get_genre(name), library.of_genre(name, query.match)
        after = query.offset + query.limit
        shown = songs[query.offset : after]
        reasons = await self._provenance.reasons(library, shown, genre.name)
        return GenreTracksOut(
            name=name,
            count=genre.count,
            lead_count=genre.lead_count,
            total=len(songs),
            offset=query.offset,
            next_offset=after if after < len(songs) else None,
            tracks=tuple(
                TrackOut.of(
                    placed,
                    url=self._links.track(placed.song),
                    why=why,
                    copies=library.copies_of(placed.song),
                )
                for placed, why in zip(shown, reasons, strict=True)
            ),
        )


def _json(out: GenresOut) -> bytes:
    return out.model_dump_json(by_alias=True, exclude_unset=True).encode()

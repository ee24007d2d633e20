"""Libraries as people see them: loaded, sorted, and kept in memory for as long as they stay the same."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakKeyDictionary, WeakValueDictionary

from app.errors import Action, AppError, NotFoundError
from app.events import AccountDeleted, Disconnected, Event, ScanFinished
from app.genres.filling import GenreFiller
from app.genres.folding import Placement
from app.genres.heap import trim
from app.genres.library import Library, Match, Origin, PlacedSong
from app.genres.library_pages import LibraryPages
from app.genres.links import Links
from app.genres.models import LibraryIndex, SourceIndex
from app.genres.placing import Placer, group_of
from app.genres.scanning.tools import ScanTools
from app.genres.schemas import GenresOut, GenreTracksOut, ReasonOut, TrackOut, TracksQuery
from app.genres.songs import ArtistRef, Song
from app.genres.sources.protocol import AskedArtist
from app.jobs.runner import JobRunner

SONGS_IN_MEMORY = 30_000
"""Sorted songs of all libraries in memory, about 1 KB each; the library looked at last is always kept."""
KEPT_S = 3600.0
"""A library that nobody has looked at for so long gives its room back."""
SORTED_S = 86_400.0
"""After so long it is sorted anew, because others' scans may have brought newer answers about its artists."""
KEPT_WAITING_S = 15.0
"""Others' scans may bring the genres that a library waits for."""
A_TURN = 300
"""Artists or songs that are sorted before other tasks get their turn."""
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


@dataclass(frozen=True)
class _Shelf:
    """Where a library is in the store, whole or as far as its first scan has come.

    Attributes:
        stamp: changes whenever the library has to be sorted anew.
    """

    parts: tuple[SourceIndex, ...]
    stamp: tuple[str, ...]
    scanned_at: datetime
    index: LibraryIndex | None


@dataclass
class _Kept:
    stamp: tuple[str, ...]
    library: Library
    sorted_at: float
    used_at: float

    def is_good(self, now: float) -> bool:
        if self.library.origin.waiting:
            return now < self.sorted_at + KEPT_WAITING_S
        return now < min(self.used_at + KEPT_S, self.sorted_at + SORTED_S)


class GenresService:
    """Libraries by person."""

    def __init__(self, tools: ScanTools, jobs: JobRunner, *, open_url: str) -> None:
        self._tools = tools
        self._links = Links(open_url)
        self._clock = tools.clock
        self._filler = GenreFiller(tools, jobs, tools.clock)
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._summaries: WeakKeyDictionary[Library, bytes] = WeakKeyDictionary()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def handle(self, event: Event) -> None:
        """Forget the library of a person who has left, also one just being loaded; go on behind a scan."""
        if isinstance(event, (AccountDeleted, Disconnected)):
            async with self._lock(event.user_id):
                self._kept.pop(event.user_id, None)
            self._filler.forget(event.user_id)
        if isinstance(event, ScanFinished):
            self._filler.fill(event.user_id, after_scan=True)

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
        async with self._lock(user_id):
            # Looked up again after loading: a scan may have put a new library in its place meanwhile.
            while (shelf := await self._find_shelf(user_id)) and not self._recall(user_id, shelf):
                await self._load(user_id, shelf)
            if shelf is None:
                return None
            library = self._kept[user_id].library
        if shelf.index:
            await self._tools.library.touch(user_id, shelf.index)
            if library.origin.waiting or library.origin.behind:
                self._filler.fill(user_id)
        return library

    async def get_pages(self, user_id: str) -> LibraryPages:
        """Return what makes pages of a person's library.

        Raises:
            NoLibraryError: there is none.
        """
        return LibraryPages(await self.get_library(user_id), self._tools.families, self._links)

    async def find_pages(self, user_id: str) -> LibraryPages | None:
        """Return what makes pages of a person's library, if there is one."""
        library = await self.find_library(user_id)
        return LibraryPages(library, self._tools.families, self._links) if library else None

    async def select(
        self, user_id: str, include: Iterable[str], *, match: Match = "any", exclude: Iterable[str] = ()
    ) -> tuple[PlacedSong, ...]:
        """Return the different songs of families and genres, newest likes first; see `Library.select`.

        Raises:
            NoLibraryError: there is no library.
        """
        return (await self.get_library(user_id)).select(include, match=match, exclude=exclude)

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
        reasons = await self._reasons(shown, name)
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

    async def _reasons(self, songs: Sequence[PlacedSong], genre: str) -> list[tuple[ReasonOut, ...]]:
        """Say for each song which source says of which of its artists that they play `genre`."""
        names = {artist.id: artist.name for one in songs for artist in one.song.artists if artist.id}
        known = await self._tools.resolver.recall(names)
        said = {
            artist.artist_id: tuple(
                ReasonOut(artist=names[artist.artist_id], source=tag.source, votes=tag.votes)
                for tag in artist.tags
                if self._tools.families.canonical(tag.name) == genre
            )
            for artist in known.values()
        }
        return [
            tuple(reason for artist in one.song.artists for reason in said.get(artist.id or "", ()))
            for one in songs
        ]

    async def _find_shelf(self, user_id: str) -> _Shelf | None:
        if index := await self._tools.library.find_index(user_id):
            stamp = (index.generation, str(index.revision))
            return _Shelf(index.sources, stamp, index.scanned_at, index)
        cursor = await self._tools.scans.find(user_id)
        if cursor is None or cursor.phase != "songs" or not any(part.songs for part in cursor.parts):
            return None
        stamp = (cursor.scan, cursor.saved_at.isoformat())
        return _Shelf(cursor.parts, stamp, cursor.saved_at, None)

    def _lock(self, user_id: str) -> asyncio.Lock:
        return self._locks.setdefault(user_id, asyncio.Lock())

    def _recall(self, user_id: str, shelf: _Shelf) -> bool:
        """Whether what is in memory is good, which then is the last to give way to others."""
        kept, now = self._kept.get(user_id), self._clock.monotonic()
        if kept is None or kept.stamp != shelf.stamp or not kept.is_good(now):
            return False
        kept.used_at = now
        self._kept.move_to_end(user_id)
        return True

    async def _load(self, user_id: str, shelf: _Shelf) -> None:
        self._kept.pop(user_id, None)  # the old one need not be in memory beside the new one
        trim()
        songs = [song async for song in self._tools.library.read_songs(user_id, shelf.parts)]
        library = await self._sort(songs, shelf)
        now = self._clock.monotonic()
        self._kept[user_id] = _Kept(shelf.stamp, library, sorted_at=now, used_at=now)
        self._make_room()
        trim()

    async def _sort(self, songs: Sequence[Song], shelf: _Shelf) -> Library:
        names = {artist.id: artist.name for song in songs for artist in song.artists if artist.id}
        isrcs = {artist.id: song.isrc for song in songs for artist in song.artists if song.isrc}
        resolver = self._tools.resolver
        placer, waiting, ids, behind = Placer(self._tools.families), list[str](), tuple(names), False
        for start in range(0, len(ids), A_TURN):  # what all artists play need not be in memory at once
            some = ids[start : start + A_TURN]
            records = await resolver.find(some)
            known = {one: genres for one in some if (genres := resolver.known(one, records[one]))}
            placer.learn(known.values(), names)
            waiting += (artist_id for artist_id in some if artist_id not in known)
            behind = behind or any(
                resolver.wants(
                    AskedArtist(one, names[one], isrcs=tuple(filter(None, (isrcs.get(one),)))), record
                )
                for one, record in records.items()
            )
            await asyncio.sleep(0)
        origin = Origin(
            scanned_at=shelf.scanned_at,
            whole=shelf.index is not None,
            waiting=tuple(waiting),
            sources=placer.sources(),
            behind=behind,
        )
        placed = map(PlacedSong, songs, await _places(songs, placer))
        return Library(placed, self._tools.families, origin)

    def _make_room(self) -> None:
        while (
            len(self._kept) > 1
            and sum(len(kept.library.songs) for kept in self._kept.values()) > SONGS_IN_MEMORY
        ):
            self._kept.popitem(last=False)


def _json(out: GenresOut) -> bytes:
    return out.model_dump_json(by_alias=True, exclude_unset=True).encode()


async def _places(songs: Sequence[Song], placer: Placer) -> list[Placement]:
    """Place songs; those of the same artists share a place, and so do those that stand at the same one."""
    by_artists: dict[tuple[ArtistRef, ...], Placement] = {}
    shared: dict[Placement, Placement] = {}
    placed = []
    for number, song in enumerate(songs):
        place = by_artists.get(song.artists)
        if place is None:
            place = placer.place(group_of(song))
            place = by_artists[song.artists] = shared.setdefault(place, place)
        placed.append(place)
        if number % A_TURN == 0:
            await asyncio.sleep(0)
    return placed

"""The shelves that sorted libraries stand on while they stay the same."""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from weakref import WeakValueDictionary

from app.genres.heap import trim
from app.genres.library import Library
from app.genres.models import LibraryIndex, SourceIndex
from app.genres.personal.order import PersonalOrder
from app.genres.scanning.tools import ScanTools
from app.genres.songs import Song
from app.genres.sorting import Sorter

SONGS_IN_MEMORY = 30_000
"""Sorted songs of all libraries in memory, about 1 KB each; the library looked at last is always kept."""
ARTISTS_IN_MEMORY = 5_000
"""Up to so many, what sources say of the artists of the library looked at last stays in memory, 1 KB each:
then another order costs no reading, only sorting."""
KEPT_S = 3600.0
"""A library that nobody has looked at for so long gives its room back."""
SORTED_S = 86_400.0
"""After so long it is sorted anew, because others' scans may have brought newer answers about its artists."""
KEPT_WAITING_S = 15.0
"""Others' scans may bring the genres that a library waits for."""


@dataclass(frozen=True)
class Shelf:
    """Where a library is in the store, whole or as far as its first scan has come.

    Attributes:
        stamp: changes whenever the library has to be read and sorted anew.
        order: changes whenever it has to be sorted in another order.
    """

    parts: tuple[SourceIndex, ...]
    stamp: tuple[str, ...]
    order: int
    scanned_at: datetime
    index: LibraryIndex | None


@dataclass
class _Kept:
    """A sorted library, and what it takes to sort it in another order at once.

    Attributes:
        order: the number of the order that it is sorted in.
        tried: the order that was tried last, and the library in it.
    """

    stamp: tuple[str, ...]
    order: int
    library: Library
    sorter: Sorter | None
    sorted_at: float
    used_at: float
    tried: tuple[PersonalOrder, Library] | None = None

    def is_good(self, now: float) -> bool:
        if self.library.origin.waiting:
            return now < self.sorted_at + KEPT_WAITING_S
        return now < min(self.used_at + KEPT_S, self.sorted_at + SORTED_S)

    def songs_for(self, shelf: Shelf) -> Sequence[Song] | None:
        """Return the songs, if they are the same."""
        same = self.library.origin.whole and self.stamp[0] == shelf.stamp[0]
        return self.sorter.songs if same and self.sorter else None


class Shelves:
    """Sorted libraries by person, those in memory that were looked at last."""

    def __init__(self, tools: ScanTools) -> None:
        self._tools = tools
        self._clock = tools.clock
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def find(self, user_id: str) -> tuple[Shelf, Library] | None:
        """Return a person's library and where it is; during a first scan as much of it as there is."""
        async with self._lock(user_id):
            shelf = await self._find(user_id)
            return (shelf, self._kept[user_id].library) if shelf else None

    async def try_order(self, user_id: str, order: PersonalOrder) -> tuple[Library, Library] | None:
        """Return a person's library as it is, and as it would be in another order."""
        async with self._lock(user_id):
            shelf = await self._find(user_id)
            if shelf is None:
                return None
            kept = self._kept[user_id]
            sorter = kept.sorter or await self._read(user_id, shelf)
            kept.tried = (order, await _sort(sorter, shelf, order))
            return kept.library, kept.tried[1]

    async def forget(self, user_id: str) -> None:
        """Drop a person's library from memory, also one just being loaded."""
        async with self._lock(user_id):
            self._kept.pop(user_id, None)

    def clear(self) -> None:
        """Have every library read and sorted anew when it is looked at next."""
        self._kept.clear()

    async def _find(self, user_id: str) -> Shelf | None:
        # Looked up again after loading: a scan may have put a new library in its place meanwhile.
        while (shelf := await self._find_shelf(user_id)) and not self._recall(user_id, shelf):
            await self._load(user_id, shelf)
        return shelf

    async def _find_shelf(self, user_id: str) -> Shelf | None:
        if index := await self._tools.library.find_index(user_id):
            stamp = (index.generation, str(index.revision))
            return Shelf(index.sources, stamp, index.order, index.scanned_at, index)
        cursor = await self._tools.scans.find(user_id)
        if cursor is None or cursor.phase != "songs" or not any(part.songs for part in cursor.parts):
            return None
        stamp = (cursor.scan, cursor.saved_at.isoformat())
        return Shelf(cursor.parts, stamp, 0, cursor.saved_at, None)

    def _lock(self, user_id: str) -> asyncio.Lock:
        return self._locks.setdefault(user_id, asyncio.Lock())

    def _recall(self, user_id: str, shelf: Shelf) -> bool:
        """Whether what is in memory is good, which then is the last to give way to others."""
        kept = self._good(user_id, shelf)
        if kept is None or kept.order != shelf.order:
            return False
        kept.used_at = self._clock.monotonic()
        self._kept.move_to_end(user_id)
        return True

    def _good(self, user_id: str, shelf: Shelf) -> _Kept | None:
        """Return what is in memory of the same songs and artists, in whatever order."""
        kept = self._kept.get(user_id)
        good = kept and kept.stamp == shelf.stamp and kept.is_good(self._clock.monotonic())
        return kept if good else None

    async def _load(self, user_id: str, shelf: Shelf) -> None:
        kept = self._good(user_id, shelf)
        if kept and kept.sorter:
            await self._sort_again(user_id, shelf, kept, kept.sorter)
            return
        old = self._kept.pop(user_id, None)
        songs = old.songs_for(shelf) if old else None
        kept = old = None  # the old library need not be in memory beside the new one
        trim()
        sorter = await self._read(user_id, shelf, songs)
        library = await _sort(sorter, shelf, await self._tools.personal.find(user_id, shelf.index))
        now = self._clock.monotonic()
        self._kept[user_id] = _Kept(shelf.stamp, shelf.order, library, sorter, sorted_at=now, used_at=now)
        self._make_room()
        trim()

    async def _sort_again(self, user_id: str, shelf: Shelf, kept: _Kept, sorter: Sorter) -> None:
        order = await self._tools.personal.find(user_id, shelf.index)
        tried = kept.tried[1] if kept.tried and kept.tried[0].is_like(order) else None
        kept.library = tried or await _sort(sorter, shelf, order)
        kept.order, kept.tried = shelf.order, None

    async def _read(self, user_id: str, shelf: Shelf, songs: Sequence[Song] | None = None) -> Sorter:
        if songs is None:
            songs = [song async for song in self._tools.library.read_songs(user_id, shelf.parts)]
        sorter = Sorter(self._tools, songs)
        await sorter.learn()
        return sorter

    def _make_room(self) -> None:
        while (
            len(self._kept) > 1
            and sum(len(kept.library.songs) for kept in self._kept.values()) > SONGS_IN_MEMORY
        ):
            self._kept.popitem(last=False)
        *others, last = self._kept.values()
        large = last.sorter is not None and last.sorter.artists > ARTISTS_IN_MEMORY
        for kept in (*others, last) if large else others:
            kept.sorter = kept.tried = None


async def _sort(sorter: Sorter, shelf: Shelf, order: PersonalOrder) -> Library:
    return await sorter.sort(order, scanned_at=shelf.scanned_at, whole=shelf.index is not None)

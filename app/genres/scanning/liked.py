"""Reading Liked Songs: page by page to the end, or from the top down to what the library has already."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from itertools import takewhile
from typing import NamedTuple

from app.genres.models import Reading, SourceIndex
from app.genres.scanning.drift import after_page
from app.genres.scanning.intake import GONE, Intake, entries_of, joined
from app.genres.scanning.journal import Journal
from app.genres.scanning.removals import LivePage, MisfitError, find_removed
from app.genres.scanning.stock import Stock
from app.genres.songs import Entry, RowId, Song
from app.spotify.models import SavedTrack
from app.spotify.paging import Page

ROUNDS = 3
"""How often a list is looked at again that changes meanwhile; what comes after that, the next scan sees."""

FetchPage = Callable[[int], Awaitable[Page[SavedTrack]]]


class Passage(NamedTuple):
    """A page on the way down a list, where the way goes on, and whether the page counts."""

    page: Page[SavedTrack]
    offset: int
    keep: bool


class LikedReader:
    """Reads one person's Liked Songs.

    Attributes:
        new: entries that came, as far as they were looked at one by one.
        gone: entries that left.

    Raises:
        SpotifyError: Spotify refuses, or does not answer for several minutes.
        KVError: what was read could not be kept.
    """

    def __init__(
        self,
        journal: Journal,
        stock: Stock,
        *,
        fetch: FetchPage,
        on_songs: Callable[[tuple[Song, ...]], None],
    ) -> None:
        self._journal = journal
        self._stock = stock
        self._fetch = fetch
        self._on_songs = on_songs
        self._total = 0
        self.new = 0
        self.gone = 0

    async def read_all(self, reading: Reading) -> SourceIndex:
        """Read everything, going on from where `reading` is; return where it is kept."""
        intake = self._journal.begin(reading)
        async for entries in self._stock.read(reading.part):
            intake.know(entries)
        self._total = reading.total or 0
        async for passage in self._down(reading.offset, reading.total):
            before = self._journal.reading
            quiet = before.quiet and before.total in {None, passage.page.total}
            self._journal.read(offset=passage.offset, total=passage.page.total, quiet=quiet)
            if passage.keep:
                self._on_songs(intake.take(passage.page))
            await self._journal.page_read()
        await self._journal.close()
        quiet = not await self._read_front(intake) and self._journal.reading.quiet
        if quiet and self._total == self._journal.reading.total:
            intake.account_for(self._total)
        try:
            return await self._settled(intake)
        except MisfitError:
            return intake.part  # the next scan finds out what has left

    async def read_new(self, reading: Reading, base: SourceIndex) -> SourceIndex:
        """Read from the top down to what `base` has, and find out what has left it.

        Raises:
            MisfitError: the list is not that of `base` with some more and some less.
        """
        intake = self._journal.begin(reading)
        intake.know(await self._stock.first(base))
        async for entries in self._stock.read(reading.part):
            intake.know(entries)
        several = await self._read_down_to(intake, base) > 1 or reading.offset > 0
        self.new = intake.part.rows
        await self._journal.close()
        intake.part = joined(intake.part, base)
        if several:
            await self._read_front(intake)
        part = await self._settled(intake)
        return await self._stock.tidied(part) if part != base else base

    async def _read_down_to(self, intake: Intake, base: SourceIndex) -> int:
        """Take what is above the first entry of `base`, and return how many pages that took."""
        pages, all_known = 0, False
        reading = self._journal.reading
        async for passage in self._down(reading.offset, reading.total):
            pages += 1
            if not passage.keep:
                self._journal.read(offset=passage.offset, total=passage.page.total)
                continue
            entries = entries_of(passage.page)
            if not (all_known or any(intake.knows(entry) for entry in entries)):
                intake.know_rows(await self._stock.rows(base))  # what stood first may be gone
                all_known = True
            above = _above(intake, entries)
            self._on_songs(intake.take_entries(above))
            if len(above) < len(entries):
                break
            self._journal.read(offset=passage.offset, total=passage.page.total)
            await self._journal.page_read()
        return pages

    async def _read_front(self, intake: Intake) -> int:
        """Take what was liked while the rest was read, and return how many entries that were."""
        taken = 0
        for _ in range(ROUNDS):
            fresh: dict[RowId, Entry] = {}
            pages = 0
            async for passage in self._down(0, None):
                if not passage.keep:
                    continue
                pages += 1
                entries = entries_of(passage.page)
                above = _above(intake, entries)
                fresh.update((entry.id, entry) for entry in above)
                if len(above) < len(entries):
                    break
            self._on_songs(intake.take_in_front(fresh.values()))
            taken += len(fresh)
            self.new += len(fresh)
            if pages <= 1:
                break
        await self._stock.put(intake)
        return taken

    async def _settled(self, intake: Intake) -> SourceIndex:
        """Take out what has left the list, which is as long as `_total` says."""
        for _ in range(ROUNDS):
            total = self._total
            if intake.part.total == total:
                return intake.part
            if intake.part.total < total:
                raise MisfitError
            rows = await self._stock.rows(intake.part)
            try:
                gone = await self._find_gone(rows, intake.part)
            except MisfitError:
                if self._total == total:
                    raise
                gone = frozenset()
            # Only of a list that has not changed meanwhile is it sure what is missing.
            if not await self._read_front(intake) and self._total == total:
                intake.part = await self._stock.without(intake.part, gone)
                self.gone += len(gone)
        return intake.part

    async def _find_gone(self, rows: Sequence[RowId], part: SourceIndex) -> frozenset[RowId]:
        former = _former(rows)
        self.new -= len(former)
        self.gone -= len(former)
        if part.total - len(former) <= self._total:
            return former
        if not part.exact or part.unaccounted:
            raise MisfitError
        left = [row for row in rows if row not in former]
        return former | await find_removed(left, self._total, self._live_page)

    async def _live_page(self, offset: int) -> LivePage:
        page = await self._fetch(offset)
        self._total = page.total
        return LivePage([entry.id for entry in entries_of(page)], page.total)

    async def _down(self, offset: int, total: int | None) -> AsyncIterator[Passage]:
        """Give page after page from `offset` on, as drift.py says."""
        while total is None or offset < total:
            page = await self._fetch(offset)
            step = after_page(offset, total=page.total, last_total=total)
            offset, total = step.offset, page.total
            self._total = total
            yield Passage(page, offset, step.keep)


def _above(intake: Intake, entries: Sequence[Entry]) -> list[Entry]:
    """Return the entries that stand above the first known one."""
    return list(takewhile(lambda entry: not intake.knows(entry), entries))


def _former(rows: Sequence[RowId]) -> frozenset[RowId]:
    """Return the entries of songs that stand further up as well: they were liked once more."""
    seen: set[str] = set()
    former = set()
    for added, key in rows:
        if key in seen and key != GONE:
            former.add((added, key))
        seen.add(key)
    return frozenset(former)

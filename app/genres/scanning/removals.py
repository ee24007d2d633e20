"""Finding what has left a list whose other entries are known, with few pages.

The live list is the kept one without some entries. A page out of the middle says how many are missing before
it and how many behind it, so only parts that lack entries are looked into: about `log2(pages)` pages for each
missing entry, fewer where they stood together.
"""

from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

from app.genres.songs import RowId
from app.spotify.paging import PAGE_LIMIT


class MisfitError(Exception):
    """The live list is not the kept one without some entries, or finding them takes too many pages."""


class LivePage(NamedTuple):
    """Entries of the live list from some offset on, and how long the list is; all of them readable."""

    rows: Sequence[RowId]
    total: int


class _Part(NamedTuple):
    """A part of the kept list, and what is left of it in the live one; ends are behind the last row."""

    start: int
    end: int
    live_start: int
    live_end: int

    @property
    def lacks(self) -> int:
        return (self.end - self.start) - (self.live_end - self.live_start)


async def find_removed(
    kept: Sequence[RowId], total: int, read: Callable[[int], Awaitable[LivePage]]
) -> frozenset[RowId]:
    """Return the entries of `kept` that the live list of `total` entries does not have.

    Args:
        kept: the entries that the list had before.
        total: how many it has now.
        read: returns the page at an offset of it.

    Raises:
        MisfitError: see there; reading the whole list is the way then. Half its pages are tried at most.
    """
    places = {row: place for place, row in enumerate(kept)}
    if len(places) != len(kept):
        raise MisfitError
    removed: list[RowId] = []
    parts = [_Part(0, len(kept), 0, total)]
    pages_left = -(-total // PAGE_LIMIT) // 2
    while parts:
        part = parts.pop()
        if part.lacks < 0:
            raise MisfitError
        if part.live_end == part.live_start:
            removed += kept[part.start : part.end]
        elif part.lacks:
            if not pages_left:
                raise MisfitError
            pages_left -= 1
            offset = part.live_start + max(0, part.live_end - part.live_start - PAGE_LIMIT) // 2
            page = await read(offset)
            if page.total != total or len(page.rows) != min(PAGE_LIMIT, total - offset):
                raise MisfitError
            found = _places(page.rows[: part.live_end - offset], places, part)
            for one, after in pairwise(found):
                removed += kept[one + 1 : after]
            parts.append(_Part(part.start, found[0], part.live_start, offset))
            parts.append(_Part(found[-1] + 1, part.end, offset + len(found), part.live_end))
    return frozenset(removed)


def _places(rows: Sequence[RowId], places: dict[RowId, int], part: _Part) -> list[int]:
    """Return the places of rows in the kept list, which have to rise within a part."""
    found = [places.get(row, -1) for row in rows]
    bounds = [part.start - 1, *found, part.end]
    if any(one >= after for one, after in pairwise(bounds)):
        raise MisfitError
    return found

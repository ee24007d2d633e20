"""Songs that a library may have twice: the same recording, or the same title by the same artists."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from app.genres.alike import copies, same_title
from app.genres.library import Library
from app.genres.library_pages import PAGE_ROWS, LibraryPages
from app.genres.page_models import SongRow

Kind = Literal["recording", "title"]


@dataclass(frozen=True, slots=True)
class AlikeSongs:
    """Songs that may be one to a listener, the oldest like first."""

    kind: Kind
    songs: tuple[SongRow, ...]


@dataclass(frozen=True, slots=True)
class DuplicatesPage:
    """What may be there twice, the newest like first, recordings before titles.

    Attributes:
        recordings: recordings that are there more than once.
        titles: titles by the same artists of which there are several recordings.
    """

    recordings: int
    titles: int
    groups: tuple[AlikeSongs, ...]
    next_offset: int | None


def duplicates_page(library: Library, pages: LibraryPages, offset: int = 0) -> DuplicatesPage:
    """Return what a library may have twice; of one recording only the oldest like is among the titles."""
    songs = [placed.song for placed in library.songs]
    recordings = sorted(copies(songs).values())
    newer = {number for group in recordings for number in group[:-1]}
    oldest = [number for number in range(len(songs)) if number not in newer]
    titles = [[oldest[place] for place in group] for group in same_title([songs[one] for one in oldest])]
    found: list[tuple[Kind, list[int]]] = [
        *(("recording", group) for group in recordings),
        *(("title", group) for group in sorted(titles)),
    ]
    after = offset + PAGE_ROWS
    return DuplicatesPage(
        recordings=len(recordings),
        titles=len(titles),
        groups=tuple(AlikeSongs(kind, _rows(group, library, pages)) for kind, group in found[offset:after]),
        next_offset=after if after < len(found) else None,
    )


def _rows(group: Iterable[int], library: Library, pages: LibraryPages) -> tuple[SongRow, ...]:
    return tuple(pages.song_row(library.songs[number]) for number in sorted(group, reverse=True))

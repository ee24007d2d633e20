"""Making the pages of the kept playlists."""

from collections.abc import Iterable, Sequence

from app.clock import Clock
from app.genres.fold import Fold
from app.genres.labels import Label, label_of
from app.genres.library import FAMILY, GENRE, Library
from app.playlists.autosort.page_models import AutoSortView
from app.playlists.keeping import Undoable
from app.playlists.kept.forms import KeptQuery
from app.playlists.kept.page_models import (
    KeptLine,
    KeptPage,
    Part,
    ShelfPage,
    SongList,
    UndoPage,
)
from app.playlists.models import uris_of
from app.playlists.records import MadePlaylist, PlaylistSongs
from app.playlists.song_rows import SongRows

PAGE_SONGS = 200


class KeptPages:
    """Makes pages; `open_url` is where links to songs lead."""

    def __init__(self, clock: Clock, *, open_url: str) -> None:
        self._clock = clock
        self._open_url = open_url

    def shelf(self, made: Iterable[MadePlaylist], fold: Fold, *, auto_sort: AutoSortView | None) -> ShelfPage:
        """Return all playlists."""
        lines = tuple(self.line(one, fold) for one in made)
        return ShelfPage(
            lines,
            gone=sum(line.gone for line in lines),
            frozen=all(line.mode == "frozen" for line in lines),
            auto_sort=auto_sort,
        )

    def playlist(
        self,
        made: MadePlaylist,
        songs: PlaylistSongs,
        library: Library,
        *,
        query: KeptQuery,
    ) -> KeptPage:
        """Return one playlist."""
        touched = songs.adding or songs.removing or songs.writing
        return KeptPage(
            line=self.line(made, library.fold),
            order=made.order,
            inferred=made.selection.inferred,
            unfinished=(songs.writing or made.run_id) if touched else None,
            out=self._songs(uris_of(songs.out), library, offset=query.offset),
            families=tuple((one.family.id, one.family.name) for one in library.families),
            genres=tuple(library.genres),
            query=query,
        )

    def undo(self, found: Undoable, library: Library, *, allowed: bool) -> UndoPage:
        """Return what taking a change back does."""
        state = found.state
        return UndoPage(
            line=self.line(found.made, library.fold),
            change=found.change,
            allowed=allowed,
            added=self._songs(state.added if state else (), library),
            removed=self._songs(state.removed if state else (), library),
        )

    def line(self, made: MadePlaylist, fold: Fold) -> KeptLine:
        """Return a playlist in a line."""
        selection = made.selection
        until = made.change.undo_until if made.change else None
        undoable = until is not None and until >= self._clock.now() and not made.gone
        return KeptLine(
            id=made.id,
            name=made.name,
            url=made.url,
            songs=made.songs,
            include=_parts(selection.include, fold),
            exclude=_parts(selection.exclude, fold),
            family=_family(selection.include, fold),
            match=selection.match,
            mode=made.mode,
            schedule=made.schedule,
            gone=made.gone,
            since=made.created_at,
            compared_at=made.refreshed_at,
            change=made.change,
            undo_until=until if undoable else None,
        )

    def _songs(self, uris: Sequence[str], library: Library, *, offset: int = 0) -> SongList:
        after = offset + PAGE_SONGS
        shown = tuple(uris[offset:after])
        return SongList(
            shown,
            SongRows(library, self._open_url).of(shown) if shown else (),
            total=len(uris),
            next_offset=after if after < len(uris) else None,
        )


def _parts(items: Iterable[str], fold: Fold) -> tuple[Part, ...]:
    return tuple(Part(item, label_of(item, fold)) for item in items)


def _family(items: Iterable[str], fold: Fold) -> Label | None:
    """Return the family that all of these are of or in."""
    families = {
        label_of(item if item.startswith(FAMILY) else FAMILY + fold.family_of(item.removeprefix(GENRE)), fold)
        for item in items
    }
    return families.pop() if len(families) == 1 else None

"""Making the playlist pages out of plans, runs and the library."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence

from app.errors import NotFoundError
from app.genres.fold import Fold
from app.genres.library import FAMILY, GENRE, Library
from app.genres.library_pages import LibraryPages
from app.genres.links import Links
from app.genres.page_models import SongRow
from app.playlists.models import Plan, Run, Selection, Step, uris_of
from app.playlists.page_models import (
    Label,
    MadePlaylistRow,
    PlaylistsPage,
    PreviewPage,
    PreviewPlaylist,
    PreviewSongsPage,
    RunPage,
    RunPlaylist,
)
from app.playlists.records import MadePlaylist

FIRST_SONGS = 20
PAGE_SONGS = 200


class PlaylistPages:
    """Makes pages; `open_url` is where links to songs lead, `rate` is in calls to Spotify a second."""

    def __init__(self, *, open_url: str, rate: float) -> None:
        self._open_url = open_url
        self._rate = rate

    def preview_page(self, plan: Plan, library: Library, run: Run | None) -> PreviewPage:
        """Return a plan with the first songs of each playlist."""
        rows = self._rows(library)
        times = Counter(entry.uri for playlist in plan.playlists for entry in playlist.additions)
        return PreviewPage(
            id=plan.id,
            expires_at=plan.expires_at,
            calls_needed=plan.calls_needed,
            estimated_s=math.ceil(plan.calls_needed / self._rate),
            songs=len(times),
            repeated=sum(count > 1 for count in times.values()),
            match=next((one.selection.match for one in plan.playlists), "any"),
            playlists=tuple(
                PreviewPlaylist(
                    index=index,
                    name=run.steps[index].name if run else playlist.name,
                    labels=labels_of(playlist.selection, library.fold),
                    count=len(playlist.additions),
                    local=playlist.skipped_local,
                    unplayable=playlist.skipped_unplayable,
                    inferred=playlist.skipped_inferred,
                    repeated=sum(one.kind == "recording" for one in playlist.duplicates),
                    songs=rows.of(uris_of(playlist.additions[:FIRST_SONGS])),
                    more=max(0, len(playlist.additions) - FIRST_SONGS),
                )
                for index, playlist in enumerate(plan.playlists)
            ),
            run=run.id if run else None,
        )

    def preview_songs_page(
        self, plan: Plan, library: Library, *, index: int, offset: int
    ) -> PreviewSongsPage:
        """Return all songs of one playlist of a plan, 200 at a time.

        Raises:
            NotFoundError: the plan has no such playlist.
        """
        if index >= len(plan.playlists):
            raise NotFoundError("This preview has no such playlist.")
        playlist = plan.playlists[index]
        uris = uris_of(playlist.additions)
        after = offset + PAGE_SONGS
        return PreviewSongsPage(
            id=plan.id,
            index=index,
            name=playlist.name,
            count=len(uris),
            labels=labels_of(playlist.selection, library.fold),
            songs=self._rows(library).of(uris[offset:after]),
            offset=offset,
            next_offset=after if after < len(uris) else None,
        )

    def run_page(self, run: Run, fold: Fold) -> RunPage:
        """Return how far a run is."""
        return RunPage(
            id=run.id,
            status="running" if run.status == "new" else run.status,
            resumes_at=run.resumes_at,
            playlists=tuple(_run_playlist(step, fold) for step in run.steps),
            added=sum(step.added for step in run.steps),
            total=sum(step.total for step in run.steps),
        )

    def playlists_page(self, made: Iterable[MadePlaylist], fold: Fold) -> PlaylistsPage:
        """Return the playlists made."""
        return PlaylistsPage(
            tuple(
                MadePlaylistRow(
                    id=playlist.id,
                    name=playlist.name,
                    url=playlist.url,
                    count=playlist.songs,
                    made_at=playlist.created_at,
                    labels=labels_of(playlist.selection, fold),
                    run=playlist.run_id,
                    match=playlist.selection.match,
                )
                for playlist in made
            )
        )

    def _rows(self, library: Library) -> "_Rows":
        return _Rows(library, LibraryPages(library, Links(self._open_url)))


def labels_of(selection: Selection, fold: Fold) -> tuple[Label, ...]:
    """Return what a selection is made of, in colour."""
    return tuple(_label(item, fold) for item in selection.include)


def _label(item: str, fold: Fold) -> Label:
    if item.startswith(FAMILY):
        try:
            family = fold.get(item.removeprefix(FAMILY))
        except NotFoundError:  # one of the person's own, which they have undone since
            return Label("family", "Undone family", "grey", 2)
        return Label("family", family.name, family.hue, family.depth)
    name = item.removeprefix(GENRE)
    family = fold.get(fold.family_of(name))
    return Label("genre", name, family.hue, family.depth)


def _run_playlist(step: Step, fold: Fold) -> RunPlaylist:
    return RunPlaylist(
        name=step.name,
        id=step.playlist_id,
        url=step.url,
        added=step.added,
        total=step.total,
        verified=step.verified,
        problem=step.problem,
        labels=labels_of(step.selection, fold),
    )


class _Rows:
    """Rows of songs by URI; a song that has left the library since has none."""

    def __init__(self, library: Library, pages: LibraryPages) -> None:
        self._placed = {placed.song.uri: placed for placed in library.songs}
        self._pages = pages

    def of(self, uris: Sequence[str]) -> tuple[SongRow, ...]:
        return tuple(self._pages.song_row(self._placed[uri]) for uri in uris if uri in self._placed)

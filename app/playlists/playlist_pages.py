"""Making the pages of runs and of the playlists made."""

from collections.abc import Iterable

from app.genres.fold import Fold
from app.playlists.labels import labels_of
from app.playlists.models import Run, Step
from app.playlists.page_models import MadePlaylistRow, PlaylistsPage, RunPage, RunPlaylist
from app.playlists.records import MadePlaylist


class PlaylistPages:
    """Makes pages."""

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

"""Making the pages of runs."""

from app.genres.fold import Fold
from app.playlists.labels import labels_of
from app.playlists.models import Run, Step
from app.playlists.page_models import RunPage, RunPlaylist


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

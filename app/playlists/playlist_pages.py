"""Making the pages of runs."""

from collections.abc import Iterable, Mapping, Sized
from datetime import datetime

from app.genres.fold import Fold
from app.playlists.labels import labels_of
from app.playlists.models import Run, Step, task_of
from app.playlists.page_models import RunPage, RunPlaylist
from app.playlists.records import MadePlaylist


class PlaylistPages:
    """Makes pages."""

    def run_page(
        self,
        run: Run,
        fold: Fold,
        *,
        made: Iterable[MadePlaylist],
        taken_back: Mapping[str, Sized],
        refused: bool = False,
    ) -> RunPage:
        """Return how far a run is.

        Args:
            run: the run.
            fold: names and colours of what playlists are made of.
            made: the playlists that are kept, to tell which changes can be taken back.
            taken_back: by playlist, songs that an undo took out and that no refresh adds again.
            refused: whether the permission to remove playlists was just refused.
        """
        undo = {one.id: one.change.undo_until for one in made if one.change and one.change.run == run.id}
        shown = tuple((index, one) for index, one in enumerate(run.steps) if not _is_still(one))
        return RunPage(
            id=run.id,
            status="running" if run.status == "new" else run.status,
            task=task_of(run.steps),
            resumes_at=run.resumes_at,
            playlists=tuple(
                (index, _run_playlist(step, fold, undo.get(step.playlist_id or ""))) for index, step in shown
            ),
            still=len(run.steps) - len(shown),
            added=sum(step.added for step in run.steps),
            total=sum(step.total for step in run.steps),
            removed=sum(step.removed for step in run.steps),
            to_remove=sum(step.to_remove for step in run.steps),
            taken_back=sum(map(len, taken_back.values())),
            refused=refused,
        )


def _is_still(step: Step) -> bool:
    """Return whether there is nothing to do, and nothing to tell."""
    return step.task == "update" and not (step.total or step.to_remove or step.problem)


def _run_playlist(step: Step, fold: Fold, undo_until: datetime | None) -> RunPlaylist:
    return RunPlaylist(
        name=step.name,
        id=step.playlist_id,
        url=step.url,
        task=step.task,
        added=step.added,
        total=step.total,
        removed=step.removed,
        to_remove=step.to_remove,
        verified=step.verified,
        problem=step.problem,
        labels=labels_of(step.selection, fold),
        undo_until=undo_until if step.status == "done" else None,
    )

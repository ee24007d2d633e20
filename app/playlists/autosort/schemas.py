"""JSON of auto-sort."""

from datetime import datetime
from typing import Literal, Self

from app.playlists.autosort.models import SortingRun
from app.playlists.autosort.page_models import AutoSortView
from app.playlists.models import Schedule
from app.schemas import ApiModel


class SortedPlaylistOut(ApiModel):
    """What a run changed in one playlist, or why it did not."""

    id: str
    name: str
    added: int
    removed: int
    problem: str | None


class SortingRunOut(ApiModel):
    """One run.

    Attributes:
        new: songs liked since the run before; null where the library could not be read.
        placed: how many of them have a genre.
        run: what changed the playlists, by which it is undone; null when there was nothing to change.
    """

    at: datetime
    new: int | None
    placed: int
    playlists: tuple[SortedPlaylistOut, ...]
    run: str | None
    problem: str | None

    @classmethod
    def of(cls, run: SortingRun) -> Self:
        """Describe a run."""
        return cls(
            at=run.at,
            new=run.new,
            placed=run.placed,
            playlists=tuple(SortedPlaylistOut(**one.model_dump()) for one in run.playlists),
            run=run.run or None,
            problem=run.problem,
        )


class AutoSortOut(ApiModel):
    """The caller's auto-sort.

    Attributes:
        state: `waits` when it is due and there are no calls to Spotify that nobody else needs.
        schedule: that of every playlist; null where they differ.
        next_at: when it runs next; null while it is off or paused.
        paused: why it was paused after three failures in a row.
        log: the last thirty runs, newest first.
    """

    state: Literal["off", "on", "running", "waits", "paused"]
    schedule: Schedule | None
    next_at: datetime | None
    paused: str | None
    log: tuple[SortingRunOut, ...]

    @classmethod
    def of(cls, view: AutoSortView) -> Self:
        """Describe it."""
        return cls(
            state=view.state,
            schedule=view.schedule,
            next_at=view.next_at,
            paused=view.paused or None,
            log=tuple(SortingRunOut.of(run) for run in view.log),
        )


class AutoSortIn(ApiModel):
    """What is to change.

    Attributes:
        schedule: for every playlist that the app keeps; null leaves each as it is.
        resume: whether it goes on after it was paused.
    """

    schedule: Schedule | None = None
    resume: bool = False

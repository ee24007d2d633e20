"""What the playlist pages show; templates read these fields as they are."""

from dataclasses import dataclass
from datetime import datetime

from app.genres.labels import Label
from app.playlists.models import RunStatus, Task


@dataclass(frozen=True, slots=True)
class RunPlaylist:
    """How far one playlist of a run is.

    Attributes:
        undo_until: until when this change can be taken back, if it can.
    """

    name: str
    id: str | None
    url: str | None
    task: Task
    added: int
    total: int
    removed: int
    to_remove: int
    verified: int | None
    problem: str | None
    labels: tuple[Label, ...]
    undo_until: datetime | None


@dataclass(frozen=True, slots=True)
class RunPage:
    """How far a run is, or how it ended.

    Attributes:
        task: what is done; None for more than one kind.
        playlists: those in which something is changed, each with its place in the run.
        still: how many others there are.
        added: songs put in, of `total`; `removed` are taken out, of `to_remove`.
        taken_back: songs that an undo took out and that no refresh adds again.
        refused: whether the permission to remove playlists was just refused.
    """

    id: str
    status: RunStatus
    task: Task | None
    resumes_at: datetime | None
    playlists: tuple[tuple[int, RunPlaylist], ...]
    still: int
    added: int
    total: int
    removed: int
    to_remove: int
    taken_back: int
    refused: bool

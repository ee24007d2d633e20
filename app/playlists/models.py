"""What is planned, made and remembered about playlists."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

Match = Literal["any", "lead"]
RunStatus = Literal["new", "running", "waiting", "completed", "partial", "failed"]
StepStatus = Literal["waiting", "creating", "filling", "done", "failed"]


class Frozen(BaseModel):
    """A value that may be handed out from the memory cache."""

    model_config = ConfigDict(frozen=True)


class Selection(Frozen):
    """Which songs belong to a playlist.

    Attributes:
        include: `family:<id>` and `genre:<name>`.
        match: by every genre of a song, or by its lead genre only.
        inferred: also songs whose place is inferred.
    """

    include: tuple[str, ...]
    match: Match = "any"
    inferred: bool = False


class PlannedPlaylist(Frozen):
    """One playlist of a preview: exactly what will be written, in order.

    Attributes:
        uris: Spotify URIs, newest like first, each once.
        skipped_local: local files, which Spotify's API cannot add.
        skipped_unplayable: songs that Spotify does not play in the listener's country.
        skipped_inferred: songs whose place is inferred, where these were not asked for.
    """

    name: str
    description: str
    selection: Selection
    uris: tuple[str, ...]
    skipped_local: int = 0
    skipped_unplayable: int = 0
    skipped_inferred: int = 0

    @property
    def calls_needed(self) -> int:
        """Spotify calls: one to create, one a hundred songs, one to verify."""
        return 2 + -(-len(self.uris) // 100)


class Plan(Frozen):
    """A preview. Its id is the idempotency key: applying it twice makes the playlists once."""

    id: str
    user_id: str
    created_at: datetime
    expires_at: datetime
    playlists: tuple[PlannedPlaylist, ...]

    @property
    def calls_needed(self) -> int:
        """Spotify calls that applying the plan takes when nothing fails."""
        return sum(playlist.calls_needed for playlist in self.playlists)


class Step(Frozen):
    """How far one playlist of a run is.

    Attributes:
        added: songs that Spotify acknowledged.
        verified: songs that Spotify counts in the playlist, read back at the end.
        problem: a sentence for a person when the step failed.
    """

    name: str
    selection: Selection
    total: int
    status: StepStatus = "waiting"
    playlist_id: str | None = None
    url: str | None = None
    added: int = 0
    verified: int | None = None
    problem: str | None = None


class Run(Frozen):
    """The applying of one plan, kept so that it can go on after a crash.

    Attributes:
        resumes_at: while it waits, when it goes on by itself.
    """

    id: str
    user_id: str
    started_at: datetime
    status: RunStatus = "new"
    resumes_at: datetime | None = None
    steps: tuple[Step, ...]

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen by itself."""
        return self.status in {"completed", "partial", "failed"}


class MadePlaylist(Frozen):
    """A playlist that the app made: known by its Spotify id, never by its name."""

    id: str
    name: str
    url: str
    run_id: str
    selection: Selection
    songs: int
    created_at: datetime


class MadePlaylists(Frozen):
    """Every playlist that the app made for one listener, newest first."""

    playlists: tuple[MadePlaylist, ...] = ()


class PlaylistSongs(Frozen):
    """The URIs that the app put into one playlist, in order."""

    uris: tuple[str, ...]


class OpenRun(Frozen):
    """Says that a run has not ended, so that a start after a crash goes on with it.

    Attributes:
        since: when it was opened.
    """

    since: datetime

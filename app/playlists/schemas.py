"""JSON of the playlists routes."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from app.playlists.models import MadePlaylist, Match, Plan, PlannedPlaylist, Run, Selection, Step
from app.playlists.preview import MOST_PLAYLISTS, Wanted
from app.schemas import ApiModel
from app.spotify.limits import DESCRIPTION_LIMIT, NAME_LIMIT

MOST_GENRES = 500

Item = Annotated[str, Field(min_length=1, max_length=200)]


class SelectionIn(ApiModel):
    """One playlist that is asked for; `inferred` brings along songs whose place is inferred."""

    include: tuple[Item, ...] = Field(min_length=1, max_length=MOST_GENRES)
    match: Match = "any"
    inferred: bool = False
    name: str = Field(default="", max_length=NAME_LIMIT)
    description: str = Field(default="", max_length=DESCRIPTION_LIMIT)

    def wanted(self) -> Wanted:
        """Return it as the preview service takes it; a bare name is a genre."""
        include = tuple(
            item if item.startswith(("family:", "genre:")) else f"genre:{item}" for item in self.include
        )
        return Wanted(
            selection=Selection(include=include, match=self.match, inferred=self.inferred),
            name=self.name,
            description=self.description,
        )


class PreviewIn(ApiModel):
    """What to preview."""

    selections: tuple[SelectionIn, ...] = Field(min_length=1, max_length=MOST_PLAYLISTS)


class PlannedOut(ApiModel):
    """One playlist of a preview.

    `skippedCount` is what Spotify cannot add, `inferredCount` what is left out because it is only inferred.
    """

    name: str
    description: str
    add_count: int
    skipped_count: int
    inferred_count: int
    track_uris: tuple[str, ...]

    @classmethod
    def of(cls, playlist: PlannedPlaylist) -> Self:
        """Describe a planned playlist."""
        return cls(
            name=playlist.name,
            description=playlist.description,
            add_count=len(playlist.uris),
            skipped_count=playlist.skipped_local + playlist.skipped_unplayable,
            inferred_count=playlist.skipped_inferred,
            track_uris=playlist.uris,
        )


class PreviewOut(ApiModel):
    """A preview: nothing is written yet."""

    id: str
    expires_at: datetime
    calls_needed: int
    playlists: tuple[PlannedOut, ...]

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """Describe a plan."""
        return cls(
            id=plan.id,
            expires_at=plan.expires_at,
            calls_needed=plan.calls_needed,
            playlists=tuple(PlannedOut.of(playlist) for playlist in plan.playlists),
        )


class ApplyIn(ApiModel):
    """The preview to apply; its id is the idempotency key."""

    preview: Annotated[str, Field(min_length=1, max_length=100)]


class RunStarted(ApiModel):
    """The run that makes the playlists."""

    run: str


class StepOut(ApiModel):
    """How far one playlist is."""

    name: str
    id: str | None
    url: str | None
    added: int
    total: int
    verified: int | None
    problem: str | None

    @classmethod
    def of(cls, step: Step) -> Self:
        """Describe a step."""
        return cls(
            name=step.name,
            id=step.playlist_id,
            url=step.url,
            added=step.added,
            total=step.total,
            verified=step.verified,
            problem=step.problem,
        )


class RunOut(ApiModel):
    """How far a run is."""

    status: str
    resumes_at: datetime | None
    playlists: tuple[StepOut, ...]

    @classmethod
    def of(cls, run: Run) -> Self:
        """Describe a run."""
        status = "running" if run.status == "new" else run.status
        return cls(
            status=status,
            resumes_at=run.resumes_at,
            playlists=tuple(StepOut.of(step) for step in run.steps),
        )


class MadePlaylistOut(ApiModel):
    """A playlist that the app made."""

    id: str
    name: str
    url: str
    songs: int
    include: tuple[str, ...]
    match: Match
    inferred: bool
    created_at: datetime

    @classmethod
    def of(cls, made: MadePlaylist) -> Self:
        """Describe a playlist made."""
        return cls(
            id=made.id,
            name=made.name,
            url=made.url,
            songs=made.songs,
            include=made.selection.include,
            match=made.selection.match,
            inferred=made.selection.inferred,
            created_at=made.created_at,
        )


class MyPlaylistsOut(ApiModel):
    """Every playlist that the app made for the caller, newest first."""

    playlists: tuple[MadePlaylistOut, ...]

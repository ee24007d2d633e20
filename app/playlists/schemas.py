"""JSON of the playlists routes."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field

from app.playlists.models import (
    Duplicate,
    Match,
    Mode,
    Namesake,
    Order,
    Plan,
    PlannedPlaylist,
    Run,
    Selection,
    Step,
    Task,
)
from app.playlists.preview import MOST_PLAYLISTS, Wanted
from app.schemas import ApiModel
from app.spotify.limits import DESCRIPTION_LIMIT, NAME_LIMIT

MOST_GENRES = 500

Item = Annotated[str, Field(min_length=1, max_length=200)]
PlaylistId = Annotated[str, Field(pattern=r"^[0-9A-Za-z]{22}$")]
Uri = Annotated[str, Field(pattern=r"^spotify:(track|episode):[0-9A-Za-z]{22}$")]


class SelectionBody(ApiModel):
    """Which songs: a bare name is a genre, `family:<id>` a family.

    Attributes:
        inferred: also songs whose place is inferred.
    """

    include: tuple[Item, ...] = Field(min_length=1, max_length=MOST_GENRES)
    exclude: tuple[Item, ...] = Field(default=(), max_length=MOST_GENRES)
    match: Match = "any"
    inferred: bool = False

    def selection(self) -> Selection:
        """Return it as it is kept."""
        return Selection(
            include=_items(self.include),
            exclude=_items(self.exclude),
            match=self.match,
            inferred=self.inferred,
        )


class SelectionIn(SelectionBody):
    """One playlist that is asked for.

    Attributes:
        target: id of an own playlist to add to; null for a new one.
        drop: songs that shall not be in it, now or later.
        unlisted: only songs that are in none of one's other playlists; the others count as dropped.
    """

    name: str = Field(default="", max_length=NAME_LIMIT)
    description: str = Field(default="", max_length=DESCRIPTION_LIMIT)
    target: PlaylistId | None = None
    mode: Mode | None = None
    order: Order | None = None
    drop: tuple[Uri, ...] = Field(default=(), max_length=1000)
    unlisted: bool = False

    def wanted(self) -> Wanted:
        """Return it as the preview service takes it."""
        return Wanted(
            selection=self.selection().model_copy(update={"unlisted": self.unlisted}),
            name=self.name,
            description=self.description,
            target=self.target,
            mode=self.mode,
            order=self.order,
            drop=self.drop,
        )


class PreviewIn(ApiModel):
    """What to preview."""

    selections: tuple[SelectionIn, ...] = Field(min_length=1, max_length=MOST_PLAYLISTS)


class DuplicateOut(ApiModel):
    """Two songs that may be one: `recording` is left out, of `title` both are in."""

    kept: str
    other: str
    kind: Literal["recording", "title"]

    @classmethod
    def of(cls, duplicate: Duplicate) -> Self:
        """Describe a pair."""
        return cls(kept=duplicate.kept, other=duplicate.other, kind=duplicate.kind)


class NamesakeOut(ApiModel):
    """A playlist by id and name."""

    id: str
    name: str
    songs: int | None

    @classmethod
    def of(cls, namesake: Namesake) -> Self:
        """Describe a playlist."""
        return cls(id=namesake.id, name=namesake.name, songs=namesake.songs)


class PlannedOut(ApiModel):
    """One playlist of a preview.

    Attributes:
        task: `make` a new one or `update` one that is there, which is `target`.
        track_ids: ids of the songs that are added, in order; `track_uris` are their URIs.
        listed_count: songs that are in another playlist, where only songs in none were asked for.
        skipped_count: songs that Spotify cannot add.
        inferred_count: songs that are left out because their place is only inferred.
        already_count: songs that are in it; `held_back_count` were taken out by hand and stay out.
        namesakes: own playlists that already have the name.
    """

    name: str
    description: str
    task: Task
    target: str | None
    mode: Mode
    order: Order
    add_count: int
    remove_count: int
    already_count: int
    listed_count: int
    skipped_count: int
    skipped_local_count: int
    skipped_unplayable_count: int
    inferred_count: int
    held_back_count: int
    no_room_count: int
    calls_needed: int
    duplicates: tuple[DuplicateOut, ...]
    namesakes: tuple[NamesakeOut, ...]
    track_ids: tuple[str, ...]
    track_uris: tuple[str, ...]
    removed_uris: tuple[str, ...]

    @classmethod
    def of(cls, playlist: PlannedPlaylist) -> Self:
        """Describe a planned playlist."""
        uris = tuple(entry.uri for entry in playlist.additions)
        return cls(
            name=playlist.name,
            description=playlist.description,
            task=playlist.task,
            target=playlist.playlist_id,
            mode=playlist.mode,
            order=playlist.order,
            add_count=len(uris),
            remove_count=len(playlist.remove),
            already_count=playlist.already,
            listed_count=len(playlist.listed),
            skipped_count=playlist.skipped_local + playlist.skipped_unplayable,
            skipped_local_count=playlist.skipped_local,
            skipped_unplayable_count=playlist.skipped_unplayable,
            inferred_count=playlist.skipped_inferred,
            held_back_count=playlist.held_back,
            no_room_count=playlist.no_room,
            calls_needed=playlist.calls_needed,
            duplicates=tuple(map(DuplicateOut.of, playlist.duplicates)),
            namesakes=tuple(map(NamesakeOut.of, playlist.namesakes)),
            track_ids=tuple(uri.rpartition(":")[2] for uri in uris),
            track_uris=uris,
            removed_uris=playlist.remove,
        )


class PreviewOut(ApiModel):
    """A preview: nothing is written yet.

    Attributes:
        calls_left: calls to Spotify that are left for writing; null where the app sets itself no limit.
        gone: playlists that vanished from Spotify and are left out.
    """

    id: str
    expires_at: datetime
    calls_needed: int
    calls_left: int | None
    playlists: tuple[PlannedOut, ...]
    gone: tuple[NamesakeOut, ...] = ()

    @classmethod
    def of(cls, plan: Plan, *, calls_left: int | None) -> Self:
        """Describe a plan."""
        return cls(
            id=plan.id,
            expires_at=plan.expires_at,
            calls_needed=plan.calls_needed,
            calls_left=calls_left,
            playlists=tuple(PlannedOut.of(playlist) for playlist in plan.playlists),
            gone=tuple(map(NamesakeOut.of, plan.gone)),
        )


class ApplyIn(ApiModel):
    """The preview to apply; its id is the idempotency key."""

    preview: Annotated[str, Field(min_length=1, max_length=100)]


class RunStarted(ApiModel):
    """The run that makes or changes the playlists."""

    run: str


class StepOut(ApiModel):
    """How far one playlist is.

    Attributes:
        verified: entries that Spotify shows in it, compared song by song; null until then.
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

    @classmethod
    def of(cls, step: Step) -> Self:
        """Describe a step."""
        return cls(
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


def _items(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name if name.startswith(("family:", "genre:")) else f"genre:{name}" for name in names)

"""JSON of the playlists that are kept in step."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from app.playlists.keeping import NewTerms
from app.playlists.models import Match, Mode, Order, Schedule
from app.playlists.records import Change, ChangeKind, MadePlaylist
from app.playlists.schemas import SelectionBody, Uri
from app.schemas import ApiModel
from app.spotify.limits import DESCRIPTION_LIMIT, NAME_LIMIT


class ChangeOut(ApiModel):
    """The last change of a playlist; `undo_until` is null when it cannot be taken back."""

    kind: ChangeKind
    at: datetime
    added: int
    removed: int
    run: str
    undo_until: datetime | None

    @classmethod
    def of(cls, change: Change) -> Self:
        """Describe a change."""
        return cls(
            kind=change.kind,
            at=change.at,
            added=change.added,
            removed=change.removed,
            run=change.run,
            undo_until=change.undo_until,
        )


class MadePlaylistOut(ApiModel):
    """A playlist that the app made or manages.

    Attributes:
        gone: whether it vanished from Spotify.
        taken_out_count: songs taken out by hand, which are never added again unless that is allowed.
        schedule: how often it is refreshed by itself.
        refreshed_at: when it was last compared with the library.
    """

    id: str
    name: str
    url: str
    songs: int
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    match: Match
    inferred: bool
    mode: Mode
    order: Order
    schedule: Schedule
    gone: bool
    taken_out_count: int
    created_at: datetime
    refreshed_at: datetime | None
    change: ChangeOut | None

    @classmethod
    def of(cls, made: MadePlaylist) -> Self:
        """Describe a playlist."""
        return cls(
            id=made.id,
            name=made.name,
            url=made.url,
            songs=made.songs,
            include=made.selection.include,
            exclude=made.selection.exclude,
            match=made.selection.match,
            inferred=made.selection.inferred,
            mode=made.mode,
            order=made.order,
            schedule=made.schedule,
            gone=made.gone,
            taken_out_count=made.taken_out,
            created_at=made.created_at,
            refreshed_at=made.refreshed_at,
            change=ChangeOut.of(made.change) if made.change else None,
        )


class MyPlaylistsOut(ApiModel):
    """Every playlist that the app keeps for the caller, newest first."""

    playlists: tuple[MadePlaylistOut, ...]


class TermsIn(ApiModel):
    """How a playlist is kept from now on; what is left out stays as it is.

    Attributes:
        mode: `add` takes nothing out, `mirror` also takes out what the app put in and no longer belongs,
            `frozen` changes nothing.
        order: whether the newest or the oldest likes come first.
        schedule: how often it is refreshed by itself.
    """

    mode: Mode | None = None
    order: Order | None = None
    schedule: Schedule | None = None
    selection: SelectionBody | None = None
    name: Annotated[str, Field(min_length=1, max_length=NAME_LIMIT)] | None = None
    description: Annotated[str, Field(min_length=1, max_length=DESCRIPTION_LIMIT)] | None = None

    def terms(self) -> NewTerms:
        """Return them as the keeper takes them."""
        return NewTerms(
            mode=self.mode,
            order=self.order,
            schedule=self.schedule,
            selection=self.selection.selection() if self.selection else None,
            name=self.name,
            description=self.description,
        )


class UndoIn(ApiModel):
    """What is taken back; `unfollow` says that the playlist itself may go, if the change made it."""

    unfollow: bool = False


class AllowIn(ApiModel):
    """Songs that may be added again; null for all that were taken out."""

    uris: tuple[Uri, ...] | None = Field(default=None, max_length=10_000)

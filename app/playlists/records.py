"""What is remembered about the playlists that the app keeps in step."""

from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import model_validator

from app.playlists.models import Entry, Frozen, Mode, Order, Schedule, Selection

ChangeKind = Literal["made", "updated", "undone"]
UNDO_LIFE = timedelta(days=30)


class Change(Frozen):
    """The last change that the app made to a playlist.

    Attributes:
        kind: `made` with the playlist itself; `updated`; `undone` is the taking back of an update.
        at: when, aware, in UTC.
        added: songs put in, and `removed` songs taken out.
        run: the run that did it.
    """

    kind: ChangeKind
    at: datetime
    added: int = 0
    removed: int = 0
    run: str = ""

    @property
    def undo_until(self) -> datetime | None:
        """Until when it can be taken back; None for what cannot be."""
        return None if self.kind == "undone" else self.at + UNDO_LIFE


class MadePlaylist(Frozen):
    """A playlist that the app made or manages: known by its Spotify id, never by its name.

    Attributes:
        run_id: the run that made it, or that changed it last.
        songs: entries in it, as last seen.
        created_at: when it was made, or managed from.
        schedule: how often auto-sort refreshes it.
        refreshed_at: when it was last compared with the library.
        gone: whether Spotify lists it no more.
        taken_out: songs that the listener took out and that are never added again.
        series: what the parts of one that was split have in common; None for playlists of a time when that
            was not kept.
        change: the last change; None when it is not known.
    """

    id: str
    name: str
    url: str
    run_id: str
    selection: Selection
    songs: int
    created_at: datetime
    mode: Mode = "add"
    order: Order = "newest"
    schedule: Schedule = "off"
    refreshed_at: datetime | None = None
    gone: bool = False
    taken_out: int = 0
    series: str | None = None
    change: Change | None = None


class MadePlaylists(Frozen):
    """Every playlist that the app keeps for one listener, newest first."""

    playlists: tuple[MadePlaylist, ...] = ()

    def find(self, playlist_id: str) -> MadePlaylist | None:
        """Return the playlist of this id, if it is one of them."""
        return next((one for one in self.playlists if one.id == playlist_id), None)


class PlaylistSongs(Frozen):
    """What the app knows of one playlist's songs.

    Attributes:
        items: all entries in order, as of `snapshot_id`.
        snapshot_id: the version of the playlist that these are; empty when that is not known.
        out: songs that were taken out by hand; they are never added again.
        adding: songs that a run is adding: those that turn up are the app's own.
        removing: URIs that a run is taking out: those that are missing were not taken out by hand.
        writing: that run, whose undo state is kept already.
    """

    items: tuple[Entry, ...] = ()
    snapshot_id: str = ""
    out: tuple[Entry, ...] = ()
    adding: tuple[Entry, ...] = ()
    removing: tuple[str, ...] = ()
    writing: str = ""

    @model_validator(mode="before")
    @classmethod
    def _of_old(cls, data: Any) -> Any:
        """Read what was kept before playlists were kept in step: only the URIs that were put in."""
        if isinstance(data, dict) and "uris" in data:
            return {"items": [Entry(uri, "", mine=True) for uri in data["uris"]]}
        return data


class UndoState(Frozen):
    """What it takes to take the last update of a playlist back.

    Attributes:
        before: all entries as they were, in order.
        added: URIs that the update put in, and `removed` those that it took out.
        run: the run of the update.
    """

    before: tuple[Entry, ...]
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    run: str

"""What the pages of previews show; templates read these fields as they are."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.genres.labels import Label
from app.genres.page_models import SongRow
from app.playlists.models import Match, Mode, Namesake, Order, Task


class SongsQuery(BaseModel):
    """Which songs of a preview are looked at: those that are added to a playlist, or taken out of it."""

    model_config = ConfigDict(frozen=True)

    playlist: int = Field(default=0, ge=0)
    what: Literal["add", "remove"] = "add"
    offset: int = Field(default=0, ge=0)


@dataclass(frozen=True, slots=True)
class AlikeSong:
    """A song beside others that may be the same; `droppable` if it is about to be added."""

    uri: str
    row: SongRow
    droppable: bool


@dataclass(frozen=True, slots=True)
class SongList:
    """The first of `count` songs."""

    count: int
    songs: tuple[SongRow, ...]

    @property
    def more(self) -> int:
        """How many are not among them."""
        return self.count - len(self.songs)


@dataclass(frozen=True, slots=True)
class PreviewPlaylist:
    """One playlist of a preview.

    Attributes:
        index: its place in the plan.
        chosen: whether it was asked for, so that it can be had otherwise.
        target: the playlist that is added to.
        replaces: whether it is made in the place of one that is gone.
        without: what the selection leaves out.
        size: songs in it before.
        local: local files that are left out.
        unplayable: songs that are left out because Spotify does not play them where the listener is.
        inferred: songs that are left out because their place is inferred.
        listed: songs that are left out because they are in another playlist.
        repeated: songs that are left out because an older like is the same recording, each after that one.
        alike: songs of one title and the same artists that will be in it together, the oldest like first.
        dropped: songs that the listener does not want in it.
    """

    index: int
    task: Task
    chosen: bool
    changes: bool
    name: str
    description: str
    url: str | None
    target: str | None
    replaces: bool
    labels: tuple[Label, ...]
    without: tuple[Label, ...]
    match: Match
    mode: Mode
    order: Order
    size: int
    add: SongList
    remove: SongList
    already: int
    held_back: int
    no_room: int
    local: int
    unplayable: int
    inferred: int
    listed: int
    repeated: tuple[tuple[SongRow, ...], ...]
    alike: tuple[tuple[AlikeSong, ...], ...]
    dropped: tuple[AlikeSong, ...]
    namesakes: tuple[Namesake, ...]


@dataclass(frozen=True, slots=True)
class PreviewPage:
    """Exactly what will be written.

    Attributes:
        task: what is done; None for more than one kind.
        playlists: those in which something is changed, or that were asked for.
        still: the others, in which there is nothing to do.
        calls_left: calls that are left for writing; None where the app sets itself no limit.
        songs: different songs that are added, `repeated` of them to more than one playlist.
        removed: songs that are taken out.
        gone: playlists that vanished from Spotify.
        own: playlists that could be added to, unless so many are previewed that it is `crowded`.
        run: what writes it, or wrote it already.
        asks: whether the permission to remove playlists is still to be asked for.
        first: whether no playlist was made yet.
        covers: whether the new ones get covers.
        changed: whether it was just planned anew.
    """

    id: str
    expires_at: datetime
    task: Task | None
    calls_needed: int
    calls_left: int | None
    estimated_s: int
    songs: int
    repeated: int
    removed: int
    match: Match
    playlists: tuple[PreviewPlaylist, ...]
    still: tuple[PreviewPlaylist, ...]
    gone: tuple[Namesake, ...]
    own: tuple[Namesake, ...]
    crowded: bool
    run: str | None
    asks: bool
    first: bool
    covers: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class PreviewSongsPage:
    """All songs that are added to one playlist of a preview, or taken out, in pages."""

    id: str
    index: int
    what: Literal["add", "remove"]
    name: str
    count: int
    labels: tuple[Label, ...]
    songs: tuple[SongRow, ...]
    offset: int
    next_offset: int | None

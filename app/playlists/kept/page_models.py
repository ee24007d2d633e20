"""What the pages of the kept playlists show; templates read these fields as they are."""

from dataclasses import dataclass
from datetime import datetime

from app.genres.labels import Label
from app.genres.page_models import SongRow
from app.playlists.autosort.page_models import AutoSortView
from app.playlists.kept.forms import KeptQuery
from app.playlists.models import Match, Mode, Order, Schedule
from app.playlists.records import Change


@dataclass(frozen=True, slots=True)
class Part:
    """A family or genre of a selection; `item` is what forms send."""

    item: str
    label: Label


@dataclass(frozen=True, slots=True)
class KeptLine:
    """A playlist in a line.

    Attributes:
        include: what belongs there, and `exclude` what does not.
        family: the one that all of it is of, whose colour the playlist has.
        since: when it was made, or managed from.
        compared_at: when it was last compared with the library.
        change: the last change; None when it is not known.
        undo_until: until when that can be taken back; None when it cannot.
    """

    id: str
    name: str
    url: str
    songs: int
    include: tuple[Part, ...]
    exclude: tuple[Part, ...]
    family: Label | None
    match: Match
    mode: Mode
    schedule: Schedule
    gone: bool
    since: datetime
    compared_at: datetime | None
    change: Change | None
    undo_until: datetime | None


@dataclass(frozen=True, slots=True)
class ShelfPage:
    """Every playlist that the app keeps, newest first.

    Attributes:
        gone: how many are gone from Spotify.
        frozen: whether all of them are.
        auto_sort: what updates them by itself; None if nothing does.
    """

    playlists: tuple[KeptLine, ...]
    gone: int
    frozen: bool
    auto_sort: AutoSortView | None


@dataclass(frozen=True, slots=True)
class SongList:
    """Some songs of a list, and their URIs beside them."""

    uris: tuple[str, ...]
    songs: tuple[SongRow, ...]
    total: int
    next_offset: int | None


@dataclass(frozen=True, slots=True)
class KeptPage:
    """A playlist, with everything that can be done with it.

    Attributes:
        unfinished: the run that did not finish it, or is at it still.
        out: songs that were taken out by hand.
        families: ids and names of those in the library, and `genres` their names.
        query: what is told and looked at.
    """

    line: KeptLine
    order: Order
    inferred: bool
    unfinished: str | None
    out: SongList
    families: tuple[tuple[str, str], ...]
    genres: tuple[str, ...]
    query: KeptQuery


@dataclass(frozen=True, slots=True)
class UndoPage:
    """What taking the last change of a playlist back does.

    Attributes:
        allowed: whether the app may take playlists off the person's list, where that is what it does.
        added: songs that go again, and `removed` songs that come back.
    """

    line: KeptLine
    change: Change
    allowed: bool
    added: SongList
    removed: SongList

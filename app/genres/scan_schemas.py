"""The JSON of scans, in and out, of what can be scanned, and of who is signed in."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from app.genres.behind import Behind
from app.genres.models import Loss, Phase, ScanStatus
from app.schemas import ApiModel

SourceId = Annotated[str, StringConstraints(pattern=r"^(liked|playlist:[0-9A-Za-z]{22})$")]
MOST_SOURCES = 200
"""Sources of one scan."""


class ScanCreate(ApiModel):
    """What to scan, in the library's order; without sources those of last time, at first the Liked Songs.

    `refresh` reads everything anew. `overBudget` agrees to a scan that has to wait for calls on its way.
    """

    sources: tuple[SourceId, ...] | None = Field(default=None, min_length=1, max_length=MOST_SOURCES)
    refresh: bool = False
    over_budget: bool = False


class LostOut(ApiModel):
    """A source that was asked for: a playlist that is gone, or that this person may not read."""

    source: str
    name: str
    reason: Loss


class ScanReport(ApiModel):
    """What a scan found, left out and could not read.

    Attributes:
        since: when the library was read before; `new` and `gone` songs are counted from there.
        vanished: entries that Spotify no longer has; `notSongs` are episodes. Neither is in the library.
        repeated: entries of songs that stand further up in the same list.
        local: songs of the library that are files of the person's own, which no playlist takes.
        unplayable: songs of the library that Spotify does not play in the person's country.
    """

    since: datetime | None = None
    new: int = 0
    gone: int = 0
    new_without_genre: int = 0
    vanished: int = 0
    not_songs: int = 0
    repeated: int = 0
    local: int = 0
    unplayable: int = 0
    lost: tuple[LostOut, ...] = ()


class ScanOut(ApiModel):
    """How far a scan is; `behind` is who is still asked once it is over, null when nobody is."""

    status: ScanStatus = "idle"
    phase: Phase = "songs"
    scanned: int = 0
    total: int = 0
    artists_resolved: int = 0
    artists_total: int = 0
    genres_found: int = 0
    eta_seconds: int | None = None
    resumes_at: datetime | None = None
    problems: tuple[str, ...] = ()
    started_at: datetime | None = None
    sources: tuple[str, ...] = ()
    report: ScanReport = ScanReport()
    behind: Behind | None = None


class ScanFamily(ApiModel):
    """How many songs a family has so far."""

    id: str
    name: str
    hue: str
    depth: int
    count: int


class ScanFamilies(ApiModel):
    """All families in their fixed order, empty ones included."""

    families: tuple[ScanFamily, ...]
    without_genre: int


class ScanProblem(ApiModel):
    """One sentence about what is in the way."""

    detail: str


class AccountOut(ApiModel):
    """A person, as Spotify names them."""

    id: str
    name: str
    avatar: str | None


class MeOut(ApiModel):
    """Who is signed in."""

    spotify: AccountOut


class LibrarySizeOut(ApiModel):
    """What a scan takes; `callsLeft` is null while the installation keeps no daily budget.

    `asOf` is when this was known, where Spotify could not be asked now.
    """

    total: int
    estimated_seconds: int
    calls_needed: int
    calls_left: int | None = None
    as_of: datetime | None = None


class UserPlaylistOut(ApiModel):
    """A playlist that a person owns, collaborates on or follows; only the last kind is not `readable`."""

    id: str
    name: str
    track_count: int | None
    image: str | None
    owner: str
    is_owned: bool
    readable: bool
    made_by_app: bool


class UserPlaylistsOut(ApiModel):
    """A person's playlists in Spotify's order; `asOf` as in `LibrarySizeOut`."""

    playlists: tuple[UserPlaylistOut, ...]
    as_of: datetime | None = None

"""What the library's pages show; templates read these fields as they are. Shares go from 0 to 1."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.genres.behind import Behind
from app.genres.families import Family
from app.genres.filters import FilterView, SongFilter
from app.genres.folding import Certainty
from app.genres.labels import Label
from app.genres.library import Match
from app.genres.models import Phase, ScanStatus
from app.genres.personal.smaller import Smaller
from app.genres.scan_schemas import MOST_SOURCES, ScanReport, SourceId
from app.genres.scanning.offers import ScanPlan

LibrarySort = Literal["count", "name", "newest"]
SongSort = Literal["newest", "name", "artist"]

LONGEST_SELECTION = 2000


class LibraryQuery(SongFilter):
    """What of the library is looked at."""

    family: str | None = None
    q: str = Field(default="", max_length=200)
    sort: LibrarySort = "count"
    smaller: bool = False
    notice: str | None = None


class GenreQuery(SongFilter):
    """Which songs of a genre are looked at."""

    match: Match = "any"
    sort: SongSort = "newest"
    offset: int = Field(default=0, ge=0)


class SelectionForm(BaseModel):
    """What is picked: `family:<id>` and `genre:<name>`; in one playlist or each in its own.

    Attributes:
        exclude: the same, whose songs are left out; it wins where a line is in both.
        inferred: whether songs come along whose place is inferred.
        unlisted: whether only those come along that are in none of the listener's playlists.
    """

    model_config = ConfigDict(frozen=True)

    select: tuple[str, ...] = Field(default=(), max_length=LONGEST_SELECTION)
    exclude: tuple[str, ...] = Field(default=(), max_length=LONGEST_SELECTION)
    match: Match = "any"
    together: Literal["each", "one"] = "each"
    inferred: bool = False
    unlisted: bool = False


@dataclass(frozen=True, slots=True)
class SongRow:
    """One song; hue and depth are those of its family, `sources` in words for people.

    `copies` are the albums of other songs of the library that are the same recording.
    """

    id: str
    name: str
    url: str | None
    image: str | None
    artists: tuple[str, ...]
    album: str
    lead: str | None
    tags: tuple[str, ...]
    hue: str | None
    depth: int | None
    family: str | None
    certainty: Certainty | None
    sources: tuple[str, ...]
    year: int | None
    added_at: datetime | None
    playable: bool
    is_local: bool
    copies: tuple[str, ...]


class ScanForm(BaseModel):
    """What to scan; `everything` reads again what the library has, `over_budget` agrees to wait for calls."""

    model_config = ConfigDict(frozen=True)

    source: tuple[SourceId, ...] = Field(default=(), max_length=MOST_SOURCES)
    everything: bool = False
    over_budget: bool = False


@dataclass(frozen=True, slots=True)
class ScanSource:
    """Something that can be scanned: `calls` to Spotify, and `songs` that may have new artists.

    `owner` is somebody else whose playlist it is.
    """

    value: str
    name: str
    count: int | None
    calls: int
    songs: int
    url: str | None = None
    image: str | None = None
    owner: str | None = None
    readable: bool = True
    made: bool = False


@dataclass(frozen=True, slots=True)
class ScanChoice:
    """What can be scanned, and what is ticked.

    Attributes:
        kept: sources that the library has; they leave it when they are not ticked.
        told: whether Spotify told the playlists.
        as_of: when it told all this, unless that was just now.
        plan: what a scan of the picked ones takes.
        rate: calls a second.
        finishes_at: when a scan would be through that was not started because it needs too many calls.
    """

    liked: ScanSource
    playlists: tuple[ScanSource, ...]
    picked: frozenset[str]
    kept: frozenset[str]
    told: bool
    as_of: datetime | None
    plan: ScanPlan
    rate: float
    finishes_at: datetime | None


@dataclass(frozen=True, slots=True)
class ScanFamilyBar:
    """A family while it grows; `bar` is its share of the largest one."""

    id: str
    name: str
    hue: str
    depth: int
    count: int
    bar: float


@dataclass(frozen=True, slots=True)
class ScanView:
    """How far a scan is."""

    status: ScanStatus
    phase: Phase
    scanned: int
    total: int
    artists_resolved: int
    artists_total: int
    genres_found: int
    eta_s: int | None
    resumes_at: datetime | None
    problems: tuple[str, ...]
    families: tuple[ScanFamilyBar, ...]
    without_genre: int
    report: ScanReport


@dataclass(frozen=True, slots=True)
class ScanPage:
    """Choosing what to scan, or the scan under way."""

    choice: ScanChoice | None
    scan: ScanView | None
    has_library: bool
    behind: Behind | None = None


@dataclass(frozen=True, slots=True)
class ScanStrip:
    """A scan that runs, waits or stopped early, in one line."""

    status: ScanStatus
    scanned: int
    total: int
    artists_resolved: int
    artists_total: int
    resumes_at: datetime | None
    report: ScanReport


@dataclass(frozen=True, slots=True)
class FamilyBand:
    """A family as a band, the taller the larger it is: sizes 1 to 4."""

    id: str
    name: str
    hue: str
    depth: int
    count: int
    share: float
    size: int
    top_genres: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GenreLine:
    """A genre; `share` is of its family, `bar` of the largest one in the list, both by lead genres."""

    name: str
    family: str
    family_name: str
    hue: str
    depth: int
    lead_count: int
    count: int
    share: float
    bar: float


@dataclass(frozen=True, slots=True)
class GenreGroup:
    """Genres of one part of a family, or of all of it when it has no parts."""

    name: str | None
    count: int
    genres: tuple[GenreLine, ...]


@dataclass(frozen=True, slots=True)
class GenresPage:
    """The library: all families, one opened, or what a search finds.

    `inferred` are the songs whose place is inferred, `smaller` genres that share a line, `targets` families
    that genres can be moved to.
    """

    total: int
    artists: int
    genres: int
    families: tuple[FamilyBand, ...]
    family: FamilyBand | None
    groups: tuple[GenreGroup, ...]
    without_genre: int
    without_share: float
    unplaceable: int
    q: str
    sort: LibrarySort
    scanned_at: datetime | None
    scan: ScanStrip | None
    complete: bool
    inferred: int
    notice: str | None
    filter: FilterView
    behind: Behind | None = None
    smaller: Smaller | None = None
    targets: tuple[Family, ...] = ()


@dataclass(frozen=True, slots=True)
class GenrePage:
    """The songs of one genre; `inferred` are the songs of the whole library whose place is."""

    name: str
    family: str
    family_name: str
    hue: str
    depth: int
    lead_count: int
    second_count: int
    inferred: int
    match: Match
    sort: SongSort
    songs: tuple[SongRow, ...]
    total: int
    offset: int
    next_offset: int | None
    filter: FilterView


@dataclass(frozen=True, slots=True)
class SelectionSummary:
    """What is picked: how many families and genres, different songs, and songs in several playlists.

    Attributes:
        left_out: songs that do not come along because their place is inferred.
        without: what is left out, by its value in the form.
        effective: values of those that take a song out.
    """

    chosen: int
    songs: int
    repeated: int
    left_out: int
    without: tuple[tuple[str, Label], ...] = ()
    effective: tuple[str, ...] = ()

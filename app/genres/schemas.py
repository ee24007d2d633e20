"""The genres routes' JSON, in and out, and what the scan's events carry."""

from datetime import datetime
from typing import Literal, Self

from pydantic import Field

from app.genres.library import FamilyCount, GenreCount, Library, Match, PlacedSong
from app.genres.models import Phase, ScanStatus
from app.schemas import ApiModel


class ScanCreate(ApiModel):
    """What to scan; `refresh` starts over where a stopped scan could go on."""

    sources: tuple[Literal["liked"], ...] = ("liked",)
    refresh: bool = False


class ScanOut(ApiModel):
    """How far a scan is."""

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
    """What a scan takes; `callsLeft` is null while the installation keeps no daily budget."""

    total: int
    estimated_seconds: int
    calls_needed: int
    calls_left: int | None = None


class LeadGenreOut(ApiModel):
    """A genre as part of its family: the songs it leads."""

    name: str
    count: int
    sources: tuple[str, ...]

    @classmethod
    def of(cls, genre: GenreCount) -> Self:
        """Show a genre."""
        return cls(name=genre.name, count=genre.lead_count, sources=genre.sources)


class FamilyOut(ApiModel):
    """A family and its lead genres; both add up to the songs that have a genre."""

    id: str
    name: str
    count: int
    genres: tuple[LeadGenreOut, ...]

    @classmethod
    def of(cls, one: FamilyCount) -> Self:
        """Show a family."""
        genres = tuple(LeadGenreOut.of(genre) for genre in one.genres)
        return cls(id=one.family.id, name=one.family.name, count=one.count, genres=genres)


class GenreOut(ApiModel):
    """A genre with every song that has it; `trackIds` only when asked for."""

    name: str
    count: int
    lead_count: int
    track_ids: tuple[str, ...] = ()


class GenresOut(ApiModel):
    """A library by families and genres."""

    total_tracks: int = 0
    total_artists: int = 0
    total_genres: int = 0
    without_genre: int = 0
    families: tuple[FamilyOut, ...] = ()
    genres: tuple[GenreOut, ...] = ()
    cached_at: datetime | None = None
    complete: bool = False
    from_cache: bool = False

    @classmethod
    def of(cls, library: Library, *, tracks: bool = False) -> Self:
        """Show a library, with the ids of all songs if `tracks`."""
        return cls(
            total_tracks=len(library.songs),
            total_artists=library.artists,
            total_genres=len(library.genres),
            without_genre=len(library.without_genre),
            families=tuple(FamilyOut.of(one) for one in library.families),
            genres=tuple(_genre_out(library, genre, tracks=tracks) for genre in library.genres.values()),
            cached_at=library.origin.scanned_at,
            complete=library.complete,
            from_cache=library.origin.whole,
        )


def _genre_out(library: Library, genre: GenreCount, *, tracks: bool) -> GenreOut:
    counts = GenreOut(name=genre.name, count=genre.count, lead_count=genre.lead_count)
    if not tracks:
        return counts
    ids = tuple(placed.song.key for placed in library.of_genre(genre.name))
    return counts.model_copy(update={"track_ids": ids})


class TracksQuery(ApiModel):
    """Which page of a genre's songs."""

    offset: int = Field(default=0, ge=0)
    limit: int = Field(default=50, ge=1, le=200)
    match: Match = "any"


class ReasonOut(ApiModel):
    """Why a song has a genre: a source says it of an artist."""

    artist: str
    source: str
    votes: int


class TrackOut(ApiModel):
    """A song of a genre; `url` is null for local files."""

    id: str | None
    uri: str
    name: str
    artists: tuple[str, ...]
    album: str
    image: str | None
    url: str | None
    lead_genre: str | None
    genres: tuple[str, ...]
    why: tuple[ReasonOut, ...]

    @classmethod
    def of(cls, placed: PlacedSong, *, url: str | None, why: tuple[ReasonOut, ...]) -> Self:
        """Show a song."""
        song = placed.song
        return cls(
            id=song.id,
            uri=song.uri,
            name=song.name,
            artists=tuple(artist.name for artist in song.artists),
            album=song.album,
            image=song.image,
            url=url,
            lead_genre=placed.placement.lead,
            genres=placed.placement.genres,
            why=why,
        )


class GenreTracksOut(ApiModel):
    """A page of a genre's songs, newest likes first; `nextOffset` is null on the last one."""

    name: str
    count: int
    lead_count: int
    total: int
    offset: int
    next_offset: int | None
    tracks: tuple[TrackOut, ...]

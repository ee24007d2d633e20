"""The genres routes' JSON, in and out, and what the scan's events carry."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from app.genres.behind import Behind
from app.genres.folding import Certainty
from app.genres.library import FamilyCount, GenreCount, Library, Match, PlacedSong
from app.genres.models import Loss, Phase, ScanStatus
from app.genres.provenance import Reason
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
    """Why a song has a genre: on that day a source said so of an artist, in a word of its own.

    `artist` is null for what the person said of the song itself. What is inferred from a `neighbour` has no
    date, and for votes the songs that they share.
    """

    artist: str | None
    source: str
    word: str
    votes: int
    checked_at: datetime | None
    neighbour: str | None

    @classmethod
    def of(cls, reason: Reason) -> Self:
        """Show a reason."""
        return cls(
            artist=reason.artist,
            source=reason.source,
            word=reason.word,
            votes=reason.votes,
            checked_at=reason.asked_at,
            neighbour=reason.neighbour,
        )


class TrackOut(ApiModel):
    """A song of a genre; `url` is null for local files, `copies` are other songs of the same recording.

    `certainty` and `sources` are of its family, `why` is of the genre that was asked for.
    """

    id: str | None
    uri: str
    name: str
    artists: tuple[str, ...]
    album: str
    image: str | None
    url: str | None
    lead_genre: str | None
    genres: tuple[str, ...]
    certainty: Certainty | None
    sources: tuple[str, ...]
    why: tuple[ReasonOut, ...]
    copies: tuple[str, ...]

    @classmethod
    def of(
        cls,
        placed: PlacedSong,
        *,
        url: str | None,
        why: Iterable[Reason],
        copies: Iterable[PlacedSong] = (),
    ) -> Self:
        """Show a song."""
        song = placed.song
        return cls(
            id=song.id,
            uri=song.uri,
            name=song.name,
            artists=tuple(artist.name for artist in song.artists),
            album=song.album.name,
            image=song.album.image,
            url=url,
            lead_genre=placed.placement.lead,
            genres=placed.placement.genres,
            certainty=placed.placement.certainty,
            sources=placed.placement.sources,
            why=tuple(map(ReasonOut.of, why)),
            copies=tuple(copy.song.key for copy in copies),
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

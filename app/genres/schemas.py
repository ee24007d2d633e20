"""The JSON of genres and their songs, in and out."""

from collections.abc import Iterable
from datetime import datetime
from typing import Self

from pydantic import Field

from app.genres.folding import Certainty
from app.genres.library import FamilyCount, GenreCount, Library, Match, PlacedSong
from app.genres.provenance import Reason
from app.schemas import ApiModel


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

"""Why a song has a genre: who says which word of whom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.genres.artist_models import ArtistRecord
from app.genres.fold import Fold
from app.genres.folding import place
from app.genres.library import Library, PlacedSong
from app.genres.neighbours import NEIGHBOURS
from app.genres.personal.corrections import ARTIST, YOU, Correction
from app.genres.resolver import NEVER_ASKED, ArtistResolver
from app.genres.scoring import ScoredGenre, score_artist, weigh
from app.genres.songs import ArtistRef

MOST_NEIGHBOURS = 5
"""So many are named of those from whom something is inferred."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Somebody says a word of an artist.

    Attributes:
        artist: the artist's name; None for what the person said of the song itself.
        source: a source that is asked, `you` or `neighbours`.
        word: as the source writes it.
        votes: how many say so; at Last.fm of 100 for the artist's first word; of neighbours the songs that
            are shared; 1 where nobody votes.
        asked_at: when it was said; None for what is inferred.
        mbid: the artist's MusicBrainz id, where it is known.
        neighbour: the name of whom it is inferred from.
    """

    artist: str | None
    source: str
    word: str
    votes: int
    asked_at: datetime | None
    mbid: str | None = None
    neighbour: str | None = None


@dataclass(frozen=True, slots=True)
class Why:
    """Why a song has a genre.

    Attributes:
        reasons: what counts for the genre, artist by artist.
        first_decides: whether the song stands where it does because its first artist counts double.
    """

    reasons: tuple[Reason, ...]
    first_decides: bool


class Provenance:
    """Looks up why the songs of a library have a genre."""

    def __init__(self, resolver: ArtistResolver) -> None:
        self._resolver = resolver

    async def reasons(
        self, library: Library, songs: Sequence[PlacedSong], genre: str
    ) -> list[tuple[Reason, ...]]:
        """Say for each song what counts for a genre, artist by artist; in one store call."""
        artists = {artist for one in songs for artist in one.song.artists}
        records = await self._find(artists)
        said = {one: tuple(_of_artist(one, _record(one, records), genre, library)) for one in artists}
        return [
            _of_song(one, genre, library) or tuple(reason for by in one.song.artists for reason in said[by])
            for one in songs
        ]

    async def explain(self, library: Library, placed: PlacedSong, genre: str) -> Why:
        """Say what counts for one genre of a song, and whether its first artist decides its place."""
        (reasons,) = await self.reasons(library, (placed,), genre)
        artists = placed.song.artists
        records = await self._find(artists)
        scored = [_scored(one, _record(one, records), library.fold) for one in artists]
        here, evenly = place(scored, library.fold), place(scored, library.fold, first=1)
        first_decides = here == placed.placement and (here.family, here.lead) != (evenly.family, evenly.lead)
        return Why(reasons, first_decides=first_decides)

    async def _find(self, artists: Iterable[ArtistRef]) -> dict[str, ArtistRecord]:
        return await self._resolver.find({artist.id for artist in artists if artist.id})


def _record(artist: ArtistRef, records: dict[str, ArtistRecord]) -> ArtistRecord:
    return records.get(artist.id or "", NEVER_ASKED)


def _scored(artist: ArtistRef, record: ArtistRecord, fold: Fold) -> tuple[ScoredGenre, ...]:
    return score_artist(record.genres(artist.id or "").tags, artist.name, fold)


def _of_song(placed: PlacedSong, genre: str, library: Library) -> tuple[Reason, ...]:
    """Return what leaves nothing to sources: the person's word about one song, or what is inferred."""
    if own := library.origin.corrections.of_song(placed.song.key):
        return tuple(_own(own, None, genre, library.fold))
    artists = placed.song.artists if placed.inferred else ()
    return tuple(reason for artist in artists for reason in _inferred(artist, genre, library))


def _of_artist(artist: ArtistRef, record: ArtistRecord, genre: str, library: Library) -> Iterable[Reason]:
    """Return what counts of an artist: the person's word, else the sources'."""
    if own := library.origin.corrections.entries.get(f"{ARTIST}{artist.id}"):
        return _own(own, artist, genre, library.fold)
    return _said(artist, record, genre, library.fold)


def _own(own: Correction, artist: ArtistRef | None, genre: str, fold: Fold) -> Iterable[Reason]:
    for word in own.genres:
        if fold.canonical(word) == genre:
            yield Reason(artist.name if artist else None, YOU, word, 1, own.made_at)


def _said(artist: ArtistRef, record: ArtistRecord, genre: str, fold: Fold) -> Iterable[Reason]:
    """Return what sources say, if it counts: faint words and more than six genres do not."""
    if all(one.name != genre for one in _scored(artist, record, fold)):
        return
    known = record.genres(artist.id or "")
    asked = dict(known.asked)
    for name, tag, _ in weigh(known.tags, artist.name, fold):
        if name == genre:
            yield Reason(artist.name, tag.source, tag.name, tag.votes, asked[tag.source], mbid=record.mbid)


def _inferred(artist: ArtistRef, genre: str, library: Library) -> Iterable[Reason]:
    near = library.neighbours_of(artist.id)
    playing = [one for one in near if any(each.name == genre for each in one.genres)]
    for one in playing[:MOST_NEIGHBOURS]:
        yield Reason(artist.name, NEIGHBOURS, genre, one.songs, None, neighbour=one.name)

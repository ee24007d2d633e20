"""Why a song has a genre: who says which word of whom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.genres.artist_models import ArtistRecord
from app.genres.fold import Fold
from app.genres.folding import place
from app.genres.library import PlacedSong
from app.genres.resolver import NEVER_ASKED, ArtistResolver
from app.genres.scoring import ScoredGenre, score_artist, weigh
from app.genres.songs import ArtistRef


@dataclass(frozen=True, slots=True)
class Reason:
    """A source says a word of an artist.

    Attributes:
        mbid: the artist's MusicBrainz id, where it is known.
        word: as the source writes it.
        votes: how many say so; at Last.fm of 100 for the artist's first word; 1 where nobody votes.
        asked_at: when the source said so.
    """

    artist: ArtistRef
    mbid: str | None
    source: str
    word: str
    votes: int
    asked_at: datetime


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
    """Looks up why songs have a genre."""

    def __init__(self, resolver: ArtistResolver) -> None:
        self._resolver = resolver

    async def reasons(
        self, songs: Sequence[PlacedSong], genre: str, families: Fold
    ) -> list[tuple[Reason, ...]]:
        """Say for each song what counts for a genre, artist by artist; in one store call."""
        artists = {artist for one in songs for artist in one.song.artists}
        records = await self._resolver.find({artist.id for artist in artists if artist.id})
        said = {one: tuple(_reasons(one, _record(one, records), genre, families)) for one in artists}
        return [tuple(reason for artist in one.song.artists for reason in said[artist]) for one in songs]

    async def explain(self, placed: PlacedSong, genre: str, families: Fold) -> Why:
        """Say what counts for one genre of a song, and whether its first artist decides its place."""
        (reasons,) = await self.reasons((placed,), genre, families)
        artists = placed.song.artists
        records = await self._resolver.find({artist.id for artist in artists if artist.id})
        scored = [_scored(one, _record(one, records), families) for one in artists]
        here, evenly = place(scored, families), place(scored, families, first=1)
        stands = (placed.placement.family, placed.placement.lead)
        return Why(reasons, first_decides=(here.family, here.lead) == stands != (evenly.family, evenly.lead))


def _record(artist: ArtistRef, records: dict[str, ArtistRecord]) -> ArtistRecord:
    return records.get(artist.id or "", NEVER_ASKED)


def _scored(artist: ArtistRef, record: ArtistRecord, families: Fold) -> tuple[ScoredGenre, ...]:
    return score_artist(record.genres(artist.id or "").tags, artist.name, families)


def _reasons(artist: ArtistRef, record: ArtistRecord, genre: str, families: Fold) -> Iterable[Reason]:
    """Return what sources say of an artist, if it counts: faint tags and more than six genres do not."""
    if all(one.name != genre for one in _scored(artist, record, families)):
        return
    known = record.genres(artist.id or "")
    asked = dict(known.asked)
    for name, tag, _ in weigh(known.tags, artist.name, families):
        if name == genre:
            yield Reason(artist, record.mbid, tag.source, tag.name, tag.votes, asked[tag.source])

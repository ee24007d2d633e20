"""What an artist's tags are worth as genres."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import fsum, log2
from operator import attrgetter

from app.genres.artist_models import Tag
from app.genres.families_file import HIDDEN
from app.genres.fold import Fold

MAX_GENRES = 6
_LEAST_SHARE_OF_TOP = 0.2
_LEAST_LASTFM_COUNT = 10


@dataclass(frozen=True, slots=True)
class ScoredGenre:
    """A genre of an artist or a song: best spelling, weight, the family it is weighed with, who says so."""

    name: str
    score: float
    family: str
    sources: tuple[str, ...]


def score_artist(tags: Iterable[Tag], artist_name: str, families: Fold) -> tuple[ScoredGenre, ...]:
    """Turn the raw tags of all sources into at most six genres, the weightiest first.

    Among genres of one weight those of the artist's weightier family come first, then the name decides:
    sources without votes list many genres of one weight, and a cut by name alone would be blind to what they
    agree on. The order of the tags makes no difference.
    """
    scores: dict[str, list[float]] = defaultdict(list)
    sources: dict[str, set[str]] = defaultdict(set)
    for name, tag, score in weigh(tags, artist_name, families):
        scores[name].append(score)
        sources[name].add(tag.source)
    found = [
        ScoredGenre(name, fsum(parts), families.home_of(name), tuple(sorted(sources[name])))
        for name, parts in scores.items()
    ]
    weight = {one: fsum(genre.score for genre in found if genre.family == one) for one in _families(found)}
    found.sort(key=lambda genre: (-genre.score, -weight[genre.family], genre.name))
    return tuple(found[:MAX_GENRES])


def weigh(tags: Iterable[Tag], artist_name: str, families: Fold) -> Iterator[tuple[str, Tag, float]]:
    """Return the tags that count, each with the genre it counts for and its weight."""
    genres = [tag for tag in tags if tag.votes > 0 and families.is_genre(tag.name, artist_name)]
    genres = [tag for tag in genres if families.family_of(tag.name) != HIDDEN] or genres
    for source, answer in groupby(sorted(genres, key=attrgetter("source")), key=attrgetter("source")):
        for tag, score in _WEIGHINGS.get(source, _one_each)(list(answer)):
            yield families.canonical(tag.name), tag, score


def shown(genres: Sequence[ScoredGenre]) -> list[ScoredGenre]:
    """Leave out what the person has hidden, unless there is nothing else."""
    return [genre for genre in genres if genre.family != HIDDEN] or list(genres)


def _families(genres: Iterable[ScoredGenre]) -> set[str]:
    return {genre.family for genre in genres}


Weighing = Callable[[Sequence[Tag]], Iterable[tuple[Tag, float]]]


def _musicbrainz(tags: Sequence[Tag]) -> Iterable[tuple[Tag, float]]:
    """Votes count less the more there are; what hardly anybody said beside the top tag is dropped."""
    least = _LEAST_SHARE_OF_TOP * max(tag.votes for tag in tags)
    return ((tag, log2(1 + tag.votes)) for tag in tags if tag.votes >= least)


def _lastfm(tags: Sequence[Tag]) -> Iterable[tuple[Tag, float]]:
    """Last.fm counts to 100 for an artist's first tag; under 10 it is noise."""
    return ((tag, tag.votes / 100) for tag in tags if tag.votes >= _LEAST_LASTFM_COUNT)


def _one_each(tags: Sequence[Tag]) -> Iterable[tuple[Tag, float]]:
    """Sources that list genres without votes (Spotify, Wikidata)."""
    return ((tag, 1.0) for tag in tags)


_WEIGHINGS: dict[str, Weighing] = {"musicbrainz": _musicbrainz, "lastfm": _lastfm}

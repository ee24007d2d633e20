"""How many artists of a library each source has a genre of, and when it was asked."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.genres.artist_models import ArtistGenres
from app.genres.neighbours import NEIGHBOURS
from app.genres.placing import Placer


@dataclass(frozen=True, slots=True)
class Shares:
    """Artists of a library by who speaks for them.

    Attributes:
        artists: how many there are that Spotify has an id of.
        by_source: those with a genre that counts, by source; `you` and `neighbours` are such too.
        several: those of whom several sources have one.
        unknown: those of whom all sources in front were asked, and nobody has one.
        asked: when the answers that are kept were given, the first and the last, by source.
    """

    artists: int = 0
    by_source: Mapping[str, int] = field(default_factory=dict)
    several: int = 0
    unknown: int = 0
    asked: Mapping[str, tuple[datetime, datetime]] = field(default_factory=dict)


def count_shares(artist_ids: Collection[str], known: Sequence[ArtistGenres], placer: Placer) -> Shares:
    """Count who speaks for artists; `known` are those of whom the sources have answered."""
    speaking = {one: _speaking_for(one, placer) for one in artist_ids}
    dates: defaultdict[str, set[datetime]] = defaultdict(set)
    for artist in known:
        for source, at in artist.asked:
            dates[source].add(at)
    return Shares(
        artists=len(artist_ids),
        by_source=Counter(source for sources in speaking.values() for source in sources),
        several=sum(len(sources) > 1 for sources in speaking.values()),
        unknown=sum(not speaking[artist.artist_id] for artist in known),
        asked={source: (min(times), max(times)) for source, times in dates.items()},
    )


def _speaking_for(artist_id: str, placer: Placer) -> frozenset[str]:
    said = frozenset(source for genre in placer.genres_of(artist_id) for source in genre.sources)
    return said or frozenset({NEIGHBOURS} if artist_id in placer.neighbours else ())

"""What artists play of whom nobody says anything: judged by whom they share songs with.

Nothing is inferred from what was inferred. How far this goes was measured: docs/adr/0024-inferred-genres.md.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from app.genres.scoring import MAX_GENRES, ScoredGenre
from app.genres.songs import Song

NEIGHBOURS = "neighbours"
LEAST_SONGS = 2
"""Songs that have to be shared, a song with two neighbours counting twice."""
LEAST_SHARE = 0.6
"""How much of what the neighbours play has to be of one family."""

GenresOf = Callable[[str | None], tuple[ScoredGenre, ...]]


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An artist with genres, and how many different songs of a library another one shares with them."""

    id: str
    name: str
    songs: int
    genres: tuple[ScoredGenre, ...]


def find_neighbours(
    songs: Iterable[Song], genres_of: GenresOf, names: Mapping[str, str]
) -> dict[str, tuple[Neighbour, ...]]:
    """Return the neighbours of artists without genres, those with most shared songs first.

    A song that is there twice, say as a single and on an album, counts once.
    """
    shared: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for artists, _ in {(song.artists, song.name.casefold()) for song in songs if len(song.artists) > 1}:
        ids = {artist.id for artist in artists if artist.id}
        known = {one for one in ids if genres_of(one)}
        for one in ids - known if known else ():
            shared[one].update(known)
    return {
        artist_id: tuple(
            Neighbour(one, names.get(one, ""), count, genres_of(one))
            for one, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        )
        for artist_id, counts in shared.items()
    }


def infer(neighbours: Sequence[Neighbour]) -> tuple[ScoredGenre, ...]:
    """Return what an artist plays in the family that the neighbours agree on, the weightiest first.

    Every shared song weighs the same, however much is known of the neighbour. Nothing is returned where
    there are too few songs, or no family has its share.
    """
    if sum(one.songs for one in neighbours) < LEAST_SONGS:
        return ()
    weights: defaultdict[str, defaultdict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in neighbours:
        whole = fsum(genre.score for genre in one.genres)
        for genre in one.genres:
            weights[genre.family][genre.name].append(one.songs * genre.score / whole)
    families = {family: fsum(fsum(parts) for parts in genres.values()) for family, genres in weights.items()}
    family = max(sorted(families), key=families.__getitem__)
    if families[family] < LEAST_SHARE * fsum(families.values()):
        return ()
    genres = [
        ScoredGenre(name, fsum(parts), family, (NEIGHBOURS,)) for name, parts in weights[family].items()
    ]
    return tuple(sorted(genres, key=lambda genre: (-genre.score, genre.name))[:MAX_GENRES])

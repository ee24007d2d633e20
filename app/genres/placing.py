"""Placing songs by who they are by: songs of the same artists share a place."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from app.genres.artist_models import ArtistGenres
from app.genres.fold import Fold
from app.genres.folding import Placement, place
from app.genres.neighbours import Neighbour, find_neighbours, infer
from app.genres.personal.corrections import YOU, Corrections
from app.genres.personal.own_genres import OwnGenres
from app.genres.scoring import ScoredGenre, score_artist
from app.genres.songs import Song

Group = tuple[str | None, ...]
"""The ids of a song's artists in their order; None for those that have none, such as on local files."""


class Placer:
    """Knows what artists play and finds the place of their songs.

    Attributes:
        neighbours: of the artists of whom nobody says anything, those who let it be inferred what they play.
    """

    def __init__(self, families: Fold, corrections: Corrections | None = None) -> None:
        self._families = families
        self._own = OwnGenres(corrections or Corrections(), families)
        self._scored: dict[str, tuple[ScoredGenre, ...]] = {}
        self._inferred: dict[str, tuple[ScoredGenre, ...]] = {}
        self.neighbours: dict[str, tuple[Neighbour, ...]] = {}

    def __len__(self) -> int:
        """How many artists are known, those without a genre included."""
        return len(self._scored)

    def learn(self, known: Iterable[ArtistGenres], names: Mapping[str, str]) -> None:
        """Take in what sources said about artists; the names keep an artist's own name from being a genre."""
        for artist in known:
            name = names.get(artist.artist_id, "")
            self._scored[artist.artist_id] = score_artist(artist.tags, name, self._families)

    def infer(self, songs: Iterable[Song], names: Mapping[str, str]) -> None:
        """Judge by these songs what artists play of whom nobody says anything; after all was learned."""
        found = find_neighbours(songs, self.genres_of, names)
        self._inferred = {one: genres for one, near in found.items() if (genres := infer(near))}
        self.neighbours = {one: found[one] for one in self._inferred}

    def sources(self) -> dict[str, frozenset[str]]:
        """Return who named each genre."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for artist_id in self._scored:
            for genre in self.genres_of(artist_id):
                found[genre.name].update(genre.sources)
        for name in self._own.names():
            found[name].add(YOU)
        return {name: frozenset(sources) for name, sources in found.items()}

    def genres_of(self, artist_id: str | None) -> tuple[ScoredGenre, ...]:
        """Return an artist's genres, the highest-scored first; none while nothing is known."""
        return self._own.of_artist(artist_id) or (self._scored.get(artist_id, ()) if artist_id else ())

    def place(self, group: Group) -> Placement:
        """Return family, lead genre and genres of songs by these artists.

        What was inferred counts only where nobody says anything of any of them.
        """
        said = [self.genres_of(artist_id) for artist_id in group]
        if not any(said):
            return place([self._inferred.get(artist_id or "", ()) for artist_id in group], self._families)
        placement = place(said, self._families)
        return self._own.lead(group[0], placement) if group else placement

    def own_place(self, song: Song) -> Placement | None:
        """Return the place of a song that has one of its own."""
        return self._own.of_song(song)


def group_of(song: Song) -> Group:
    """Return whom a song is by."""
    return tuple(artist.id for artist in song.artists)

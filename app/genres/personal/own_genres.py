"""What corrections do to the places of songs: a person's word replaces what sources say."""

from collections.abc import Mapping

from app.genres.families_file import HIDDEN
from app.genres.fold import Fold
from app.genres.folding import Placement
from app.genres.personal.corrections import ARTIST, SONG, YOU, Correction, Corrections
from app.genres.scoring import ScoredGenre, shown
from app.genres.songs import Song

_FIRST = 8.0
"""Weight of the first genre of an artist, each later one weighing half of the one before: more than what
follows together, and about as much as what many people agree on at a source."""


class OwnGenres:
    """A person's corrections, ready to place songs by."""

    def __init__(self, corrections: Corrections, families: Fold) -> None:
        self._families = families
        self._artists: Mapping[str, tuple[ScoredGenre, ...]] = {
            target.removeprefix(ARTIST): self._scored(said)
            for target, said in corrections.entries.items()
            if target.startswith(ARTIST)
        }
        self._songs: Mapping[str, Placement] = {
            target.removeprefix(SONG): self._led_by(self._scored(said), Placement())
            for target, said in corrections.entries.items()
            if target.startswith(SONG)
        }

    def of_artist(self, artist_id: str | None) -> tuple[ScoredGenre, ...]:
        """Return what the person says an artist plays, the first genre first, if they said anything."""
        return self._artists.get(artist_id, ()) if artist_id else ()

    def of_song(self, song: Song) -> Placement | None:
        """Return the place that the person gave this one song, if they did."""
        return self._songs.get(song.key) if self._songs else None

    def lead(self, artist_id: str | None, place: Placement) -> Placement:
        """Let what the person says of a song's first artist lead; the other genres of its place are tags."""
        own = self.of_artist(artist_id)
        hidden = bool(own) and own[0].family == HIDDEN != place.family
        return self._led_by(own, place) if own and not hidden else place

    def names(self) -> set[str]:
        """Return every genre that the person named."""
        artists = {genre.name for own in self._artists.values() for genre in own}
        return artists.union(*(place.genres for place in self._songs.values()))

    def _scored(self, said: Correction) -> tuple[ScoredGenre, ...]:
        names = dict.fromkeys(map(self._families.canonical, said.genres))
        scored = tuple(
            ScoredGenre(name, _FIRST / 2**position, self._families.home_of(name), (YOU,))
            for position, name in enumerate(names)
        )
        return tuple(shown(scored))

    def _led_by(self, own: tuple[ScoredGenre, ...], others: Placement) -> Placement:
        names = dict.fromkeys((*(genre.name for genre in own), *others.genres))
        return Placement(self._families.family_of(own[0].name), own[0].name, tuple(names), "own", (YOU,))

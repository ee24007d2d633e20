"""The families of a library while it is read: songs are placed again whenever an artist becomes known."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from app.genres.artist_models import ArtistGenres
from app.genres.families import Families
from app.genres.fold import Fold
from app.genres.personal.families import families_of
from app.genres.personal.order import PersonalOrder
from app.genres.placing import Group, Placer, group_of
from app.genres.songs import Song
from app.genres.sources.protocol import AskedArtist

ISRCS = 3
"""Recordings that are kept of an artist to know it by."""


class Tally:
    """Counts songs by family, holding of each song no more than who it is by.

    Attributes:
        songs: how many songs there are.
        fold: the families that they are counted by.
    """

    def __init__(self, families: Families) -> None:
        self.songs = 0
        self._families = families
        self.fold: Fold = families
        self._placer = Placer(families)
        self._names: dict[str, str] = {}
        self._unresolved: dict[str, None] = {}
        self._songs_of: Counter[str] = Counter()
        self._isrcs: defaultdict[str, tuple[str, ...]] = defaultdict(tuple)
        self._groups: Counter[Group] = Counter()
        self._groups_of: defaultdict[str, set[Group]] = defaultdict(set)
        self._family_of: dict[Group, str | None] = {}
        self._counts: Counter[str | None] = Counter()
        self._genres: set[str] = set()

    @property
    def artists(self) -> int:
        """How many artists there are."""
        return len(self._names)

    @property
    def resolved(self) -> int:
        """How many artists are known, those without a genre included."""
        return len(self._placer)

    @property
    def genres(self) -> int:
        """How many different genres the artists have."""
        return len(self._genres)

    @property
    def without_genre(self) -> int:
        """How many songs have no genre yet."""
        return self._counts[None]

    def count(self, family_id: str) -> int:
        """Return how many songs are in a family."""
        return self._counts[family_id]

    def unresolved(self) -> list[str]:
        """Return the artists that are not known yet, those with most songs first."""
        return sorted(self._unresolved, key=lambda artist_id: -self._songs_of[artist_id])

    def everybody(self) -> list[str]:
        """Return all artists, in the order in which they came."""
        return list(self._names)

    def ranked(self, artist_ids: Iterable[str]) -> list[str]:
        """Return artists: first those not known yet, of those the ones with most songs; of equals by id."""
        return sorted(artist_ids, key=lambda one: (one not in self._unresolved, -self._songs_of[one], one))

    def describe(self, artist_id: str, mbid: str | None = None) -> AskedArtist:
        """Return what an artist may be known by."""
        return AskedArtist(artist_id, self._names[artist_id], mbid, self._isrcs[artist_id])

    def follow(self, order: PersonalOrder) -> None:
        """Let songs that are added from now on stand where a person's rules and corrections say."""
        self.fold = families_of(self._families, order.rules)
        self._placer = Placer(self.fold, order.corrections)

    def add(self, songs: Iterable[Song]) -> None:
        """Count songs."""
        for song in songs:
            group = group_of(song)
            if group not in self._family_of:
                self._meet(song, group)
            for artist_id in {artist_id for artist_id in group if artist_id}:
                self._songs_of[artist_id] += 1
                self._know_by(artist_id, song)
            self._groups[group] += 1
            self._counts[self._family_of[group]] += 1
            self.songs += 1

    def learn(self, known: Iterable[ArtistGenres]) -> None:
        """Take in what was found out about artists, and place their songs again."""
        learned = tuple(known)
        self._placer.learn(learned, self._names)
        for artist in learned:
            self._unresolved.pop(artist.artist_id, None)
            self._genres.update(genre.name for genre in self._placer.genres_of(artist.artist_id))
        for group in {group for artist in learned for group in self._groups_of[artist.artist_id]}:
            self._move(group)

    def _meet(self, song: Song, group: Group) -> None:
        for artist in song.artists:
            if artist.id:
                if artist.id not in self._names:
                    self._names[artist.id] = artist.name
                    self._unresolved[artist.id] = None
                self._groups_of[artist.id].add(group)
        self._family_of[group] = self._placer.place(group).family

    def _know_by(self, artist_id: str, song: Song) -> None:
        """Keep a few recordings of an artist, those it made alone first."""
        isrcs = self._isrcs[artist_id]
        alone = len(song.artists) == 1
        if song.isrc and song.isrc not in isrcs and (alone or len(isrcs) < ISRCS):
            self._isrcs[artist_id] = ((song.isrc, *isrcs) if alone else (*isrcs, song.isrc))[:ISRCS]

    def _move(self, group: Group) -> None:
        family, songs = self._placer.place(group).family, self._groups[group]
        self._counts[self._family_of[group]] -= songs
        self._counts[family] += songs
        self._family_of[group] = family

"""A person's library, sorted: every song in one family and one lead genre, or without a genre yet."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from typing import Literal, overload

from app.errors import NotFoundError
from app.genres.alike import copies
from app.genres.families import Family
from app.genres.filters import NOTHING_LISTED, Listed, SongFilter
from app.genres.fold import Fold
from app.genres.folding import Placement
from app.genres.neighbours import Neighbour
from app.genres.personal.corrections import Corrections
from app.genres.shares import Shares
from app.genres.songs import Song

Match = Literal["any", "lead"]
FAMILY, GENRE = "family:", "genre:"


@dataclass(frozen=True, slots=True)
class PlacedSong:
    """A song and its place."""

    song: Song
    placement: Placement

    @property
    def inferred(self) -> bool:
        """Whether neighbours alone speak for the place."""
        return self.placement.certainty == "inferred"


class PlacedSongs(Sequence[PlacedSong]):
    """Songs and their places side by side, which takes less room than a pair each."""

    def __init__(self, pairs: Iterable[PlacedSong]) -> None:
        self._songs: list[Song] = []
        self._places: list[Placement] = []
        for placed in pairs:
            self._songs.append(placed.song)
            self._places.append(placed.placement)

    def __len__(self) -> int:
        return len(self._songs)

    @overload
    def __getitem__(self, number: int) -> PlacedSong: ...
    @overload
    def __getitem__(self, number: slice) -> tuple[PlacedSong, ...]: ...
    def __getitem__(self, number: int | slice) -> PlacedSong | tuple[PlacedSong, ...]:
        if isinstance(number, slice):
            return tuple(map(PlacedSong, self._songs[number], self._places[number]))
        return PlacedSong(self._songs[number], self._places[number])


@dataclass(frozen=True, slots=True)
class GenreCount:
    """One genre of a library.

    Attributes:
        family: id of its family.
        count: songs that have it, as lead genre or as another.
        lead_count: songs whose lead genre it is; these add up to the library.
        sources: who said so.
    """

    name: str
    family: str
    count: int
    lead_count: int
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FamilyCount:
    """One family of a library and the genres that lead in it, the largest first."""

    family: Family
    count: int
    genres: tuple[GenreCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a library's songs and genres come from.

    Attributes:
        scanned_at: when the last of the songs was read.
        whole: whether all songs were read.
        waiting: artists that no source has answered for yet.
        sources: who named each genre.
        behind: whether sources are left that may be asked about its artists.
        neighbours: of artists whose genres are inferred, those from whom.
        corrections: what its person said of artists and songs.
        shares: who speaks for its artists.
    """

    scanned_at: datetime
    whole: bool
    waiting: tuple[str, ...]
    sources: Mapping[str, frozenset[str]]
    behind: bool = False
    neighbours: Mapping[str, tuple[Neighbour, ...]] = field(default_factory=dict)
    corrections: Corrections = field(default_factory=Corrections)
    shares: Shares = field(default_factory=Shares)


class Library:
    """The songs of one library in their places, newest likes first.

    Attributes:
        fold: the families that they are sorted into.
    """

    def __init__(self, songs: Iterable[PlacedSong], fold: Fold, origin: Origin) -> None:
        self.fold = fold
        self.songs = PlacedSongs(songs)
        self.origin = origin
        self._in_family: defaultdict[str, array[int]] = defaultdict(_numbers)
        self._led_by: defaultdict[str, array[int]] = defaultdict(_numbers)
        self._having: defaultdict[str, array[int]] = defaultdict(_numbers)
        self._unplaced = _numbers()
        self._inferred = _numbers()
        for number, placed in enumerate(self.songs):
            self._sort_in(number, placed.placement)
        self._copies = copies([placed.song for placed in self.songs])
        self.genres = {name: self._genre(name) for name in sorted(self._having)}
        self.families = tuple(self._families())

    def only(self, chosen: SongFilter, listed: Listed = NOTHING_LISTED) -> "Library":
        """Return a library of those songs alone that a filter lets through."""
        kept = (one for one in self.songs if chosen.lets(listed.standing(one.placement, one.song.key)))
        return Library(kept, self.fold, self.origin)

    @property
    def complete(self) -> bool:
        """Whether all songs were read and every artist was asked about."""
        return self.origin.whole and not self.origin.waiting

    @property
    def without_genre(self) -> tuple[PlacedSong, ...]:
        """The songs that have no genre yet."""
        return self._songs(self._unplaced)

    @property
    def inferred(self) -> int:
        """How many songs have a place that is inferred."""
        return len(self._inferred)

    @property
    def artists(self) -> int:
        """How many different artists there are."""
        return len({artist.id or artist.name for placed in self.songs for artist in placed.song.artists})

    def get_genre(self, name: str) -> GenreCount:
        """Return one genre's counts.

        Raises:
            NotFoundError: no song has it.
        """
        genre = self.genres.get(name) or self.genres.get(self.fold.canonical(name))
        if genre is None:
            raise NotFoundError("No song of your library has this genre.")
        return genre

    def get_song(self, key: str) -> PlacedSong:
        """Return one song.

        Raises:
            NotFoundError: it is not in the library.
        """
        placed = next((placed for placed in self.songs if placed.song.key == key), None)
        if placed is None:
            raise NotFoundError("This song is not in your library.")
        return placed

    def of_genre(self, name: str, match: Match = "any") -> tuple[PlacedSong, ...]:
        """Return the songs with a genre, or only those it leads."""
        return self._songs(self._numbers(GENRE + name, match))

    def neighbours_of(self, artist_id: str | None) -> tuple[Neighbour, ...]:
        """Return from whom it is inferred what an artist plays, those with most shared songs first."""
        return self.origin.neighbours.get(artist_id or "", ())

    def copies_of(self, song: Song) -> tuple[PlacedSong, ...]:
        """Return the other songs of the library that are the same recording, as their ISRC says."""
        same = self._songs(self._copies.get(song.isrc or "", ()))
        return tuple(placed for placed in same if placed.song.key != song.key)

    def newest_of(self, item: str) -> int:
        """Return the number of the newest song of a family or genre, for sorting by it."""
        return min(self._numbers(item, "any"), default=len(self.songs))

    def select(
        self, include: Iterable[str], *, match: Match = "any", exclude: Iterable[str] = ()
    ) -> tuple[PlacedSong, ...]:
        """Return the different songs of families and genres.

        Args:
            include: `family:<id>`, which is every song in that family, and `genre:<name>` or just the name.
            match: whether a genre means every song with it or only those it leads.
            exclude: the same as `include`, taken out again; here a genre means every song with it.
        """
        return self._songs(sorted(self._times(include, match, exclude)))

    def repeated(
        self,
        include: Iterable[str],
        *,
        match: Match = "any",
        exclude: Iterable[str] = (),
        inferred: bool = False,
    ) -> int:
        """Return how many songs of a selection stand under more than one of its families and genres."""
        times = self._times(include, match, exclude)
        left_out = () if inferred else self._inferred
        return sum(count > 1 for count in times.values()) - sum(times[number] > 1 for number in left_out)

    def effective(
        self, include: Iterable[str], *, match: Match = "any", exclude: Iterable[str] = ()
    ) -> tuple[str, ...]:
        """Return those of `exclude` that take a song out of a selection."""
        songs = self._times(include, match).keys()
        return tuple(item for item in exclude if not songs.isdisjoint(self._numbers(item, "any")))

    def _times(self, include: Iterable[str], match: Match, exclude: Iterable[str] = ()) -> Counter[int]:
        """Return under how many families and genres of a selection each of its songs stands."""
        every = (self._numbers(item, match) for item in dict.fromkeys(include))
        times = Counter(chain.from_iterable(every))
        for number in chain.from_iterable(self._numbers(item, "any") for item in exclude):
            times.pop(number, None)
        return times

    def _sort_in(self, number: int, placement: Placement) -> None:
        if placement.family is None or placement.lead is None:
            self._unplaced.append(number)
            return
        if placement.certainty == "inferred":
            self._inferred.append(number)
        self._in_family[placement.family].append(number)
        self._led_by[placement.lead].append(number)
        for genre in {placement.lead, *placement.genres}:
            self._having[genre].append(number)

    def _genre(self, name: str) -> GenreCount:
        return GenreCount(
            name=name,
            family=self.fold.family_of(name),
            count=len(self._having[name]),
            lead_count=len(self._led_by.get(name, ())),
            sources=tuple(sorted(self.origin.sources.get(name, ()))),
        )

    def _families(self) -> Iterable[FamilyCount]:
        leading: defaultdict[str, list[GenreCount]] = defaultdict(list)
        for genre in self.genres.values():
            if genre.lead_count:
                leading[genre.family].append(genre)
        for family in self.fold.all:
            if songs := self._in_family.get(family.id):
                genres = sorted(leading[family.id], key=lambda genre: (-genre.lead_count, genre.name))
                yield FamilyCount(family, len(songs), tuple(genres))

    def _numbers(self, item: str, match: Match) -> Sequence[int]:
        if item.startswith(FAMILY):
            return self._in_family.get(self._family_now(item.removeprefix(FAMILY)), ())
        kept, name = self._led_by if match == "lead" else self._having, item.removeprefix(GENRE)
        return kept.get(name if name in self.genres else self.fold.canonical(name), ())

    def _family_now(self, family_id: str) -> str:
        """What a family is part of now: selections may be older than the person's rules."""
        with suppress(NotFoundError):
            return self.fold.get(family_id).id
        return family_id

    def _songs(self, numbers: Iterable[int]) -> tuple[PlacedSong, ...]:
        return tuple(self.songs[number] for number in numbers)


def _numbers() -> "array[int]":
    """Return room for numbers of songs, at four bytes each."""
    return array("I")

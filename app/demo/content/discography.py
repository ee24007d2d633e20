"""Made-up albums of real performers: titles, dates, partners, lengths, recording codes."""

import string
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from random import Random

from app.demo.content.roster import Performer
from app.demo.content.titles import TitleBook

_FEW, _MANY = (1, 1, 2, 3), (1, 1, 2, 3, 4, 5, 7)
_FEWEST_OF_MANY = 8
_SHARE_OF_TITLE_TRACKS = 0.22
_SHARE_OF_SELF_TITLED = 0.08
_SHARE_OF_TRIOS = 0.2
_FIRST_YEAR_WITH_DAYS = 1970
_FIRST_YEAR_OF_LONG_PLAYERS, _MINUTES_ON_SHELLAC = 1949, (2.3, 3.3)
_NEWEST = date(2026, 10, 23)


@dataclass(frozen=True, slots=True)
class Song:
    """A recording; `performers` are names, the album's own first."""

    title: str
    performers: tuple[str, ...]
    duration_ms: int
    isrc: str


@dataclass(frozen=True, slots=True)
class Album:
    """A release with those of its songs that are liked.

    Attributes:
        released: the day; `release_date` says it as precisely as Spotify would.
    """

    title: str
    performer: Performer
    released: date
    release_date: str
    songs: tuple[Song, ...]


class Label:
    """Makes the albums of one performer after the other."""

    def __init__(self, performers: tuple[Performer, ...]) -> None:
        self._by_name = {performer.name: performer for performer in performers}
        self._books = {name: TitleBook(name) for name in sorted({p.titles for p in performers})}

    def albums(self) -> Iterator[Album]:
        """Yield everybody's albums."""
        for performer in self._by_name.values():
            maker = _AlbumMaker(performer, self._books[performer.titles], self._by_name)
            yield from maker.albums()


class _AlbumMaker:
    def __init__(self, performer: Performer, book: TitleBook, by_name: Mapping[str, Performer]) -> None:
        self._performer = performer
        self._book = book
        self._by_name = by_name
        self._rng = Random(f"albums {performer.name}")
        self._self_titled = not book.title_tracks

    def albums(self) -> Iterator[Album]:
        left = self._performer.songs
        sizes = _MANY if left >= _FEWEST_OF_MANY else _FEW
        while left:
            size = min(left, self._rng.choice(sizes))
            left -= size
            yield self._album(size)

    def _album(self, size: int) -> Album:
        released = self._released()
        prefix = self._isrc_prefix(released.year)
        titles = [self._book.song() for _ in range(size)]
        return Album(
            title=self._album_title(titles[0]),
            performer=self._performer,
            released=released,
            release_date=self._spotify_date(released),
            songs=tuple(self._song(title, released.year, prefix) for title in titles),
        )

    def _album_title(self, song: str) -> str:
        if self._book.title_tracks and self._rng.random() < _SHARE_OF_TITLE_TRACKS:
            return song
        if not self._self_titled and self._rng.random() < _SHARE_OF_SELF_TITLED:
            self._self_titled = True
            return self._performer.name
        return self._book.album()

    def _released(self) -> date:
        year = self._rng.randint(self._performer.first_year, self._performer.last_year)
        return min(_NEWEST, date(year, self._rng.randint(1, 12), self._rng.randint(1, 28)))

    def _spotify_date(self, released: date) -> str:
        # Old recordings are often dated by the year alone.
        vague = 0.6 if released.year < _FIRST_YEAR_WITH_DAYS else 0.08
        if self._rng.random() >= vague:
            return released.isoformat()
        return released.strftime("%Y-%m") if self._rng.random() < vague / 4 else str(released.year)

    def _song(self, title: str, year: int, isrc_prefix: str) -> Song:
        partners = self._partners(year)
        if partners and self._performer.featured:
            title = f"{title} (feat. {' & '.join(partners)})"
        return Song(
            title=title + self._book.ending(),
            performers=(self._performer.name, *partners),
            duration_ms=int(self._minutes(year) * 60_000),
            isrc=f"{isrc_prefix}{self._rng.randrange(100_000):05}",
        )

    def _minutes(self, year: int) -> float:
        on_shellac = year < _FIRST_YEAR_OF_LONG_PLAYERS
        shortest, longest = _MINUTES_ON_SHELLAC if on_shellac else self._performer.minutes
        # Squared, so that long songs are few.
        return shortest + (longest - shortest) * self._rng.random() ** 2

    def _partners(self, year: int) -> tuple[str, ...]:
        active = [
            name
            for name in self._performer.partners
            if self._by_name[name].first_year <= year <= self._by_name[name].last_year
        ]
        if not active or self._rng.random() >= self._performer.together:
            return ()
        self._rng.shuffle(active)
        return tuple(active[: 2 if self._rng.random() < _SHARE_OF_TRIOS else 1])

    def _isrc_prefix(self, year: int) -> str:
        registrant = "".join(self._rng.choice(string.ascii_uppercase + string.digits) for _ in range(3))
        return f"{self._rng.choice(self._book.countries)}{registrant}{year % 100:02}"

"""When the songs were liked: on evenings over eight years, more in some months, an album at a time."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from app.demo.content.discography import Album, Song

_FIRST, _LAST = date(2018, 12, 2), date(2026, 11, 19)
_QUARTER = timedelta(days=91)
_PACES = (0.5, 0.8, 1.0, 1.0, 1.6, 2.6)
_MEAN_GAP_DAYS = 10.0
_SHARE_OF_STREAKS = 0.3
_SHARE_LIKED_WHEN_NEW = 0.55
_EVENINGS_WHILE_NEW = 5
_CHOICES = 6
_FULL_EVENING = 16


@dataclass(slots=True)
class _Evening:
    begins: datetime
    albums: list[Album] = field(default_factory=list)

    @property
    def songs(self) -> int:
        return sum(len(album.songs) for album in self.albums)

    def likes(self, rng: Random) -> Iterator[tuple[Album, Song, datetime]]:
        at = self.begins
        for album in self.albums:
            at += timedelta(seconds=rng.randint(60, 700))
            for song in album.songs:
                at += timedelta(seconds=rng.randint(15, 200))
                yield album, song, at


def likes(albums: Iterable[Album]) -> Iterator[tuple[Album, Song, datetime]]:
    """Yield every song of `albums` with the time of its like, after its release."""
    rng = Random("likes")
    evenings = sorted(_evenings(rng), key=lambda evening: evening.begins)
    waiting = list(albums)
    rng.shuffle(waiting)
    for album in waiting:
        _choose(evenings, album, rng).albums.append(album)
    for evening in evenings:
        yield from evening.likes(rng)


def _evenings(rng: Random) -> Iterator[_Evening]:
    day, paces = _LAST, dict[int, float]()
    while day >= _FIRST:
        yield _Evening(datetime.combine(day, time(18), UTC) + timedelta(seconds=rng.randrange(14_400)))
        pace = paces.setdefault((day - _FIRST) // _QUARTER, rng.choice(_PACES))
        streak = rng.random() < _SHARE_OF_STREAKS
        gap = 1 if streak else 1 - math.log(1 - rng.random()) * _MEAN_GAP_DAYS * pace
        day -= timedelta(days=int(gap))


def _choose(evenings: list[_Evening], album: Album, rng: Random) -> _Evening:
    possible = [evening for evening in evenings if evening.begins.date() > album.released] or evenings[-1:]
    is_news = album.released > _FIRST and rng.random() < _SHARE_LIKED_WHEN_NEW
    if is_news:
        possible = possible[:_EVENINGS_WHILE_NEW]
    choices = [rng.choice(possible) for _ in range(_CHOICES)]
    return max(choices, key=lambda evening: _appeal(evening, album))


def _appeal(evening: _Evening, album: Album) -> tuple[bool, int, int]:
    # One evening is mostly one kind of music.
    families = Counter(other.performer.family for other in evening.albums)
    return evening.songs < _FULL_EVENING, families[album.performer.family], -evening.songs

"""Songs, albums and artists of generated libraries, each a function of the library's seed and a number.

Song 0 is the one that was liked first. A longer library of the same seed begins with the shorter one, so the
next song is always there to be liked.
"""

import math
import string
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from functools import cache, lru_cache

from app.demo.content.roster import load_roster
from app.demo.generated.numbers import Dice, Ref
from app.demo.generated.words import album_title, artist_name, song_title
from app.demo.models import DemoAlbum, DemoArtist, DemoTrack

# A new artist comes with every second of the first songs and with every fourth of many thousands.
FEWEST_NEW_ARTISTS, MORE_AT_FIRST, FADING_SONGS = 0.25, 0.25, 10_000
SHARE_WITH_GENRES = 0.8
SHARE_WITH_PARTNER = 0.2
SHARE_UNPLAYABLE, SHARE_WITHOUT_ISRC = 0.01, 0.02
# Every so many songs there is an older one again: the same recording on another release.
AGAIN_EVERY, AGAIN_BACK = 150, 60
ALBUMS_AN_ARTIST = 6
MOST_SONGS, SONGS_LOOKED_AT = 2**32, 1000
ALBUM_SIZES = (1, 1, 2, 8, 9, 10, 11, 12, 12, 14)
FIRST_YEAR, LAST_YEAR = 1962, 2026
COUNTRIES = ("US", "GB", "DE", "SE", "FR", "BR")
# A page of songs names the same few hundred albums and artists several times.
KEPT = 4096
LONG_AGO = datetime(2012, 1, 1, tzinfo=UTC)


def artists_within(songs: int) -> int:
    """Return how many artists the first so many songs of a library are by, partners included."""
    faded = FADING_SONGS * (1 - math.exp(-songs / FADING_SONGS))
    return math.ceil(songs * FEWEST_NEW_ARTISTS + faded * MORE_AT_FIRST)


@lru_cache(KEPT)
def artist(seed: int, number: int) -> DemoArtist:
    """Return an artist; genre words are those of a real one, or none."""
    dice = Dice(f"artist {seed} {number}")
    words = _genre_sets()
    genres = words[dice.below(len(words))] if dice.happens(SHARE_WITH_GENRES) else ()
    return DemoArtist(Ref("artist", seed, number).id, artist_name(seed, number), genres)


@lru_cache(KEPT)
def album(seed: int, number: int) -> DemoAlbum:
    """Return an album."""
    dice = Dice(f"album {seed} {number}")
    year = FIRST_YEAR + dice.below(LAST_YEAR - FIRST_YEAR + 1)
    return DemoAlbum(
        id=Ref("album", seed, number).id,
        name=album_title(dice),
        artist_id=Ref("artist", seed, number // ALBUMS_AN_ARTIST).id,
        total_tracks=ALBUM_SIZES[dice.below(len(ALBUM_SIZES))],
        release_date=f"{year}-{1 + dice.below(12):02}-{1 + dice.below(28):02}",
    )


def song(seed: int, number: int, added_at: datetime = LONG_AGO) -> DemoTrack:
    """Return a song, liked at `added_at`."""
    if number % AGAIN_EVERY == AGAIN_EVERY - 1:
        return _once_more(seed, number, added_at)
    return _song(seed, number, Dice(f"song {seed} {number}"), added_at)


def songs_of(wanted: Ref) -> Iterator[DemoTrack]:
    """Yield songs on an album or by an artist, those found soon after the artist's first."""
    number = wanted.number if wanted.kind == "artist" else wanted.number // ALBUMS_AN_ARTIST
    first = bisect_left(range(MOST_SONGS), number + 1, key=artists_within) - 1
    found = (song(wanted.seed, one) for one in range(first, first + SONGS_LOOKED_AT))
    return (one for one in found if wanted.id == one.album_id or wanted.id in one.artists)


def _song(seed: int, number: int, dice: Dice, added_at: datetime) -> DemoTrack:
    main = _artist_of(number, dice)
    on = album(seed, main * ALBUMS_AN_ARTIST + dice.below(ALBUMS_AN_ARTIST))
    title = song_title(dice)
    isrc = None if dice.happens(SHARE_WITHOUT_ISRC) else _isrc(number, on, dice)
    return DemoTrack(
        id=Ref("track", seed, number).id,
        name=title,
        artists=tuple(Ref("artist", seed, one).id for one in _with_partner(main, number, dice)),
        album=on.name,
        album_id=on.id,
        release_date=on.release_date,
        duration_ms=120_000 + dice.below(240_000),
        added_at=added_at,
        isrc=isrc,
        playable=not dice.happens(SHARE_UNPLAYABLE),
    )


def _once_more(seed: int, number: int, added_at: datetime) -> DemoTrack:
    first = song(seed, number - AGAIN_BACK)
    main = _artist_of(number - AGAIN_BACK, Dice(f"song {seed} {number - AGAIN_BACK}"))
    other = album(seed, main * ALBUMS_AN_ARTIST + number % ALBUMS_AN_ARTIST)
    return DemoTrack(
        id=Ref("track", seed, number).id,
        name=first.name,
        artists=first.artists,
        album=other.name,
        album_id=other.id,
        release_date=other.release_date,
        duration_ms=first.duration_ms,
        added_at=added_at,
        isrc=first.isrc,
    )


def _artist_of(number: int, dice: Dice) -> int:
    """Whoever comes with this song, or one of those before; the earlier ones are the favourites."""
    before, now = artists_within(number), artists_within(number + 1)
    share = dice.below(1 << 20) / (1 << 20)
    return before if now > before else int(before * share * share)


def _with_partner(main: int, number: int, dice: Dice) -> Sequence[int]:
    partner = dice.below(artists_within(number + 1))
    return (main, partner) if dice.happens(SHARE_WITH_PARTNER) and partner != main else (main,)


def _isrc(number: int, on: DemoAlbum, dice: Dice) -> str:
    registrant = "".join(string.ascii_uppercase[dice.below(26)] for _ in range(3))
    country = COUNTRIES[dice.below(len(COUNTRIES))]
    return f"{country}{registrant}{on.release_date[2:4]}{number % 100_000:05}"


@cache
def _genre_sets() -> tuple[tuple[str, ...], ...]:
    return tuple(dict.fromkeys(performer.genres for performer in load_roster() if performer.genres))

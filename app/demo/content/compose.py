"""The built-in library: everybody's albums, liked over the years, and the odd rows between them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random
from types import MappingProxyType

from app.demo.content.calendar import likes
from app.demo.content.discography import Label
from app.demo.content.ids import spotify_id
from app.demo.content.oddities import Again, LocalFile, Oddities, OddSong, load_oddities
from app.demo.content.roster import Performer, load_roster
from app.demo.models import DemoArtist, DemoLibrary, DemoTrack

_LATEST_SECOND_LIKE_DAYS = 300


def compose() -> DemoLibrary:
    """Make the library; the same in every run and on every machine."""
    roster, oddities = load_roster(), load_oddities()
    artists = [DemoArtist(_artist_id(p.name), p.name, p.genres) for p in roster]
    artists += [DemoArtist(_local_artist_id(file.artist), file.artist, ()) for file in oddities.local]
    regular = list(_liked(roster, oddities.without_isrc))
    tracks = [*regular, *_odd(oddities, regular)]
    tracks.sort(key=lambda track: track.added_at, reverse=True)
    return DemoLibrary(tuple(tracks), MappingProxyType({artist.id: artist for artist in artists}))


def _liked(roster: tuple[Performer, ...], without_isrc: frozenset[str]) -> Iterator[DemoTrack]:
    for album, song, at in likes(Label(roster).albums()):
        performer = album.performer.name
        yield DemoTrack(
            id=spotify_id("track", performer, album.title, song.title),
            name=song.title,
            artists=tuple(_artist_id(name) for name in song.performers),
            album=album.title,
            album_id=spotify_id("album", performer, album.title),
            release_date=album.release_date,
            duration_ms=song.duration_ms,
            added_at=at,
            isrc=None if performer in without_isrc else song.isrc,
        )


def _odd(oddities: Oddities, regular: list[DemoTrack]) -> Iterator[DemoTrack]:
    yield from (_once_more(again, regular) for again in oddities.again)
    yield from (_odd_song(song) for song in oddities.songs)
    yield from (_local_track(file) for file in oddities.local)


def _once_more(again: Again, regular: list[DemoTrack]) -> DemoTrack:
    artist = _artist_id(again.artist)
    first = min((track for track in regular if track.artists == (artist,)), key=lambda track: track.added_at)
    rng = Random(f"again {again.artist}")
    album = again.album or first.name
    other_recording = f"{(first.isrc or '')[:-5]}{rng.randrange(100_000):05}"
    return replace(
        first,
        id=spotify_id("track", again.artist, album, first.name, "again"),
        album=album,
        album_id=spotify_id("album", again.artist, album, "again"),
        added_at=first.added_at + timedelta(days=rng.randint(0, _LATEST_SECOND_LIKE_DAYS), seconds=41),
        isrc=other_recording if again.album else first.isrc,
    )


def _odd_song(song: OddSong) -> DemoTrack:
    return DemoTrack(
        id=spotify_id("track", song.artists[0], song.album, song.name),
        name=song.name,
        artists=tuple(_artist_id(name) for name in song.artists),
        album=song.album,
        album_id=spotify_id("album", song.artists[0], song.album),
        release_date=song.release_date,
        duration_ms=song.duration_ms,
        added_at=song.liked,
        isrc=song.isrc,
        playable=song.playable,
    )


def _local_track(file: LocalFile) -> DemoTrack:
    return DemoTrack(
        id=None,
        name=file.name,
        artists=(_local_artist_id(file.artist),),
        album=file.album,
        album_id="",
        release_date="",
        duration_ms=file.duration_ms,
        added_at=file.liked,
        isrc=None,
        is_local=True,
    )


def _artist_id(name: str) -> str:
    return spotify_id("artist", name)


def _local_artist_id(name: str) -> str:
    return spotify_id("local artist", name)

"""The library by id, and the songs that are liked at the moment."""

import uuid
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote_plus

from app.demo.models import DemoArtist, DemoLibrary, DemoTrack

# One in so many artists without genres is missing from MusicBrainz altogether.
UNKNOWN_ONE_IN = 20


class Catalogue:
    """Everything there is to listen to. All simulated accounts share one list of liked songs."""

    def __init__(self, library: DemoLibrary) -> None:
        self.liked: list[DemoTrack] = list(library.tracks)
        self.artists = library.artists
        self.tracks = {track_uri(library, track): track for track in library.tracks}
        self.albums: dict[str, list[DemoTrack]] = {}
        for track in library.tracks:
            if track.album_id:
                self.albums.setdefault(track.album_id, []).append(track)
        known = [artist for artist in library.artists.values() if _in_musicbrainz(artist)]
        self.by_mbid = {mbid(artist): artist for artist in known}
        self.by_spotify_url = {spotify_url(artist): artist for artist in known}

    def uri(self, track: DemoTrack) -> str:
        """Return the track's Spotify URI."""
        return track_uri(self, track)

    def artists_of(self, track: DemoTrack) -> list[DemoArtist]:
        """Return the track's artists in the order of the sleeve."""
        return [self.artists[artist_id] for artist_id in track.artists]

    def like(self, ids: Sequence[str], now: datetime) -> None:
        """Put these songs of the library on top of the liked ones, the first of them topmost."""
        self.unlike(ids)
        again = [self.tracks[f"spotify:track:{track_id}"] for track_id in ids]
        self.liked[:0] = [replace(track, added_at=now.replace(microsecond=0)) for track in again]

    def unlike(self, ids: Iterable[str]) -> None:
        """Take these songs out of the liked ones."""
        gone = frozenset(ids)
        self.liked = [track for track in self.liked if track.id not in gone]


def track_uri(library: DemoLibrary | Catalogue, track: DemoTrack) -> str:
    """Return the track's Spotify URI; a local file's is made of its names, as Spotify does."""
    if not track.is_local:
        return f"spotify:track:{track.id}"
    artist = " & ".join(library.artists[artist_id].name for artist_id in track.artists)
    names = (artist, track.album, track.name)
    return ":".join(("spotify:local", *map(quote_plus, names), str(track.duration_ms // 1000)))


def spotify_url(artist: DemoArtist) -> str:
    """Return the address under which MusicBrainz knows an artist of Spotify."""
    return f"https://open.spotify.com/artist/{artist.id}"


def mbid(artist: DemoArtist) -> str:
    """Return the artist's MusicBrainz id, the same at every start."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, spotify_url(artist)))


def _in_musicbrainz(artist: DemoArtist) -> bool:
    return bool(artist.genres) or zlib.crc32(artist.id.encode()) % UNKNOWN_ONE_IN != 0

"""Everything there is to listen to, by id: the library that was loaded, and all generated music."""

import uuid
import zlib
from collections.abc import Mapping
from functools import cached_property
from urllib.parse import quote_plus

from app.demo.generated import music
from app.demo.generated.numbers import Ref, ref_of_id, ref_of_mbid
from app.demo.models import DemoAlbum, DemoArtist, DemoEpisode, DemoLibrary, DemoTrack
from app.demo.odd_songs import EPISODES, odd_library

# One in so many artists without genres is missing from MusicBrainz altogether.
UNKNOWN_ONE_IN = 20
ARTIST_URL = "https://open.spotify.com/artist/"
TRACK, EPISODE = "spotify:track:", "spotify:episode:"


class Catalogue:
    """Songs, albums and artists; what people like of them is theirs."""

    def __init__(self, library: DemoLibrary) -> None:
        self.own, self.odd = library, odd_library()
        self._artists: Mapping[str, DemoArtist] = {**self.odd.artists, **library.artists}
        self._tracks = {self.uri(track): track for track in (*self.odd.tracks, *library.tracks)}
        self._episodes = {episode.uri: episode for episode in EPISODES}
        self._albums: dict[str, list[DemoTrack]] = {}
        for track in self._tracks.values():
            if track.album_id:
                self._albums.setdefault(track.album_id, []).append(track)

    @property
    def lost(self) -> DemoTrack:
        """A song that Spotify no longer has."""
        return next(track for track in self.odd.tracks if track.lost)

    def find_track(self, uri: str | None) -> DemoTrack | None:
        """Return the song or local file, or None."""
        if not uri:
            return None
        ref = ref_of_id(uri.removeprefix(TRACK))
        if ref and ref.kind == "track" and uri.startswith(TRACK):
            return music.song(ref.seed, ref.number)
        return self._tracks.get(uri)

    def find_episode(self, uri: str | None) -> DemoEpisode | None:
        """Return the episode of a podcast, or None."""
        return self._episodes.get(uri or "")

    def find_artist(self, artist_id: str) -> DemoArtist | None:
        """Return the artist, or None."""
        ref = ref_of_id(artist_id)
        if ref and ref.kind == "artist":
            return music.artist(ref.seed, ref.number)
        return self._artists.get(artist_id)

    def find_album(self, album_id: str) -> DemoAlbum | None:
        """Return the album, or None."""
        ref = ref_of_id(album_id)
        if ref and ref.kind == "album":
            return music.album(ref.seed, ref.number)
        songs = self._albums.get(album_id)
        return _album_of(songs) if songs else None

    def artists_of(self, track: DemoTrack) -> list[DemoArtist]:
        """Return the track's artists in the order of the sleeve."""
        found = (self.find_artist(artist_id) for artist_id in track.artists)
        return [artist for artist in found if artist]

    def songs_of(self, object_id: str) -> list[DemoTrack]:
        """Return the songs on an album or by an artist; of generated ones some."""
        ref = ref_of_id(object_id)
        if ref:
            return list(music.songs_of(ref))
        return self._albums.get(object_id) or [
            song for song in self._tracks.values() if object_id in song.artists
        ]

    def track_number(self, track: DemoTrack) -> int:
        """Return the track's place on its album."""
        ref = ref_of_id(track.id or "")
        if ref:
            album = self.find_album(track.album_id)
            return 1 + ref.number % (album.total_tracks if album else 1)
        return self._track_numbers.get(track.id, 1)

    @cached_property
    def _track_numbers(self) -> dict[str | None, int]:
        albums = self._albums.values()
        return {track.id: number for album in albums for number, track in enumerate(album, start=1)}

    def uri(self, track: DemoTrack) -> str:
        """Return the track's Spotify URI; a local file's is made of its names, as Spotify does."""
        if not track.is_local:
            return f"{TRACK}{track.id}"
        artists = " & ".join(artist.name for artist in self.artists_of(track))
        names = map(quote_plus, (artists, track.album, track.name))
        return ":".join(("spotify:local", *names, str(track.duration_ms // 1000)))

    def artist_at(self, address: str) -> DemoArtist | None:
        """Return the artist that MusicBrainz knows under an address of Spotify, or None."""
        artist = (
            self.find_artist(address.removeprefix(ARTIST_URL)) if address.startswith(ARTIST_URL) else None
        )
        return artist if artist and in_musicbrainz(artist) else None

    def artist_of_mbid(self, text: str) -> DemoArtist | None:
        """Return the artist with a MusicBrainz id, or None."""
        ref = ref_of_mbid(text)
        if ref and ref.kind == "artist":
            artist = music.artist(ref.seed, ref.number)
            return artist if in_musicbrainz(artist) else None
        return self._by_mbid.get(text)

    @cached_property
    def _by_mbid(self) -> dict[str, DemoArtist]:
        return {mbid(artist): artist for artist in self._artists.values() if in_musicbrainz(artist)}


def spotify_url(artist: DemoArtist) -> str:
    """Return the address under which MusicBrainz knows an artist of Spotify."""
    return f"{ARTIST_URL}{artist.id}"


def mbid(artist: DemoArtist) -> str:
    """Return the artist's MusicBrainz id, the same at every start."""
    ref: Ref | None = ref_of_id(artist.id)
    return ref.mbid if ref else str(uuid.uuid5(uuid.NAMESPACE_URL, spotify_url(artist)))


def _album_of(songs: list[DemoTrack]) -> DemoAlbum:
    """The artist whose name comes first on most of the songs stands on the sleeve."""
    firsts = [song.artists[0] for song in songs if song.artists]
    return DemoAlbum(
        id=songs[0].album_id,
        name=songs[0].album,
        artist_id=max(firsts, key=firsts.count) if firsts else None,
        total_tracks=len(songs),
        release_date=songs[0].release_date,
    )


def in_musicbrainz(artist: DemoArtist) -> bool:
    """Tell whether MusicBrainz has the artist."""
    return bool(artist.genres) or zlib.crc32(artist.id.encode()) % UNKNOWN_ONE_IN != 0

"""The JSON of Spotify's objects as an app in development mode gets them in late 2026.

Without the fields that such an app no longer gets: popularity, followers, available_markets, label, product,
country, email. Told by Spotify's change log of February, March and May 2026.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from html import escape
from typing import Any

from app.demo.catalogue import Catalogue
from app.demo.models import DemoArtist, DemoTrack
from app.demo.options import SimulatorOptions
from app.demo.state import Account, Entry, Playlist

Json = dict[str, Any]
COVER_SIZES = (640, 300, 64)
PRECISION = {4: "year", 7: "month", 10: "day"}
SINGLE_AT_MOST = 3


class Shapes:
    """Writes the library's songs and the people's playlists as Spotify does."""

    def __init__(self, catalogue: Catalogue, options: SimulatorOptions) -> None:
        self._catalogue = catalogue
        self._api = options.api_url
        self._open = options.open_url
        self._images = f"{options.root_url}/images"

    def _named(self, kind: str, object_id: str) -> Json:
        """The four fields that every object of Spotify has."""
        return {
            "external_urls": {"spotify": f"{self._open}/{kind}/{object_id}"},
            "href": f"{self._api}/{kind}s/{object_id}",
            "id": object_id,
            "type": kind,
            "uri": f"spotify:{kind}:{object_id}",
        }

    def me(self, account: Account) -> Json:
        """Return the person for the person's own eyes."""
        return {
            **self._named("user", account.user_id),
            "account_id": account.id,
            "display_name": account.name,
            "images": [],
        }

    def artist(self, artist: DemoArtist) -> Json:
        """Return an artist; genres are empty for everybody."""
        return {**self._artist_ref(artist), "genres": [], "images": []}

    def _artist_ref(self, artist: DemoArtist) -> Json:
        return {**self._named("artist", artist.id), "name": artist.name}

    def saved_track(self, track: DemoTrack) -> Json:
        """Return a liked song."""
        return {"added_at": timestamp(track.added_at), "track": self.track(track)}

    def track(self, track: DemoTrack) -> Json:
        """Return a song, or a local file with all that a local file lacks."""
        return self._local_track(track) if track.is_local else self._spotify_track(track)

    def _spotify_track(self, track: DemoTrack) -> Json:
        shape = {
            **self._named("track", track.id or ""),
            "album": self._album(track),
            "artists": [self._artist_ref(artist) for artist in self._catalogue.artists_of(track)],
            "disc_number": 1,
            "duration_ms": track.duration_ms,
            "explicit": False,
            "external_ids": {"isrc": track.isrc} if track.isrc else {},
            "is_local": False,
            "is_playable": track.playable,
            "name": track.name,
            "track_number": self._track_numbers.get(track.id, 1),
        }
        return shape if track.playable else {**shape, "restrictions": {"reason": "market"}}

    @cached_property
    def _track_numbers(self) -> dict[str | None, int]:
        albums = self._catalogue.albums.values()
        return {track.id: number for album in albums for number, track in enumerate(album, start=1)}

    def _album(self, track: DemoTrack) -> Json:
        songs = self._catalogue.albums[track.album_id]
        return {
            **self._named("album", track.album_id),
            "album_type": "single" if len(songs) <= SINGLE_AT_MOST else "album",
            "artists": [self._artist_ref(artist) for artist in self._album_artists(songs)],
            "images": self.cover(track.album_id),
            "name": track.album,
            "release_date": track.release_date,
            "release_date_precision": PRECISION.get(len(track.release_date), "day"),
            "total_tracks": len(songs),
        }

    def _album_artists(self, songs: Sequence[DemoTrack]) -> list[DemoArtist]:
        """The artist whose name comes first on most of the album's songs."""
        firsts = Counter(song.artists[0] for song in songs if song.artists)
        return [self._catalogue.artists[artist_id] for artist_id, _ in firsts.most_common(1)]

    def cover(self, album_id: str) -> list[Json]:
        """Return the album's cover in its three sizes, in pixels."""
        return [
            {"height": size, "url": f"{self._images}/{album_id}.svg?size={size}", "width": size}
            for size in COVER_SIZES
        ]

    def _local_track(self, track: DemoTrack) -> Json:
        nameless: Json = {"external_urls": {}, "href": None, "id": None}
        artists = self._catalogue.artists_of(track)
        return {
            **nameless,
            "album": {
                **nameless,
                "album_type": None,
                "artists": [],
                "images": [],
                "name": track.album,
                "release_date": None,
                "release_date_precision": None,
                "type": "album",
                "uri": None,
            },
            "artists": [{**nameless, "name": one.name, "type": "artist", "uri": None} for one in artists],
            "disc_number": 0,
            "duration_ms": track.duration_ms,
            "explicit": False,
            "external_ids": {},
            "is_local": True,
            "name": track.name,
            "track_number": 0,
            "type": "track",
            "uri": self._catalogue.uri(track),
        }

    def playlist(self, playlist: Playlist, owner: Account) -> Json:
        """Return a playlist without its songs, the description HTML-escaped as Spotify reads it back."""
        return {
            **self._named("playlist", playlist.id),
            "collaborative": playlist.collaborative,
            "description": escaped(playlist.description),
            "images": self._mosaic(playlist),
            "name": playlist.name,
            "owner": {**self._user_ref(owner), "display_name": owner.name},
            "primary_color": None,
            "public": playlist.public,
            "snapshot_id": playlist.snapshot_id,
        }

    def _user_ref(self, account: Account) -> Json:
        return self._named("user", account.user_id)

    def _mosaic(self, playlist: Playlist) -> list[Json] | None:
        songs = (self._catalogue.tracks.get(entry.uri or "") for entry in playlist.entries)
        albums = [song.album_id for song in songs if song and song.album_id]
        return [{**self.cover(albums[0])[0], "height": None, "width": None}] if albums else None

    def playlist_item(self, entry: Entry, added_by: Account) -> Json:
        """Return one place in a playlist; the song is null where it is lost."""
        track = self._catalogue.tracks.get(entry.uri) if entry.uri else None
        return {
            "added_at": timestamp(entry.added_at),
            "added_by": self._user_ref(added_by),
            "is_local": bool(track and track.is_local),
            "item": self.track(track) if track else None,
            "primary_color": None,
            "video_thumbnail": {"url": None},
        }

    def items_href(self, playlist: Playlist) -> str:
        """Return the address of the playlist's songs."""
        return f"{self._api}/playlists/{playlist.id}/items"


def page(href: str, items: Sequence[Any], *, limit: int, offset: int, total: int) -> Json:
    """Return Spotify's offset paging object around `items`."""

    def at(start: int) -> str:
        return f"{href}?offset={start}&limit={limit}"

    return {
        "href": at(offset),
        "limit": limit,
        "next": at(offset + limit) if offset + limit < total else None,
        "offset": offset,
        "previous": at(max(0, offset - limit)) if offset > 0 else None,
        "total": total,
        "items": list(items),
    }


def timestamp(moment: datetime) -> str:
    """Return `YYYY-MM-DDTHH:MM:SSZ`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def escaped(text: str) -> str:
    """Return the text as Spotify gives a description back (seen 2024-2026: quotes and slashes too)."""
    return escape(text).replace("/", "&#x2F;")

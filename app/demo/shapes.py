"""The JSON of Spotify's songs, artists and people in late 2026.

An app that was made since February 2026 gets no popularity, followers, available_markets, linked_from,
product, country or email; an older app and one with extended quota get them all. Told by Spotify's change
log of February, March and May 2026.
"""

import zlib
from collections.abc import Collection

from app.demo.catalogue import Catalogue
from app.demo.listing import Json, timestamp
from app.demo.models import DemoAlbum, DemoArtist, DemoTrack
from app.demo.options import SimulatorOptions
from app.demo.people import seeded_id
from app.demo.records import Account
from app.demo.switches import Switches

COVER_SIZES = (640, 300, 64)
PRECISION = {4: "year", 7: "month", 10: "day"}
SINGLE_AT_MOST = 3
MARKETS = ["BR", "DE", "FR", "GB", "SE", "US"]
RELINKED = seeded_id("odd:Saved under an id that is gone:relinked")


class Shapes:
    """Writes songs and people as Spotify does for the kind of app that the switches say."""

    def __init__(self, catalogue: Catalogue, options: SimulatorOptions, switches: Switches) -> None:
        self._catalogue = catalogue
        self.old = switches.old_api
        self._genres = switches.genres
        self.api_url = options.api_url
        self._open = options.open_url
        self._images = f"{options.root_url}/images"

    def named(self, kind: str, object_id: str) -> Json:
        """Return the five fields that every object of Spotify has."""
        return {
            "external_urls": {"spotify": f"{self._open}/{kind}/{object_id}"},
            "href": f"{self.api_url}/{kind}s/{object_id}",
            "id": object_id,
            "type": kind,
            "uri": f"spotify:{kind}:{object_id}",
        }

    def me(self, account: Account, scopes: Collection[str]) -> Json:
        """Return the person for the person's own eyes."""
        shape: Json = {
            **self.named("user", account.user_id),
            "account_id": account.id,
            "display_name": account.name,
            "images": [],
        }
        if self.old:
            shape["followers"] = {"href": None, "total": 3}
            if "user-read-private" in scopes:
                explicit = {"filter_enabled": False, "filter_locked": False}
                shape |= {"country": "SE", "product": "premium", "explicit_content": explicit}
            if "user-read-email" in scopes:
                shape["email"] = f"{account.user_id}@example.org"
        return shape

    def artist(self, artist: DemoArtist) -> Json:
        """Return an artist with genres as the switch says."""
        shape = {**self._artist_ref(artist), "images": []}
        if self._genres != "absent":
            genres = {"empty": [], "null": None, "populated": list(artist.genres)}
            shape["genres"] = genres[self._genres]
        if self.old:
            shape |= {
                "followers": {"href": None, "total": 100 * _popularity(artist.id)},
                "popularity": _popularity(artist.id),
            }
        return shape

    def _artist_ref(self, artist: DemoArtist) -> Json:
        if artist.nameless:
            return {**NAMELESS, "name": artist.name, "type": "artist", "uri": None}
        return {**self.named("artist", artist.id), "name": artist.name}

    def saved_track(self, track: DemoTrack) -> Json:
        """Return a liked song."""
        return {"added_at": timestamp(track.added_at), "track": self.track(track)}

    def track(self, track: DemoTrack) -> Json | None:
        """Return a song, a local file with all that a local file lacks, or null for one that is lost."""
        if track.lost:
            return None
        shape = self._local_track(track) if track.is_local else self._spotify_track(track)
        return {**shape, **_old_fields(track)} if self.old else shape

    def _spotify_track(self, track: DemoTrack) -> Json:
        shape = {
            **self.named("track", track.id or ""),
            "album": self._album(track),
            "artists": [self._artist_ref(artist) for artist in self._catalogue.artists_of(track)],
            "disc_number": 1,
            "duration_ms": track.duration_ms,
            "explicit": False,
            "external_ids": {"isrc": track.isrc} if track.isrc else {},
            "is_local": False,
            "is_playable": track.playable,
            "name": track.name,
            "track_number": self._catalogue.track_number(track),
        }
        if not track.playable:
            shape["restrictions"] = {"reason": "market"}
        if self.old and track.id == RELINKED:
            shape["linked_from"] = self.named("track", seeded_id("odd:the id that is gone"))
        return shape

    def _album(self, track: DemoTrack) -> Json:
        album = self._catalogue.find_album(track.album_id)
        assert album  # noqa: S101 - every song that is no local file has one
        shape = {
            **self.named("album", album.id),
            "album_type": "single" if album.total_tracks <= SINGLE_AT_MOST else "album",
            "artists": self._album_artists(album),
            "images": self.cover(album.id),
            "name": album.name,
            "release_date": track.release_date,
            "release_date_precision": PRECISION.get(len(track.release_date), "day"),
            "total_tracks": album.total_tracks,
        }
        return {**shape, "available_markets": MARKETS} if self.old else shape

    def _album_artists(self, album: DemoAlbum) -> list[Json]:
        artist = self._catalogue.find_artist(album.artist_id) if album.artist_id else None
        return [self._artist_ref(artist)] if artist else []

    def cover(self, album_id: str) -> list[Json]:
        """Return the album's cover in its three sizes, in pixels."""
        return [
            {"height": size, "url": f"{self._images}/{album_id}.svg?size={size}", "width": size}
            for size in COVER_SIZES
        ]

    def _local_track(self, track: DemoTrack) -> Json:
        artists = self._catalogue.artists_of(track)
        return {
            **NAMELESS,
            "album": {
                **NAMELESS,
                "album_type": None,
                "artists": [],
                "images": [],
                "name": track.album,
                "release_date": None,
                "release_date_precision": None,
                "type": "album",
                "uri": None,
            },
            "artists": [{**NAMELESS, "name": one.name, "type": "artist", "uri": None} for one in artists],
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


NAMELESS: Json = {"external_urls": {}, "href": None, "id": None}


def _old_fields(track: DemoTrack) -> Json:
    return {
        "available_markets": MARKETS if track.playable and not track.is_local else [],
        "popularity": _popularity(track.id) if track.id else 0,
        "preview_url": None,
    }


def _popularity(object_id: str) -> int:
    return zlib.crc32(object_id.encode()) % 101

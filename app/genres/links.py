"""Where "Open Spotify" leads, and the names of artists at the sources."""

from urllib.parse import quote_plus

from app.genres.songs import Song
from app.genres.sources.protocol import MBID
from app.spotify.models import SPOTIFY_ID


class Links:
    """Addresses of songs, artists and playlists at Spotify, or wherever `open_url` says.

    Args:
        open_url: Spotify's own pages.
        at_sources: whether artists have pages at MusicBrainz and Last.fm; those of the demo are made up.
    """

    def __init__(self, open_url: str, *, at_sources: bool = True) -> None:
        self._open_url = open_url
        self._at_sources = at_sources

    def track(self, song: Song) -> str | None:
        """Return a song's address; local files have none."""
        return None if song.is_local else self._address("track", song.id)

    def uri(self, uri: str) -> str | None:
        """Return the address of a Spotify URI: spotify:track:..."""
        _, kind, spotify_id = [*uri.split(":"), "", ""][:3]
        return self._address(kind, spotify_id) if kind in {"track", "episode"} else None

    def artist(self, artist_id: str | None) -> str | None:
        """Return an artist's address, if Spotify gave an id."""
        return self._address("artist", artist_id)

    def at_source(self, source: str, *, name: str, mbid: str | None) -> str | None:
        """Return an artist's page at a source that has one for what is known of the artist.

        Last.fm wants links to the artist's page (clause 2.7 of its API terms, November 2026).
        """
        if self._at_sources and source == "musicbrainz" and MBID.fullmatch(mbid or ""):
            return f"https://musicbrainz.org/artist/{mbid}"
        if self._at_sources and source == "lastfm" and name:
            return f"https://www.last.fm/music/{quote_plus(name)}"
        return None

    def playlist(self, playlist_id: str) -> str | None:
        """Return a playlist's address."""
        return self._address("playlist", playlist_id)

    def _address(self, kind: str, spotify_id: str | None) -> str | None:
        """Build an address of an id that is one; what an answer holds is not trusted in links."""
        return f"{self._open_url}/{kind}/{spotify_id}" if SPOTIFY_ID.fullmatch(spotify_id or "") else None

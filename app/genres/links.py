"""Where "Open Spotify" leads."""

from app.genres.songs import Song
from app.spotify.models import SPOTIFY_ID


class Links:
    """Addresses of songs, artists and playlists at Spotify, or wherever `open_url` says."""

    def __init__(self, open_url: str) -> None:
        self._open_url = open_url

    def track(self, song: Song) -> str | None:
        """Return a song's address; local files have none."""
        return None if song.is_local else self._address("track", song.id)

    def artist(self, artist_id: str | None) -> str | None:
        """Return an artist's address, if Spotify gave an id."""
        return self._address("artist", artist_id)

    def playlist(self, playlist_id: str) -> str | None:
        """Return a playlist's address."""
        return self._address("playlist", playlist_id)

    def _address(self, kind: str, spotify_id: str | None) -> str | None:
        """Build an address of an id that is one; what an answer holds is not trusted in links."""
        return f"{self._open_url}/{kind}/{spotify_id}" if SPOTIFY_ID.fullmatch(spotify_id or "") else None

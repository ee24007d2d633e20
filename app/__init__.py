"""genre-sorter: sorts a Spotify library by genre and makes playlists from it."""

__version__ = "0.1.0"

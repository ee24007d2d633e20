"""In which of a listener's own playlists a song is."""

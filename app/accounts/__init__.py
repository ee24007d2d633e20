"""Sign-in, sessions and Spotify connections."""

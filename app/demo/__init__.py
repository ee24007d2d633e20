"""The simulator: a stand-in for Spotify and the genre sources."""

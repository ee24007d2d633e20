"""What new playlists are called and look like."""

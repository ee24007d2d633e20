"""Reading what a person wants sorted: Liked Songs and playlists."""

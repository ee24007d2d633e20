"""The pages of the playlists that are kept in step: all of them, and each with how it is kept."""

"""Previewing and making playlists."""

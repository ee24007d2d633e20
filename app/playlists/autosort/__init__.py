"""Playlists that are refreshed by themselves, day by day or week by week."""

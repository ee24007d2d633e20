"""The Spotify Web API client."""

"""The app with an account that Spotify vouches for, as for sign-in."""

from tests.integration.accounts.conftest import base_url, jumping, settings, spotify

__all__ = ["base_url", "jumping", "settings", "spotify"]

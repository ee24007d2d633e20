"""The scopes of Spotify's Web API (November 2026) and what each allows, for the consent page."""

from collections.abc import Iterable

SCOPES = {
    "user-library-read": "See the songs and albums you have saved",
    "playlist-read-private": "See your private playlists",
    "playlist-read-collaborative": "See your collaborative playlists",
    "playlist-modify-private": "Make and change your private playlists",
    "playlist-modify-public": "Make and change your public playlists",
    "user-library-modify": "Change what you have saved",
    "user-follow-read": "See who you follow",
    "user-follow-modify": "Change who you follow",
    "user-top-read": "See the artists and songs you listen to most",
    "user-read-recently-played": "See what you played last",
    "user-read-currently-playing": "See what is playing",
    "user-read-playback-state": "See what is playing and where",
    "user-read-playback-position": "See where you stopped in what you played",
    "user-modify-playback-state": "Control what plays",
    "user-read-private": "See the details of your account",
    "user-read-email": "See your email address",
    "ugc-image-upload": "Upload pictures for you",
    "streaming": "Play music for you",
    "app-remote-control": "Control Spotify on your devices",
}


def sentences(scopes: Iterable[str]) -> list[str]:
    """Return what these scopes allow, in the order of the table."""
    asked = frozenset(scopes)
    return [sentence for scope, sentence in SCOPES.items() if scope in asked]

"""Spotify-like ids that are the same on every machine and in every run."""

import hashlib
import string

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ID_LENGTH = 22


def spotify_id(*parts: str) -> str:
    """Return 22 base62 characters that depend on nothing but `parts`."""
    number = int.from_bytes(hashlib.sha256("\x1f".join(parts).encode()).digest())
    letters = []
    for _ in range(_ID_LENGTH):
        number, digit = divmod(number, len(_BASE62))
        letters.append(_BASE62[digit])
    return "".join(letters)

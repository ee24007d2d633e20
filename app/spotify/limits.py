"""What Spotify takes (its OpenAPI document of May 2026, and developers' reports up to September 2026)."""

ADD_LIMIT = 100
"""Entries that one call adds."""
REMOVE_LIMIT = 100
"""Entries that one call takes out."""
PLAYLIST_LIMIT = 10_000
"""Entries that a playlist holds."""
NAME_LIMIT = 100
"""Letters of a playlist's name; longer ones break."""
DESCRIPTION_LIMIT = 300
"""Letters of a description; a line break in it is answered with 400."""


def fitting(text: str, limit: int) -> str:
    """Put `text` on one line of at most `limit` letters, as names and descriptions must be."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"

"""What Spotify takes (its OpenAPI document of May 2026, and developers' reports up to September 2026)."""

import re

ADD_LIMIT = 100
"""Entries that one call adds."""
REMOVE_LIMIT = 100
"""Entries that one call takes out."""
PLAYLIST_LIMIT = 10_000
"""Entries that a playlist holds."""
NAME_LIMIT = 100
"""Letters of a playlist's name; longer ones break."""
DESCRIPTION_LIMIT = 300
"""Letters of a description; a line break or an HTML tag in it is answered with 400."""
COVER_LIMIT = 256 * 1024
"""Bytes of a cover as it is sent: a JPEG in base64."""

# What has no shape of its own, or turns the direction of all that follows it on a page.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_TAG = re.compile(r"<(/?[A-Za-z!][^<>]*)>")


def fitting(text: str, limit: int) -> str:
    """Put `text` on one line of at most `limit` letters without HTML, as names and descriptions must be.

    What would be an HTML tag keeps its words between single quotation marks; "I <3 rock" stays as it is.
    """
    line = " ".join(_UNPRINTABLE.sub(" ", _TAG.sub("\u2039\\1\u203a", text)).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"

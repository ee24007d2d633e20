"""Songs that may be one to a listener: the same recording twice, or the same title by the same artists."""

from collections.abc import Sequence

from app.genres.songs import Song


def copies(songs: Sequence[Song]) -> dict[str, list[int]]:
    """Return the numbers of songs that share an ISRC, by that; most share it with nobody."""
    seen: set[str] = set()
    found: dict[str, list[int]] = {}
    for song in songs:
        if isrc := song.isrc:
            if isrc in seen:
                found[isrc] = []
            seen.add(isrc)
    for number, song in enumerate(songs if found else ()):
        if song.isrc in found:
            found[song.isrc].append(number)
    return found

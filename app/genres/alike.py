"""Songs that may be one to a listener: the same recording twice, or the same title by the same artists."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

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


def same_title(songs: Sequence[Song]) -> Iterator[list[int]]:
    """Yield the numbers of songs that share title and artists, however these are written or ordered."""
    alike: defaultdict[tuple[str, frozenset[str]], list[int]] = defaultdict(list)
    for number, song in enumerate(songs):
        artists = frozenset(artist.id or artist.name.casefold() for artist in song.artists)
        if (title := " ".join(song.name.casefold().split())) and artists:
            alike[title, artists].append(number)
    return (group for group in alike.values() if len(group) > 1)

"""What of a library can be corrected: its artists and its songs."""

from collections import Counter
from typing import NamedTuple

from app.errors import NotFoundError
from app.genres.library import Library, PlacedSong
from app.genres.personal.corrections import ARTIST, SONG, Corrections
from app.genres.songs import Song


class Target(NamedTuple):
    """An artist or a song: `artist:<id>` or `song:<key>`, and what people call it."""

    name: str
    label: str

    @property
    def is_artist(self) -> bool:
        """Whether it is an artist."""
        return self.name.startswith(ARTIST)


def targets_of(song: Song) -> tuple[Target, ...]:
    """Return what of a song can be corrected: the song, and its artists that have an id."""
    artists = (Target(ARTIST + artist.id, artist.name) for artist in song.artists if artist.id)
    return (Target(SONG + song.key, song.name), *artists)


def find_target(library: Library, wanted: str) -> Target:
    """Return what is meant by `artist:<id>`, by `song:<key>`, or by the plain id of either.

    Raises:
        NotFoundError: nothing of the library is, or both an artist and a song.
    """
    targets = (target for placed in library.songs for target in targets_of(placed.song))
    found = {target.name: target for target in targets if target.name.endswith(wanted)}
    meant = [name for name in found if wanted in (name, name.partition(":")[2])]
    if len(meant) != 1:
        raise NotFoundError("Your library has no such artist or song.")
    return found[meant[0]]


def songs_of(library: Library, target: str) -> list[PlacedSong]:
    """Return the song, or the songs that an artist is on, newest likes first."""
    kind, _, wanted = target.partition(":")
    if kind + ":" == SONG:
        return [placed for placed in library.songs if placed.song.key == wanted]
    return [placed for placed in library.songs if any(one.id == wanted for one in placed.song.artists)]


def settled(library: Library, corrections: Corrections) -> Counter[str]:
    """Count the songs that stand where they do because of each correction, by its target."""
    counts: Counter[str] = Counter()
    for placed in library.songs:
        if placed.placement.certainty == "own":
            names = (target.name for target in targets_of(placed.song))
            counts.update([name for name in names if name in corrections.entries][:1])
    return counts

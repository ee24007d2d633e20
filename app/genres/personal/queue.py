"""What is left to settle: artists first, by the songs that they would settle, then songs by themselves."""

from collections import defaultdict
from typing import NamedTuple

from app.genres.library import Library, PlacedSong
from app.genres.personal.targets import Target, targets_of


class Unsettled(NamedTuple):
    """An artist or a song, and the songs without a genre that a word about it would settle."""

    target: Target
    songs: tuple[PlacedSong, ...]


def unsettled(library: Library) -> tuple[Unsettled, ...]:
    """Return of whom to say a genre; songs whose artists have no id, such as local files, come last."""
    songs: defaultdict[str, list[PlacedSong]] = defaultdict(list)
    targets: dict[str, Target] = {}
    for placed in library.without_genre:
        song, *artists = targets_of(placed.song)
        for target in artists or [song]:
            targets[target.name] = target
            songs[target.name].append(placed)
    queue = (Unsettled(target, tuple(songs[name])) for name, target in targets.items())
    return tuple(
        sorted(
            queue, key=lambda one: (not one.target.is_artist, -len(one.songs), one.target.label.casefold())
        )
    )

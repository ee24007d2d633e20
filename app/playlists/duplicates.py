"""Songs that may be one to a listener: the same recording twice, or the same title by the same artists."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from app.genres.alike import same_title
from app.genres.songs import Song
from app.playlists.models import Duplicate, Entry


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of some songs go into a playlist, newest like first.

    Attributes:
        entries: each recording once.
        duplicates: what was left out for that, and pairs of which both are in.
        local: local files, which Spotify's API cannot add.
        unplayable: songs that Spotify does not play where the listener is.
    """

    entries: tuple[Entry, ...]
    duplicates: tuple[Duplicate, ...]
    local: int
    unplayable: int


def choose(songs: Sequence[Song], *, dropped: Collection[str] = ()) -> Choice:
    """Choose from songs, newest like first.

    A song stands there once, and so does a recording by its ISRC: the older like wins. Of songs with the same
    title by the same artists both stay; they are told as a pair.

    Args:
        songs: what belongs into the playlist.
        dropped: URIs that the listener does not want in it.
    """
    local = [song for song in songs if song.is_local or not song.uri]
    unplayable = [song for song in songs if not song.playable and not song.is_local and song.uri]
    skipped = {song.key for song in (*local, *unplayable)}
    playable = {song.uri: song for song in songs if song.key not in skipped}
    fit = [song for song in playable.values() if song.uri not in dropped]
    oldest = {song.isrc: song for song in fit if song.isrc}  # later ones, which are older likes, win
    kept = [song for song in fit if not song.isrc or oldest[song.isrc] is song]
    left_out = (song for song in fit if song.isrc and oldest[song.isrc] is not song)
    repeated = [
        Duplicate(kept=oldest[song.isrc].uri, other=song.uri, kind="recording")
        for song in left_out
        if song.isrc
    ]
    return Choice(
        entries=tuple(Entry(song.uri, song.isrc or "") for song in kept),
        duplicates=(*repeated, *_namesakes(kept)),
        local=len(local),
        unplayable=len(unplayable),
    )


def _namesakes(songs: Sequence[Song]) -> Iterable[Duplicate]:
    """Return the songs with the title and artists of an older like, beside that one."""
    for *newer, oldest in same_title(songs):
        yield from (
            Duplicate(kept=songs[oldest].uri, other=songs[number].uri, kind="title") for number in newer
        )

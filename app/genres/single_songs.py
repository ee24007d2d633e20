"""The genres of a song that need not be in any library."""

from contextlib import suppress
from dataclasses import dataclass

from app.errors import NotFoundError
from app.genres.fold import Fold
from app.genres.folding import Placement
from app.genres.labels import Label, label_of
from app.genres.library import GENRE, Library
from app.genres.placing import Placer, group_of
from app.genres.resolver import ArtistResolver
from app.genres.songs import Song


@dataclass(frozen=True, slots=True)
class SongGenres:
    """What a song is.

    Attributes:
        lead: its lead genre in its family's colour; None where no genre is known.
        names: all its genres, the lead first.
    """

    lead: Label | None
    names: tuple[str, ...]


async def genres_of(
    song: Song, library: Library | None, *, resolver: ArtistResolver, families: Fold
) -> SongGenres:
    """Return a song's genres as the person's library has them, else by what is known of its artists.

    No source is asked.
    """
    fold = library.fold if library else families
    place = await _place(song, library, resolver, fold)
    lead = label_of(GENRE + place.lead, fold) if place.lead else None
    return SongGenres(lead, place.genres)


async def _place(song: Song, library: Library | None, resolver: ArtistResolver, fold: Fold) -> Placement:
    if library:
        with suppress(NotFoundError):
            return library.get_song(song.key).placement
    placer = Placer(fold, library.origin.corrections if library else None)
    names = {artist.id: artist.name for artist in song.artists if artist.id}
    placer.learn((await resolver.recall(names)).values(), names)
    return placer.own_place(song) or placer.place(group_of(song))

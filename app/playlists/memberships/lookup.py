"""In which of a listener's own playlists a song is, as far as that is known; nothing is asked for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from app.errors import Action, ConflictError
from app.genres.filters import EVERYTHING, NOTHING_LISTED, UNLISTED, Listed, SongFilter
from app.genres.library import Library
from app.genres.service import GenresService
from app.genres.songs import Song
from app.genres.why_page import InPlaylists
from app.playlists.memberships.models import Contents, Listing
from app.playlists.memberships.repository import ContentsRepository
from app.playlists.models import Entry
from app.playlists.preview import Wanted
from app.playlists.records import MadePlaylist
from app.playlists.repository import PlaylistsRepository


class ContentsUnknownError(ConflictError):
    """Nobody has asked yet which playlists there are."""

    code = "contents-unknown"
    title = "It is not known yet what is in your playlists"
    safe = "Nothing was written."
    action = Action("Read my playlists", "/playlists/contents")

    def __init__(self) -> None:
        super().__init__("Have them read first; how many calls to Spotify that takes is said before.")


@dataclass(frozen=True, slots=True)
class Held:
    """What is in one playlist.

    Attributes:
        keys: its songs as a library knows them.
        isrcs: codes of their recordings, as far as these are known.
    """

    id: str
    name: str
    url: str
    keys: frozenset[str]
    isrcs: frozenset[str] = frozenset()

    @classmethod
    def of(cls, made: MadePlaylist, entries: Sequence[Entry]) -> Self:
        """Return what is in a playlist that the app keeps."""
        isrcs = frozenset(entry.isrc for entry in entries if entry.isrc)
        return cls(made.id, made.name, made.url, Contents.of(entries).keys, isrcs)

    def __contains__(self, song: Song) -> bool:
        return song.key in self.keys or song.isrc in self.isrcs


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a person's playlists.

    Attributes:
        listing: what Spotify listed; None while nobody asked for it.
        unread: playlists of the listing of which it is not known what is in them.
    """

    listing: Listing | None
    held: tuple[Held, ...]
    unread: int

    def keys_in(self, library: Library, *, but: str | None = None) -> frozenset[str]:
        """Return which songs of a library are in a playlist, `but` left out.

        Of a recording that is in one, every copy is.
        """
        looked_at = [one for one in self.held if one.id != but]
        keys = frozenset[str]().union(*(one.keys for one in looked_at))
        isrcs = set[str | None]().union(*(one.isrcs for one in looked_at))
        isrcs |= {placed.song.isrc for placed in library.songs if placed.song.key in keys}
        isrcs.discard(None)
        songs = (placed.song for placed in library.songs)
        return frozenset(song.key for song in songs if song.key in keys or song.isrc in isrcs)


class Memberships:
    """Looks things up in what the app keeps itself and what was read of the other playlists."""

    def __init__(
        self, contents: ContentsRepository, playlists: PlaylistsRepository, genres: GenresService
    ) -> None:
        self._contents = contents
        self._playlists = playlists
        self._genres = genres

    async def find_listed(self, user_id: str, chosen: SongFilter) -> Listed | None:
        """Return which songs of the library are in one of the person's playlists, if a filter looks at that.

        None is returned while nobody asked which there are.
        """
        library = await self._genres.find_library(user_id) if chosen.playlists else None
        if library is None:
            return NOTHING_LISTED
        known = await self._look(user_id)
        if known.listing is None:
            return None
        return Listed(known.keys_in(library), known.unread, known.listing.as_of)

    async def get_listed(self, user_id: str, *, unlisted: bool) -> Listed:
        """Return the same if only songs in no playlist are wanted.

        Raises:
            ContentsUnknownError: they are, and nobody asked yet which playlists there are.
        """
        listed = await self.find_listed(user_id, UNLISTED if unlisted else EVERYTHING)
        if listed is None:
            raise ContentsUnknownError
        return listed

    async def places_of(self, user_id: str, key: str) -> InPlaylists:
        """Return in which playlists a song of the library is.

        Raises:
            NoLibraryError: there is no library.
            NotFoundError: the song is not in it.
        """
        library = await self._genres.get_library(user_id)
        song = library.get_song(key).song
        copies = (song, *(copy.song for copy in library.copies_of(song)))
        known = await self._look(user_id)
        found = (one for one in known.held if any(copy in one for copy in copies))
        return InPlaylists(
            playlists=tuple((one.name, one.url) for one in found),
            unread=known.unread if known.listing else None,
        )

    async def narrowed(self, user_id: str, wanted: Sequence[Wanted]) -> list[Wanted]:
        """Return what is wanted, and what it leaves out where only songs in no other playlist were asked for.

        Raises:
            ContentsUnknownError: nobody has asked yet which playlists there are.
            NoLibraryError: there is no library.
        """
        if not any(one.selection.unlisted for one in wanted):
            return list(wanted)
        known, library = await self._look(user_id), await self._genres.get_library(user_id)
        if known.listing is None:
            raise ContentsUnknownError
        return [_narrowed(one, library, known) if one.selection.unlisted else one for one in wanted]

    async def _look(self, user_id: str) -> Known:
        made = {one.id: one for one in await self._playlists.list_made(user_id) if not one.gone}
        songs = await self._playlists.list_songs(user_id, made)
        listing = await self._contents.find_listing(user_id)
        read = [one for one in (listing.playlists if listing else ()) if one.mine and one.read is not None]
        others = {one.id: one for one in read if one.id not in made}
        contents = await self._contents.list_contents(user_id, others)
        kept = [Held.of(made[id_], known.items) for id_, known in songs.items()]
        held = [
            Held(one.id, one.name, one.url, contents[id_].keys)
            for id_, one in others.items()
            if id_ in contents
        ]
        return Known(listing, (*kept, *held), len(listing.missing(made)) if listing else 0)


def _narrowed(wanted: Wanted, library: Library, known: Known) -> Wanted:
    selection, listed = wanted.selection, known.keys_in(library, but=wanted.target)
    chosen = library.select(selection.include, match=selection.match, exclude=selection.exclude)
    out = (placed.song for placed in chosen if placed.song.key in listed)
    return wanted.model_copy(update={"listed": tuple(song.uri for song in out if song.uri)})

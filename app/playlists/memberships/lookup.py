"""In which of a listener's own playlists a song is, as far as that is known; nothing is asked for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.errors import Action, ConflictError
from app.genres.filters import EVERYTHING, NOTHING_LISTED, UNLISTED, Listed, SongFilter
from app.genres.library import Library
from app.genres.service import GenresService
from app.genres.songs import Song
from app.genres.why_page import InPlaylists
from app.playlists.memberships.models import Contents, Listing
from app.playlists.memberships.repository import ContentsRepository
from app.playlists.preview import Wanted
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

    def __contains__(self, song: Song) -> bool:
        return song.key in self.keys or song.isrc in self.isrcs


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

        Of a recording that is in one, every copy is. None is returned while nobody asked which there are.
        """
        if not chosen.playlists:
            return NOTHING_LISTED
        listing = await self._contents.find_listing(user_id)
        library = await self._genres.find_library(user_id)
        if listing is None or library is None:
            return None
        held = await self._held(user_id, listing)
        return Listed(_in_any(library, held), await self._unread(user_id, listing), listing.as_of)

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
        listing = await self._contents.find_listing(user_id)
        found = [one for one in await self._held(user_id, listing) if any(copy in one for copy in copies)]
        return InPlaylists(
            playlists=tuple((one.name, one.url) for one in found),
            unread=await self._unread(user_id, listing) if listing else None,
        )

    async def narrowed(self, user_id: str, wanted: Sequence[Wanted]) -> list[Wanted]:
        """Return what is wanted, and what it leaves out where only songs in no other playlist were asked for.

        Raises:
            ContentsUnknownError: nobody has asked yet which playlists there are.
            NoLibraryError: there is no library.
        """
        if not any(one.selection.unlisted for one in wanted):
            return list(wanted)
        listing = await self._contents.find_listing(user_id)
        if listing is None:
            raise ContentsUnknownError
        library, held = await self._genres.get_library(user_id), await self._held(user_id, listing)
        return [_narrowed(one, library, held) if one.selection.unlisted else one for one in wanted]

    async def _held(self, user_id: str, listing: Listing | None) -> list[Held]:
        made = [one for one in await self._playlists.list_made(user_id) if not one.gone]
        songs = await self._playlists.list_songs(user_id, [one.id for one in made])
        kept = {one.id for one in made}
        read = [one for one in (listing.playlists if listing else ()) if one.read is not None]
        others = [one for one in read if one.mine and one.id not in kept]
        contents = await self._contents.list_contents(user_id, [one.id for one in others])
        entries = {one.id: songs[one.id].items if one.id in songs else () for one in made}
        return [
            *(
                Held(
                    one.id,
                    one.name,
                    one.url,
                    Contents.of(entries[one.id]).keys,
                    frozenset(entry.isrc for entry in entries[one.id] if entry.isrc),
                )
                for one in made
            ),
            *(Held(one.id, one.name, one.url, contents.get(one.id, Contents()).keys) for one in others),
        ]

    async def _unread(self, user_id: str, listing: Listing) -> int:
        made = {one.id for one in await self._playlists.list_made(user_id)}
        return len(listing.missing(made))


def _in_any(library: Library, held: Sequence[Held]) -> frozenset[str]:
    """Return which songs of a library are in a playlist; of a recording that is, every copy is."""
    keys = frozenset[str]().union(*(one.keys for one in held))
    isrcs = set[str | None]().union(*(one.isrcs for one in held))
    isrcs |= {placed.song.isrc for placed in library.songs if placed.song.key in keys}
    isrcs.discard(None)
    return frozenset(
        placed.song.key for placed in library.songs if placed.song.key in keys or placed.song.isrc in isrcs
    )


def _narrowed(wanted: Wanted, library: Library, held: Iterable[Held]) -> Wanted:
    selection = wanted.selection
    listed = _in_any(library, [one for one in held if one.id != wanted.target])
    chosen = library.select(selection.include, match=selection.match, exclude=selection.exclude)
    out = [placed.song.uri for placed in chosen if placed.song.key in listed and placed.song.uri]
    return wanted.model_copy(update={"listed": tuple(out)})

"""Spotify's calls about playlists; the Web API has no single call that reads, or writes, a long one whole."""

from base64 import b64encode
from collections.abc import Sequence

from app.errors import InvalidInputError
from app.spotify.errors import ChangedMeanwhileError, TooLargeError
from app.spotify.limits import ADD_LIMIT, COVER_LIMIT, DESCRIPTION_LIMIT, NAME_LIMIT, REMOVE_LIMIT, fitting
from app.spotify.models import SPOTIFY_URI, Playlist, PlaylistItem, PlaylistSummary
from app.spotify.paging import PAGE_LIMIT, Page, distinct, pages, read_embedded, read_page
from app.spotify.reading import checked, named, read
from app.spotify.tokens import TokenSource
from app.spotify.transport import Request, Transport
from app.upstream.gate import Priority

EPISODES_TOO = {"additional_types": "track,episode"}


class PlaylistCalls:
    """The part of `SpotifyClient` that reads and changes playlists; what it raises is said there."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def my_playlists(
        self, tokens: TokenSource, *, offset: int, priority: Priority = Priority.INTERACTIVE
    ) -> Page[PlaylistSummary]:
        """Return a page of the playlists a person owns or follows; a later page may repeat one."""
        params = {"limit": PAGE_LIMIT, "offset": offset}
        request = Request(method="GET", path="/me/playlists", params=params, priority=priority)
        body = await self._transport.send(tokens, request)
        page = read_page(PlaylistSummary, body, offset=offset, limit=PAGE_LIMIT)
        items = distinct(page.items, key=lambda playlist: playlist.id)
        return page.model_copy(
            update={"items": items, "skipped": page.skipped + len(page.items) - len(items)}
        )

    async def all_my_playlists(
        self, tokens: TokenSource, *, priority: Priority = Priority.INTERACTIVE
    ) -> tuple[PlaylistSummary, ...]:
        """Return every playlist that a person owns or follows, each once, with its snapshot id.

        One call for fifty of them.
        """
        found: list[PlaylistSummary] = []
        async for page in pages(lambda offset: self.my_playlists(tokens, offset=offset, priority=priority)):
            found += page.items
        return distinct(found, key=lambda playlist: playlist.id)

    async def create_playlist(self, tokens: TokenSource, *, name: str, description: str) -> Playlist:
        """Make an empty playlist that is not on the person's profile; texts too long are cut."""
        body = {
            "name": fitting(name, NAME_LIMIT),
            "description": fitting(description, DESCRIPTION_LIMIT),
            "public": False,
        }
        request = Request(method="POST", path="/me/playlists", body=body, priority=Priority.WRITE)
        return read(Playlist, await self._transport.send(tokens, request))

    async def change_details(
        self,
        tokens: TokenSource,
        playlist_id: str,
        *,
        name: str | None = None,
        description: str | None = None,
    ) -> None:
        """Give a playlist another name or description; what is None or empty stays as it is.

        An empty description is not sent: what Spotify makes of one is not reliable (developers' reports up to
        September 2026). Doing it twice does no harm.

        Raises:
            InvalidInputError: `playlist_id` is none.
        """
        path = f"/playlists/{checked(playlist_id)}"
        said = {
            "name": fitting(name or "", NAME_LIMIT),
            "description": fitting(description or "", DESCRIPTION_LIMIT),
        }
        if body := {key: text for key, text in said.items() if text}:
            request = Request(method="PUT", path=path, body=body, priority=Priority.WRITE)
            await self._transport.send(tokens, request)

    async def playlist(
        self, tokens: TokenSource, playlist_id: str, *, priority: Priority = Priority.WRITE
    ) -> Playlist:
        """Return a playlist without its entries.

        Raises:
            InvalidInputError: `playlist_id` is none.
        """
        request = Request(method="GET", path=f"/playlists/{checked(playlist_id)}", priority=priority)
        return read(Playlist, named(await self._transport.send(tokens, request), playlist_id))

    async def playlist_with_items(
        self,
        tokens: TokenSource,
        playlist_id: str,
        *,
        priority: Priority = Priority.SCAN,
        keep_places: bool = False,
    ) -> tuple[Playlist, Page[PlaylistItem]]:
        """Return a playlist with its first entries, up to 100; the page says where to go on.

        Of a playlist that this person may not read Spotify tells no entries: its `total` is None.

        Args:
            tokens: whose playlist it is.
            playlist_id: which.
            priority: who waits.
            keep_places: whether an empty entry stands where Spotify gives null, which is left out otherwise.

        Raises:
            InvalidInputError: `playlist_id` is none.
        """
        request = Request(
            method="GET", path=f"/playlists/{checked(playlist_id)}", params=EPISODES_TOO, priority=priority
        )
        body = await self._transport.send(tokens, request)
        hole = PlaylistItem() if keep_places else None
        return read(Playlist, named(body, playlist_id)), read_embedded(PlaylistItem, body, hole=hole)

    async def playlist_items(
        self,
        tokens: TokenSource,
        playlist_id: str,
        *,
        offset: int,
        limit: int = PAGE_LIMIT,
        priority: Priority = Priority.WRITE,
        keep_places: bool = False,
    ) -> Page[PlaylistItem]:
        """Return a page of a playlist's entries, in the playlist's order; see `playlist_with_items`.

        Raises:
            InvalidInputError: `playlist_id` is none.
        """
        params: dict[str, str | int] = {"limit": limit, "offset": offset, **EPISODES_TOO}
        path = f"/playlists/{checked(playlist_id)}/items"
        request = Request(method="GET", path=path, params=params, priority=priority)
        body = await self._transport.send(tokens, request)
        hole = PlaylistItem() if keep_places else None
        return read_page(PlaylistItem, body, offset=offset, limit=limit, hole=hole)

    async def remaining_items(
        self,
        tokens: TokenSource,
        playlist_id: str,
        first: Page[PlaylistItem],
        *,
        priority: Priority = Priority.WRITE,
    ) -> tuple[PlaylistItem, ...]:
        """Return all entries of a playlist, each in its place, reading on from its `first` page.

        The first page comes with the playlist (`playlist_with_items`, places kept): up to a hundred entries
        take no further call, every fifty after that one.

        Raises:
            ChangedMeanwhileError: its length changed while it was read.
        """
        items, offset = list(first.items), first.next_offset
        while offset is not None:
            page = await self.playlist_items(
                tokens, playlist_id, offset=offset, priority=priority, keep_places=True
            )
            items += page.items
            offset = page.next_offset
            if page.total != first.total:
                raise ChangedMeanwhileError
        if len(items) != first.total:
            raise ChangedMeanwhileError
        return tuple(items)

    async def add_items(
        self, tokens: TokenSource, playlist_id: str, uris: Sequence[str], *, position: int | None = None
    ) -> str:
        """Put up to 100 songs into a playlist and return its snapshot id.

        The first goes to `position`, without one behind all others.

        Raises:
            InvalidInputError: `playlist_id` or one of `uris` is none; local files cannot be added.
            ValueError: no `uris` or more than 100.
        """
        if not 1 <= len(uris) <= ADD_LIMIT:
            raise ValueError(f"{len(uris)} songs in one call; it takes 1 to {ADD_LIMIT}")
        if not all(SPOTIFY_URI.fullmatch(uri) for uri in uris):
            raise InvalidInputError("Only songs and episodes that Spotify itself has can be added.")
        path = f"/playlists/{checked(playlist_id)}/items"
        place = {} if position is None else {"position": position}
        body = {"uris": list(uris), **place}
        request = Request(method="POST", path=path, body=body, priority=Priority.WRITE)
        answer = await self._transport.send(tokens, request)
        return str(answer.get("snapshot_id") or "")

    async def remove_items(self, tokens: TokenSource, playlist_id: str, uris: Sequence[str]) -> str:
        """Take every copy of up to 100 songs out of a playlist, and return its snapshot id.

        Positions are ignored by Spotify (developers' reports, April to September 2026), so one copy of
        several cannot be taken out; removing what is not there changes nothing.

        Raises:
            InvalidInputError: `playlist_id` or one of `uris` is none; local files cannot be taken out.
            ValueError: no `uris` or more than 100.
        """
        if not 1 <= len(uris) <= REMOVE_LIMIT:
            raise ValueError(f"{len(uris)} songs in one call; it takes 1 to {REMOVE_LIMIT}")
        if not all(SPOTIFY_URI.fullmatch(uri) for uri in uris):
            raise InvalidInputError("Only songs and episodes that Spotify itself has can be taken out.")
        path = f"/playlists/{checked(playlist_id)}/items"
        body = {"items": [{"uri": uri} for uri in uris]}
        request = Request(method="DELETE", path=path, body=body, priority=Priority.WRITE)
        answer = await self._transport.send(tokens, request)
        return str(answer.get("snapshot_id") or "")

    async def upload_cover(self, tokens: TokenSource, playlist_id: str, jpeg: bytes) -> None:
        """Give a playlist a cover in the place of the one it has; doing it twice does no harm.

        Raises:
            InvalidInputError: `playlist_id` is none.
            TooLargeError: Spotify does not take a picture of this size; it was not asked.
        """
        picture = b64encode(jpeg)
        if len(picture) > COVER_LIMIT:
            raise TooLargeError
        path = f"/playlists/{checked(playlist_id)}/images"
        request = Request(method="PUT", path=path, picture=picture, priority=Priority.WRITE)
        await self._transport.send(tokens, request)

    async def unfollow(self, tokens: TokenSource, playlist_id: str) -> None:
        """Take a playlist out of the person's list, which is how one's own is deleted at Spotify.

        It needs `playlist-modify-public`, also for a private one (Spotify's OpenAPI document, May 2026).
        Doing it twice does no harm.

        Raises:
            InvalidInputError: `playlist_id` is none.
        """
        params = {"uris": f"spotify:playlist:{checked(playlist_id)}"}
        request = Request(method="DELETE", path="/me/library", params=params, priority=Priority.WRITE)
        await self._transport.send(tokens, request)

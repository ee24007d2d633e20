"""The Spotify Web API, as far as this app uses it."""

from collections.abc import Sequence
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from app.clock import Clock
from app.errors import InvalidInputError
from app.spotify.app_mode import AppMode, AppModes
from app.spotify.errors import SpotifyError, SpotifyRefusedError
from app.spotify.limits import ADD_LIMIT, DESCRIPTION_LIMIT, NAME_LIMIT, fitting
from app.spotify.models import (
    SPOTIFY_ID,
    SPOTIFY_URI,
    ArtistDetails,
    Playlist,
    PlaylistItem,
    PlaylistSummary,
    SavedTrack,
    SpotifyUser,
)
from app.spotify.paging import PAGE_LIMIT, Page, distinct, read_embedded, read_page
from app.spotify.tokens import TokenSource
from app.spotify.transport import Request, Transport
from app.upstream.capacity import Capacity
from app.upstream.gate import Gate, Priority

__all__ = ["SpotifyClient", "TokenSource"]

M = TypeVar("M", bound=BaseModel)


class SpotifyClient:
    """Typed calls, one method an endpoint.

    `priority` says who waits: `Priority.INTERACTIVE` for a page that a person waits for (at most two seconds
    at the gate, nothing is slept through), any other for jobs.

    Every method raises:
        NeedsReconnectError: the person has to connect again.
        SpotifyRefusedError: Spotify does not allow it; `reason` says why.
        SpotifyNotFoundError: there is no such thing.
        QuotaExceededError: no calls until `resumes_at`, by Spotify's word or by the budget of this app.
        RateLimitedError: try again after `retry_after` seconds.
        SpotifyUnavailableError: Spotify does not answer; nothing was changed.
        OutcomeUnknownError: the same for a write that may have happened: read back before writing again.
        SpotifyError: an answer of no use.
        UncountedError: the store does not keep that a call is made, so none is.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        gate: Gate,
        *,
        api_url: str,
        clock: Clock,
        app_modes: AppModes | None = None,
    ) -> None:
        self._transport = Transport(http, gate, api_url=api_url, clock=clock)
        self._app_modes = app_modes or AppModes(clock)

    @property
    def mode(self) -> AppMode:
        """What Spotify lets this app do, as far as its answers have shown."""
        return self._app_modes.mode

    @property
    def calls(self) -> int:
        """Attempts made so far, whatever became of them."""
        return self._transport.calls

    def capacity(self) -> Capacity:
        """Return how many calls there are to make and when it goes on; nothing is asked."""
        return self._transport.capacity()

    async def me(self, tokens: TokenSource, *, priority: Priority = Priority.INTERACTIVE) -> SpotifyUser:
        """Return whose token it is."""
        request = Request(method="GET", path="/me", priority=priority)
        return _read(SpotifyUser, await self._transport.send(tokens, request))

    async def saved_tracks(
        self,
        tokens: TokenSource,
        *,
        offset: int,
        limit: int = PAGE_LIMIT,
        priority: Priority = Priority.SCAN,
    ) -> Page[SavedTrack]:
        """Return a page of Liked Songs, newest first."""
        params = {"limit": limit, "offset": offset}
        request = Request(method="GET", path="/me/tracks", params=params, priority=priority)
        body = await self._transport.send(tokens, request)
        page = read_page(SavedTrack, body, offset=offset, limit=limit)
        await self._app_modes.notice(page)
        return page

    async def artists(
        self, tokens: TokenSource, ids: Sequence[str], *, priority: Priority = Priority.SCAN
    ) -> list[ArtistDetails]:
        """Return those of up to 50 artists that Spotify knows; nobody, without a call, in development mode.

        Raises:
            InvalidInputError: one of `ids` is none.
            ValueError: more than 50 of them.
        """
        if len(ids) > PAGE_LIMIT:
            raise ValueError(f"{len(ids)} artists in one call; it takes up to {PAGE_LIMIT}")
        joined = ",".join(_checked(artist_id) for artist_id in ids)
        if not (ids and self._app_modes.batches):
            return []
        request = Request(method="GET", path="/artists", params={"ids": joined}, priority=priority)
        try:
            body = await self._transport.send(tokens, request)
        except SpotifyRefusedError as error:
            if error.reason != "removed":
                raise
            await self._app_modes.refused()
            return []
        rows = {"items": body.get("artists"), "total": len(ids)}
        return list(read_page(ArtistDetails, rows, offset=0, limit=PAGE_LIMIT).items)

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

    async def create_playlist(self, tokens: TokenSource, *, name: str, description: str) -> Playlist:
        """Make an empty playlist that is not on the person's profile; texts too long are cut."""
        body = {
            "name": fitting(name, NAME_LIMIT),
            "description": fitting(description, DESCRIPTION_LIMIT),
            "public": False,
        }
        request = Request(method="POST", path="/me/playlists", body=body, priority=Priority.WRITE)
        return _read(Playlist, await self._transport.send(tokens, request))

    async def playlist(
        self, tokens: TokenSource, playlist_id: str, *, priority: Priority = Priority.WRITE
    ) -> Playlist:
        """Return a playlist without its entries.

        Raises:
            InvalidInputError: `playlist_id` is none.
        """
        request = Request(method="GET", path=f"/playlists/{_checked(playlist_id)}", priority=priority)
        return _read(Playlist, _named(await self._transport.send(tokens, request), playlist_id))

    async def playlist_with_items(
        self, tokens: TokenSource, playlist_id: str, *, priority: Priority = Priority.SCAN
    ) -> tuple[Playlist, Page[PlaylistItem]]:
        """Return a playlist with its first entries, up to 100; the page says where to go on.

        Of a playlist that this person may not read Spotify tells no entries: its `total` is None.

        Raises:
            InvalidInputError: `playlist_id` is none.
        """
        request = Request(
            method="GET",
            path=f"/playlists/{_checked(playlist_id)}",
            params={"additional_types": "track,episode"},
            priority=priority,
        )
        body = await self._transport.send(tokens, request)
        return _read(Playlist, _named(body, playlist_id)), read_embedded(PlaylistItem, body)

    async def playlist_items(
        self,
        tokens: TokenSource,
        playlist_id: str,
        *,
        offset: int,
        limit: int = PAGE_LIMIT,
        priority: Priority = Priority.WRITE,
    ) -> Page[PlaylistItem]:
        """Return a page of a playlist's entries, in the playlist's order.

        Raises:
            InvalidInputError: `playlist_id` is none.
        """
        params: dict[str, str | int] = {"limit": limit, "offset": offset}
        params["additional_types"] = "track,episode"
        path = f"/playlists/{_checked(playlist_id)}/items"
        request = Request(method="GET", path=path, params=params, priority=priority)
        body = await self._transport.send(tokens, request)
        return read_page(PlaylistItem, body, offset=offset, limit=limit)

    async def add_items(
        self, tokens: TokenSource, playlist_id: str, uris: Sequence[str], *, position: int
    ) -> str:
        """Put up to 100 songs into a playlist, the first at `position`, and return its snapshot id.

        Raises:
            InvalidInputError: `playlist_id` or one of `uris` is none; local files cannot be added.
            ValueError: no `uris` or more than 100.
        """
        if not 1 <= len(uris) <= ADD_LIMIT:
            raise ValueError(f"{len(uris)} songs in one call; it takes 1 to {ADD_LIMIT}")
        if not all(SPOTIFY_URI.fullmatch(uri) for uri in uris):
            raise InvalidInputError("Only songs and episodes that Spotify itself has can be added.")
        path = f"/playlists/{_checked(playlist_id)}/items"
        body = {"uris": list(uris), "position": position}
        request = Request(method="POST", path=path, body=body, priority=Priority.WRITE)
        answer = await self._transport.send(tokens, request)
        return str(answer.get("snapshot_id") or "")


def _checked(spotify_id: str) -> str:
    if not SPOTIFY_ID.fullmatch(spotify_id):
        raise InvalidInputError("This is not an id of Spotify's.")
    return spotify_id


def _named(body: dict[str, Any], asked_for: str) -> dict[str, Any]:
    """Return a body whose id is the one asked for, should Spotify leave it out."""
    return body if body.get("id") else {**body, "id": asked_for}


def _read(model: type[M], body: dict[str, Any]) -> M:
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise SpotifyError("Spotify's answer could not be understood.") from error

"""The Spotify Web API, as far as this app uses it."""

from collections.abc import Sequence
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from app.clock import Clock
from app.errors import InvalidInputError
from app.spotify.errors import SpotifyError
from app.spotify.limits import ADD_LIMIT, DESCRIPTION_LIMIT, NAME_LIMIT, fitting
from app.spotify.models import (
    SPOTIFY_ID,
    SPOTIFY_URI,
    Playlist,
    PlaylistItem,
    PlaylistSummary,
    SavedTrack,
    SpotifyUser,
)
from app.spotify.paging import PAGE_LIMIT, Page, read_page
from app.spotify.tokens import TokenSource
from app.spotify.transport import Request, Transport
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
        QuotaExceededError: no calls until `resumes_at`.
        RateLimitedError: try again after `retry_after` seconds.
        SpotifyUnavailableError: Spotify does not answer; nothing was changed.
        OutcomeUnknownError: the same for a write that may have happened: read back before writing again.
        SpotifyError: an answer of no use.
    """

    def __init__(self, http: httpx.AsyncClient, gate: Gate, *, api_url: str, clock: Clock) -> None:
        self._transport = Transport(http, gate, api_url=api_url, clock=clock)

    @property
    def calls(self) -> int:
        """Attempts made so far, whatever became of them."""
        return self._transport.calls

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
        return read_page(SavedTrack, await self._transport.send(tokens, request), offset=offset, limit=limit)

    async def my_playlists(
        self, tokens: TokenSource, *, offset: int, priority: Priority = Priority.INTERACTIVE
    ) -> Page[PlaylistSummary]:
        """Return a page of the playlists a person owns or follows; one may be listed twice."""
        params = {"limit": PAGE_LIMIT, "offset": offset}
        request = Request(method="GET", path="/me/playlists", params=params, priority=priority)
        body = await self._transport.send(tokens, request)
        return read_page(PlaylistSummary, body, offset=offset, limit=PAGE_LIMIT)

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
        return _read(Playlist, await self._transport.send(tokens, request))

    async def playlist_items(
        self, tokens: TokenSource, playlist_id: str, *, offset: int, priority: Priority = Priority.WRITE
    ) -> Page[PlaylistItem]:
        """Return a page of a playlist's entries, in the playlist's order.

        Raises:
            InvalidInputError: `playlist_id` is none.
        """
        params: dict[str, str | int] = {"limit": PAGE_LIMIT, "offset": offset}
        params["additional_types"] = "track,episode"
        path = f"/playlists/{_checked(playlist_id)}/items"
        request = Request(method="GET", path=path, params=params, priority=priority)
        body = await self._transport.send(tokens, request)
        return read_page(PlaylistItem, body, offset=offset, limit=PAGE_LIMIT)

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


def _checked(playlist_id: str) -> str:
    if not SPOTIFY_ID.fullmatch(playlist_id):
        raise InvalidInputError("This is not the id of a playlist.")
    return playlist_id


def _read(model: type[M], body: dict[str, Any]) -> M:
    try:
        return model.model_validate(body)
    except ValidationError as error:
        raise SpotifyError("Spotify's answer could not be understood.") from error

"""The Spotify Web API, as far as this app uses it."""

from collections.abc import Sequence
from copy import copy

import httpx

from app.clock import Clock
from app.spotify.app_mode import AppMode, AppModes
from app.spotify.errors import SpotifyRefusedError
from app.spotify.models import ArtistDetails, SavedTrack, SpotifyUser
from app.spotify.paging import PAGE_LIMIT, Page, read_page
from app.spotify.player_calls import PlayerCalls
from app.spotify.playlist_calls import PlaylistCalls
from app.spotify.reading import checked, read
from app.spotify.tokens import TokenSource
from app.spotify.transport import Request, Transport
from app.upstream.capacity import Capacity
from app.upstream.gate import Gate, Priority

__all__ = ["SpotifyClient", "TokenSource"]


class SpotifyClient(PlaylistCalls, PlayerCalls):
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
        super().__init__(Transport(http, gate, api_url=api_url, clock=clock))
        self._app_modes = app_modes or AppModes(clock)

    @property
    def mode(self) -> AppMode:
        """What Spotify lets this app do, as far as its answers have shown."""
        return self._app_modes.mode

    @property
    def calls(self) -> int:
        """Attempts made so far, whatever became of them."""
        return self._transport.calls

    def in_background(self) -> "SpotifyClient":
        """Return the same client for work that nobody waits for, whatever priority its calls ask for."""
        client = copy(self)
        client._transport = self._transport.in_background()  # noqa: SLF001 - one of its own kind
        return client

    def capacity(self) -> Capacity:
        """Return how many calls there are to make and when it goes on; nothing is asked."""
        return self._transport.capacity()

    async def me(self, tokens: TokenSource, *, priority: Priority = Priority.INTERACTIVE) -> SpotifyUser:
        """Return whose token it is."""
        request = Request(method="GET", path="/me", priority=priority)
        return read(SpotifyUser, await self._transport.send(tokens, request))

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
        joined = ",".join(checked(artist_id) for artist_id in ids)
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

"""What a person can have scanned, and what that takes, as far as it is known without a scan."""

import math
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from cachetools import TTLCache

from app.accounts.connections import ConnectionsService
from app.clock import Clock
from app.genres.models import LIKED, PLAYLIST, LibraryIndex, WantedSource, playlist_of
from app.genres.scan_schemas import UserPlaylistOut
from app.genres.scanning.intake import smallest_cover
from app.spotify.client import SpotifyClient
from app.spotify.models import PlaylistSummary
from app.spotify.paging import PAGE_LIMIT, distinct, pages
from app.upstream.errors import UpstreamError
from app.upstream.gate import Priority

SECONDS_A_SONG = 0.01
"""A song in two brings a new artist, a hundred artists take two questions, one a second (a real library)."""
EMBEDDED = 100
"""Entries of a playlist that come with it."""
TOTAL_KEPT_S, LIST_KEPT_S, NAME_KEPT_S = 60.0, 300.0, 86_400.0
LIKED_NAME = "Liked Songs"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """Something that Spotify told; `as_of` is when, unless it was just now."""

    value: T
    as_of: datetime | None = None


@dataclass(frozen=True, slots=True)
class Need:
    """What reading one source takes: calls to Spotify, and songs whose artists may be new."""

    calls: int
    songs: int


@dataclass(frozen=True, slots=True)
class ScanPlan:
    """What a scan takes; `calls_left` is None where the app sets itself no limit."""

    wanted: tuple[WantedSource, ...]
    calls: int
    seconds: int
    calls_left: int | None


class Recent(Generic[T]):
    """Spotify's answers by person: asked for again after a while, told as of then while it is silent."""

    def __init__(self, clock: Clock, *, kept_s: float) -> None:
        self._clock = clock
        self._kept_s = kept_s
        self._known: TTLCache[str, tuple[T, datetime]] = TTLCache(1000, ttl=86_400, timer=clock.monotonic)
        self._forgotten = 0

    def find(self, user_id: str) -> T | None:
        """Return the last answer."""
        known = self._known.get(user_id)
        return known[0] if known else None

    def forget(self, user_id: str) -> None:
        """Know nothing more of a person, also of what is being asked just now."""
        self._known.pop(user_id, None)
        self._forgotten += 1

    async def get(self, user_id: str, ask: Callable[[], Awaitable[T]]) -> Known[T]:
        """Return a recent answer, or ask.

        Raises:
            UpstreamError: Spotify does not tell now, and nothing is known of before.
        """
        known, now, forgotten = self._known.get(user_id), self._clock.now(), self._forgotten
        if known and (now - known[1]).total_seconds() < self._kept_s:
            return Known(known[0])
        try:
            answer = await ask()
        except UpstreamError:
            if known is None:
                raise
            return Known(*known)
        if forgotten == self._forgotten:
            self._known[user_id] = (answer, now)
        return Known(answer)


class Offers:
    """Asks Spotify on behalf of somebody who waits for a page."""

    def __init__(self, spotify: SpotifyClient, connections: ConnectionsService, clock: Clock) -> None:
        self._spotify = spotify
        self._connections = connections
        self._totals: Recent[int] = Recent(clock, kept_s=TOTAL_KEPT_S)
        self._lists: Recent[tuple[PlaylistSummary, ...]] = Recent(clock, kept_s=LIST_KEPT_S)
        self._names: Recent[str] = Recent(clock, kept_s=NAME_KEPT_S)

    def forget(self, user_id: str) -> None:
        """Know nothing more of a person."""
        for kept in (self._totals, self._lists, self._names):
            kept.forget(user_id)

    async def get_liked(self, user_id: str, index: LibraryIndex | None) -> Known[int]:
        """Return how many Liked Songs there are.

        Raises:
            UpstreamError: Spotify does not tell now, and they were never read.
        """
        try:
            return await self._totals.get(user_id, lambda: self._ask_total(user_id))
        except UpstreamError:
            if index is None or (part := index.find(LIKED)) is None:
                raise
            return Known(part.total, index.scanned_at)

    async def get_playlists(
        self, user_id: str, *, made: Collection[str]
    ) -> Known[tuple[UserPlaylistOut, ...]]:
        """Return the person's playlists; `made` are the ids of those that this app made.

        Raises:
            UpstreamError: Spotify does not tell now, and did not before.
        """
        known = await self._lists.get(user_id, lambda: self._ask_list(user_id))
        username = (await self._names.get(user_id, lambda: self._ask_username(user_id))).value
        extended = self._spotify.mode == "extended"
        shown = tuple(
            UserPlaylistOut(
                id=one.id,
                name=one.name,
                track_count=one.total,
                image=smallest_cover(one.images),
                owner=one.owner.display_name or one.owner.id,
                is_owned=one.owner.id == username,
                readable=extended or one.collaborative or one.owner.id == username,
                made_by_app=one.id in made,
            )
            for one in known.value
        )
        return Known(shown, known.as_of)

    def wanted(self, user_id: str, source: str, index: LibraryIndex | None) -> WantedSource:
        """Return a source with its name and length, as far as they are known."""
        part = index.find(source) if index else None
        listed = self._find_listed(user_id, source)
        total = self._totals.find(user_id) if source == LIKED else listed and listed.total
        return WantedSource(
            source=source,
            name=(listed and listed.name) or (part and part.name) or _name_of(source),
            expected=total if total is not None else part.total if part else 0,
        )

    def need(self, user_id: str, wanted: WantedSource, index: LibraryIndex | None) -> Need:
        """Return what reading a source takes; with an index, what is new in it since."""
        part = index.find(wanted.source) if index else None
        more = max(0, wanted.expected - part.total) if part else wanted.expected
        if wanted.source == LIKED:
            return Need(-(-more // PAGE_LIMIT) + 1, more)
        listed = self._find_listed(user_id, wanted.source)
        if part and listed and listed.snapshot_id and listed.snapshot_id == part.snapshot_id:
            return Need(0, 0)
        return Need(1 + -(-max(0, wanted.expected - EMBEDDED) // PAGE_LIMIT), more)

    def _find_listed(self, user_id: str, source: str) -> PlaylistSummary | None:
        listed = self._lists.find(user_id) or ()
        return next((one for one in listed if one.id == playlist_of(source)), None)

    async def _ask_total(self, user_id: str) -> int:
        tokens = self._connections.tokens(user_id)
        page = await self._spotify.saved_tracks(tokens, offset=0, limit=1, priority=Priority.INTERACTIVE)
        return page.total

    async def _ask_list(self, user_id: str) -> tuple[PlaylistSummary, ...]:
        tokens = self._connections.tokens(user_id)
        found: list[PlaylistSummary] = []
        async for page in pages(lambda offset: self._spotify.my_playlists(tokens, offset=offset)):
            found += page.items
        return distinct(found, key=lambda playlist: playlist.id)

    async def _ask_username(self, user_id: str) -> str:
        return (await self._spotify.me(self._connections.tokens(user_id))).username


def calls_of(needs: Sequence[Need], sources: Sequence[str]) -> int:
    """Return the calls of a scan, that for the list of playlists included."""
    return sum(need.calls for need in needs) + any(source != LIKED for source in sources)


def seconds_of(calls: int, songs: int, *, calls_per_second: float) -> int:
    """Return how long a scan takes when nobody else scans."""
    return math.ceil(max(calls / calls_per_second, songs * SECONDS_A_SONG))


def _name_of(source: str) -> str:
    return LIKED_NAME if source == LIKED else source.removeprefix(PLAYLIST)

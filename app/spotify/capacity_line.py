"""What people are told of the calls that are left, when it matters to them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.clock import Clock
from app.spotify.client import SpotifyClient
from app.spotify.paging import PAGE_LIMIT
from app.upstream.capacity import Capacity

LOW = 0.3
"""Part of what there is that is little enough to be told."""
CALLS_A_SCAN = 2
"""Beside one for each fifty songs."""
CALLS_A_PLAYLIST = 5
"""One of up to three hundred songs: made, filled and looked at."""


@dataclass(frozen=True, slots=True)
class CapacityLine:
    """One sentence, and the numbers behind it.

    Attributes:
        kind: `blocked` by Spotify, `full` or `over` for this scan, `scans` and `playlists` for how many more
            there may be, `low` when nobody knows how large the next scan is.
        more: how many scans of this size or playlists there may be.
        finish_at: when a scan that is `over` would be through.
    """

    kind: Literal["blocked", "full", "over", "scans", "playlists", "low"]
    capacity: Capacity
    more: int = 0
    finish_at: datetime | None = None


class CapacityLines:
    """Makes the line for a page; asks no store and nobody outside."""

    def __init__(self, spotify: SpotifyClient, clock: Clock) -> None:
        self._spotify = spotify
        self._clock = clock

    def for_library(self, songs: int) -> CapacityLine | None:
        """Return what to tell beside a library of so many songs, None while there is enough."""
        return self._for_scans(songs, wanted=False)

    def for_scan(self, songs: int | None) -> CapacityLine | None:
        """Return what to tell somebody who is about to scan so many songs, None while there is enough."""
        return self._for_scans(songs or 0, wanted=True)

    def _for_scans(self, songs: int, *, wanted: bool) -> CapacityLine | None:
        capacity = self._spotify.capacity()
        if capacity.reason == "quota":
            return CapacityLine("blocked", capacity)
        if capacity.limit is None or capacity.left is None:
            return None
        if not capacity.left:
            return CapacityLine("full", capacity)
        calls = -(-songs // PAGE_LIMIT) + CALLS_A_SCAN if songs else 0
        little = capacity.left < LOW * (capacity.limit - capacity.reserve)
        if calls > capacity.left and (wanted or little):
            finish_at = capacity.finish_at(calls, self._clock.now())
            return CapacityLine("over", capacity, finish_at=finish_at)
        if not little:
            return None
        return (
            CapacityLine("scans", capacity, capacity.left // calls)
            if calls
            else CapacityLine("low", capacity)
        )

    def for_playlists(self) -> CapacityLine | None:
        """Return what to tell beside playlists, None while there is enough."""
        capacity = self._spotify.capacity()
        if capacity.reason == "quota":
            return CapacityLine("blocked", capacity)
        if capacity.limit is None or capacity.left_for_writes is None:
            return None
        if capacity.left_for_writes >= LOW * capacity.limit:
            return None
        return CapacityLine("playlists", capacity, capacity.left_for_writes // CALLS_A_PLAYLIST)

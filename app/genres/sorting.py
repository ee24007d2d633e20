"""Sorting a library: every song to its place, by what is known of its artists."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from app.genres.artist_models import ArtistGenres, ArtistRecord
from app.genres.folding import Placement
from app.genres.library import Library, Origin, PlacedSong
from app.genres.neighbours import NEIGHBOURS
from app.genres.personal.families import families_of
from app.genres.personal.order import PersonalOrder
from app.genres.placing import Placer, group_of
from app.genres.scanning.tools import ScanTools
from app.genres.shares import count_shares
from app.genres.songs import ArtistRef, Song
from app.genres.sources.protocol import AskedArtist

A_TURN = 300
"""Artists or songs that are sorted before other tasks get their turn."""


class Sorter:
    """Sorts the songs of one library, in one order after the other.

    Attributes:
        songs: in the library's order.
    """

    def __init__(self, tools: ScanTools, songs: Sequence[Song]) -> None:
        self._resolver = tools.resolver
        self._families = tools.families
        self._infers = NEIGHBOURS in tools.genre_sources
        self.songs = songs
        self._names = {artist.id: artist.name for song in songs for artist in song.artists if artist.id}
        self._isrcs = {
            artist.id: (song.isrc,) for song in songs for artist in song.artists if artist.id and song.isrc
        }
        self._known: list[ArtistGenres] = []
        self._waiting: list[str] = []
        self._behind = False

    @property
    def artists(self) -> int:
        """How many artists there are."""
        return len(self._names)

    async def learn(self) -> None:
        """Read what is known of the artists."""
        ids = tuple(self._names)
        for start in range(0, len(ids), A_TURN):
            self._learn(await self._resolver.find(ids[start : start + A_TURN]))
            await asyncio.sleep(0)

    async def sort(self, order: PersonalOrder, *, scanned_at: datetime, whole: bool) -> Library:
        """Return the library in a person's order; `whole` says that all its songs are there."""
        fold = families_of(self._families, order.rules)
        placer = Placer(fold, order.corrections)
        for start in range(0, len(self._known), A_TURN):
            placer.learn(self._known[start : start + A_TURN], self._names)
            await asyncio.sleep(0)
        if self._infers:
            placer.infer(self.songs, self._names)
        origin = Origin(
            scanned_at=scanned_at,
            whole=whole,
            waiting=tuple(self._waiting),
            sources=placer.sources(),
            behind=self._behind,
            neighbours=placer.neighbours,
            corrections=order.corrections,
            shares=count_shares(self._names, self._known, placer),
        )
        placed = map(PlacedSong, self.songs, await _places(self.songs, placer))
        return Library(placed, fold, origin)

    def _learn(self, records: dict[str, ArtistRecord]) -> None:
        known = {
            one: genres for one, record in records.items() if (genres := self._resolver.known(one, record))
        }
        self._known += known.values()
        self._waiting += (artist_id for artist_id in records if artist_id not in known)
        self._behind = self._behind or any(
            self._resolver.wants(self._asked(artist_id), record) for artist_id, record in records.items()
        )

    def _asked(self, artist_id: str) -> AskedArtist:
        return AskedArtist(artist_id, self._names[artist_id], isrcs=self._isrcs.get(artist_id, ()))


async def _places(songs: Sequence[Song], placer: Placer) -> list[Placement]:
    """Place songs; those of the same artists share a place, and so do those that stand at the same one."""
    by_artists: dict[tuple[ArtistRef, ...], Placement] = {}
    shared: dict[Placement, Placement] = {}
    placed = []
    for number, song in enumerate(songs):
        place = placer.own_place(song) or by_artists.get(song.artists)
        if place is None:
            place = placer.place(group_of(song))
            place = by_artists[song.artists] = shared.setdefault(place, place)
        placed.append(place)
        if number % A_TURN == 0:
            await asyncio.sleep(0)
    return placed

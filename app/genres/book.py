"""What one search knows of its artists, shared by the steps that go side by side."""

import asyncio
from collections.abc import Collection, Iterable

from app.genres.artist_models import ArtistRecord
from app.genres.resolver import ArtistResolver
from app.genres.sources.protocol import AskedArtist
from app.genres.tally import Tally


class Book:
    """The records of a tally's artists, and the way from there into the tally.

    Attributes:
        learned: whether anything has become known that was not in the shared cache at first.
        changes: artists whose record is new or another one, in the order of events.
    """

    def __init__(self, resolver: ArtistResolver, tally: Tally) -> None:
        self.learned = False
        self.changes: list[str] = []
        self._resolver = resolver
        self._tally = tally
        self._records: dict[str, ArtistRecord] = {}
        self._reading = asyncio.Lock()

    async def recall(self, again: Collection[str] = ()) -> bool:
        """Look up who is new in the tally, and whom something may have become known about.

        Returns:
            Whether the tally learned anything.
        """
        async with self._reading:
            new = [one for one in self._tally.everybody() if one not in self._records]
            found = await self._resolver.find([*new, *again])
            changed = [one for one, record in found.items() if record != self._records.get(one)]
            self.learned |= any(one in self._records for one in changed)
            self._records |= found
            self.changes += changed
            known = [genres for one in changed if (genres := self._resolver.known(one, found[one]))]
            self._tally.learn(known)
            return bool(known)

    def record(self, artist_id: str) -> ArtistRecord:
        """Return what is known of an artist that was looked up."""
        return self._records[artist_id]

    def ranked(self, artist_ids: Iterable[str]) -> list[str]:
        """Return artists: first those without a genre, of those the ones on most songs."""
        return self._tally.ranked(artist_ids)

    def describe(self, artist_id: str) -> AskedArtist:
        """Return an artist as a source is asked about it."""
        return self._tally.describe(artist_id, self._records[artist_id].mbid)

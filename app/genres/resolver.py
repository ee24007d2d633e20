"""Finding out what artists play: the shared cache first, then a source by the hundred, each artist once."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol

from app.clock import Clock
from app.genres.artist_repository import ArtistRepository
from app.genres.models import ArtistGenres, Tag

BATCH = 100
"""Artists that one question to MusicBrainz may name."""


class ArtistSource(Protocol):
    """Who can be asked about artists, up to a hundred at once. Both methods raise `UpstreamError`."""

    async def find_mbids(self, artist_ids: Sequence[str]) -> Mapping[str, str | None]:
        """Return MusicBrainz ids by Spotify's artist ids, None where there is none to find.

        Artists that the answer could not have named are left out.
        """
        ...

    async def fetch_tags(self, mbids: Sequence[str]) -> Mapping[str, tuple[Tag, ...]]:
        """Return tags by MusicBrainz ids, without the artists that the answer could not have named."""
        ...


class ArtistResolver:
    """One for the whole process, so that no artist is asked about twice at a time."""

    def __init__(self, repository: ArtistRepository, source: ArtistSource, clock: Clock) -> None:
        self._repository = repository
        self._source = source
        self._clock = clock
        self._asked: dict[str, asyncio.Event] = {}

    async def recall(self, artist_ids: Collection[str]) -> dict[str, ArtistGenres]:
        """Return what is known already, in one store call."""
        return await self._repository.find_genres(artist_ids) if artist_ids else {}

    def free(self, artist_ids: Iterable[str]) -> list[str]:
        """Return the artists that nobody is asking about at this moment, in the same order."""
        return [artist_id for artist_id in artist_ids if artist_id not in self._asked]

    async def settled(self, artist_id: str) -> None:
        """Wait until nobody asks about an artist any more, whatever came of it."""
        if answered := self._asked.get(artist_id):
            await answered.wait()

    async def ask(self, artist_ids: Sequence[str]) -> dict[str, ArtistGenres]:
        """Ask about artists that are `free`, at most `BATCH`, and keep the answers for everybody.

        Returns:
            The artists that an answer could have named; the others stay unknown.

        Raises:
            UpstreamError: the source does not answer; what was learned before that is kept.
        """
        answered = asyncio.Event()
        self._asked.update(dict.fromkeys(artist_ids, answered))
        try:
            return await self._ask(artist_ids)
        finally:
            for artist_id in artist_ids:
                del self._asked[artist_id]
            answered.set()

    async def _ask(self, artist_ids: Sequence[str]) -> dict[str, ArtistGenres]:
        known = await self._repository.find_mbids(artist_ids)
        missing = [artist_id for artist_id in artist_ids if artist_id not in known]
        found = await self._source.find_mbids(missing) if missing else {}
        mbids = {**known, **found}
        unlinked = self._genres({artist_id: () for artist_id, mbid in mbids.items() if mbid is None})
        await self._repository.keep(mbids=found, genres=unlinked.values())
        linked = {artist_id: mbid for artist_id, mbid in mbids.items() if mbid}
        tags = await self._source.fetch_tags(tuple(dict.fromkeys(linked.values()))) if linked else {}
        named = self._genres({artist_id: tags[mbid] for artist_id, mbid in linked.items() if mbid in tags})
        await self._repository.keep(mbids={}, genres=named.values())
        return unlinked | named

    def _genres(self, tags: Mapping[str, tuple[Tag, ...]]) -> dict[str, ArtistGenres]:
        now = self._clock.now()
        return {artist_id: ArtistGenres(artist_id, words, now) for artist_id, words in tags.items()}

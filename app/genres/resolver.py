"""Finding out what artists play: the shared cache first, then source by source, nobody twice at a time."""

import asyncio
from collections.abc import Collection, Iterable, Sequence
from typing import Self

from app.clock import Clock
from app.genres.artist_models import ArtistGenres, ArtistRecord
from app.genres.artist_repository import ArtistRepository
from app.genres.families import Families
from app.genres.sources.protocol import AskedArtist
from app.genres.sources.selection import Sources
from app.genres.steps import IsrcStep, LastFmStep, MusicBrainzStep, Step, WikidataStep

NEVER_ASKED = ArtistRecord()


class ArtistResolver:
    """One for the whole process, so that no source is asked about an artist twice at a time.

    Attributes:
        front: the steps that a scan waits for, side by side.
        behind: the steps that go on after it, one after the other.
    """

    def __init__(
        self,
        repository: ArtistRepository,
        clock: Clock,
        *,
        front: Sequence[Step],
        behind: Sequence[Step] = (),
    ) -> None:
        self.front = tuple(front) or tuple(behind)
        self.behind = tuple(behind) if front else ()
        self._repository = repository
        self._clock = clock
        self._asked: dict[tuple[str, str], asyncio.Event] = {}

    @classmethod
    def over(cls, repository: ArtistRepository, sources: Sources, clock: Clock, families: Families) -> Self:
        """Ask the sources that are chosen: MusicBrainz and Wikidata in front, the others behind."""
        front: list[Step] = []
        behind: list[Step] = []
        if sources.links and sources.tags:
            front.append(MusicBrainzStep(sources.links, sources.tags))
        if sources.wikidata:
            front.append(WikidataStep(sources.wikidata))
        if sources.isrcs and sources.tags:
            behind.append(IsrcStep(sources.isrcs, sources.tags))
        if sources.lastfm:
            behind.append(LastFmStep(sources.lastfm, families))
        return cls(repository, clock, front=front, behind=behind)

    async def recall(self, artist_ids: Collection[str]) -> dict[str, ArtistGenres]:
        """Return the artists that are known, in one store call."""
        records = await self.find(artist_ids)
        return {one: known for one, record in records.items() if (known := self.known(one, record))}

    async def find(self, artist_ids: Collection[str]) -> dict[str, ArtistRecord]:
        """Return what is kept of artists, of each at least that nothing is; in one store call."""
        found = await self._repository.find(artist_ids) if artist_ids else {}
        return {one: found.get(one, NEVER_ASKED) for one in artist_ids}

    def known(self, artist_id: str, record: ArtistRecord) -> ArtistGenres | None:
        """Return an artist's genres, none of them if every source in front has said so; else None.

        One with a genre is known, however many sources have not answered.
        """
        genres = record.genres(artist_id)
        if genres.tags or not self.missing(artist_id, record):
            return genres
        return None

    def missing(self, artist_id: str, record: ArtistRecord) -> tuple[Step, ...]:
        """Return the steps in front that never had an answer about an artist."""
        artist, now = AskedArtist(artist_id), self._clock.now().timestamp()
        return tuple(step for step in self.front if step.standing(artist, record, now) == "open")

    def wants(self, artist: AskedArtist, record: ArtistRecord) -> bool:
        """Whether a source is left that may be asked about an artist, for the first time or again."""
        now = self._clock.now().timestamp()
        return any(step.standing(artist, record, now) != "good" for step in (*self.front, *self.behind))

    async def save(self) -> None:
        """Queue what was learned, so that it is durable with whatever is written next.

        Raises:
            KVError: the store does not take it; it is tried again.
        """
        await self._repository.write()

    def free(self, step: Step, artist_ids: Iterable[str]) -> list[str]:
        """Return the artists that a step is not asking about at this moment, in the same order."""
        return [artist_id for artist_id in artist_ids if (step.name, artist_id) not in self._asked]

    async def settled(self, step: Step, artist_id: str) -> None:
        """Wait until nobody asks about an artist any more, whatever came of it."""
        if answered := self._asked.get((step.name, artist_id)):
            await answered.wait()

    async def ask(self, step: Step, artists: Sequence[AskedArtist]) -> None:
        """Ask about artists that are `free`, and keep the answers for everybody.

        Raises:
            UpstreamError: the source does not answer; what was learned before that is kept.
        """
        answered = asyncio.Event()
        ours = [(step.name, one.id) for one in artists if (step.name, one.id) not in self._asked]
        self._asked.update(dict.fromkeys(ours, answered))
        try:
            await step.ask(artists, self._repository)
        finally:
            for one in ours:
                del self._asked[one]
            answered.set()

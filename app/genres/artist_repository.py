"""What sources said about artists: public data, shared by everybody and kept apart from people."""

import asyncio
import random
import zlib
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime, timedelta

import structlog

from app.clock import Clock
from app.genres.artist_models import STALE_TTL, ArtistGenres, ArtistRecord, ArtistShard, Said, Tag
from app.kv.cached import CachedKV
from app.kv.errors import KVError
from app.kv.keyspace import AtBound, Key, Keyspace, Owner

# Spread out, so that artists who were looked up together do not all end on one day.
FOUND_TTL = (timedelta(days=60), timedelta(days=90))
EMPTY_TTL = (timedelta(days=6.3), timedelta(days=7.7))
EMPTY_AGAIN_TTL = (timedelta(days=27), timedelta(days=33))
MBID_TTL = (timedelta(days=162), timedelta(days=198))
NO_MBID_TTL = (timedelta(days=12.6), timedelta(days=15.4))

SHARDS = 32
"""See docs/adr/0014. With another number everything found before would have to be found again."""

SHARDS_AT_ONCE = 8
"""Read in one call where all are read."""

FIRST_GATHER_S = 3.0
GATHER_S = 30.0
"""How long answers are gathered before they are written, the first ones and those after: docs/adr/0023."""
GATHER = 2000
"""Artists that are gathered at most; whoever brings more waits until they are written."""

A_TURN = 500
"""Artists that are read before other tasks get their turn."""

_JITTER = random.SystemRandom()

ARTIST_GENRES = Keyspace(
    "artist-genres",
    ArtistShard,
    owner=Owner.NONE,
    ttl=MBID_TTL[1] + STALE_TTL,
    cache_ttl=timedelta(hours=1),
    at_bound=AtBound.WAIT,
    stale_if_down=True,
)

log = structlog.get_logger()


class ArtistRepository:
    """Records by Spotify's artist id, in few values that each hold many artists.

    One for the whole process. Answers are gathered for half a minute and written together, because nearly
    every hundred artists touch every shard. Reads see them at once; a crash loses no more than that, and they
    are asked for again.
    """

    def __init__(self, kv: CachedKV, clock: Clock) -> None:
        self._kv = kv
        self._clock = clock
        self._gathered: dict[str, ArtistRecord] = {}
        self._timer: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()

    async def find(self, artist_ids: Iterable[str]) -> dict[str, ArtistRecord]:
        """Return what is kept of artists, also what should be asked again; those never asked are absent."""
        keys = {artist_id: shard_of(artist_id) for artist_id in artist_ids}
        shards = await self._kv.get_many(set(keys.values()))
        now = self._clock.now().timestamp()
        oldest = now - STALE_TTL.total_seconds()
        found: dict[str, ArtistRecord] = {}
        for number, (artist_id, key) in enumerate(keys.items()):
            record = shards[key].artists.get(artist_id) if key in shards else None
            if newer := self._gathered.get(artist_id):
                record = (record or ArtistRecord()).plus(newer, now)
            if record and record.ends_at > oldest:
                found[artist_id] = record
            if number % A_TURN == A_TURN - 1:
                await asyncio.sleep(0)
        return found

    async def read_all(self) -> AsyncIterator[list[ArtistGenres]]:
        """Give what sources said about all artists that are kept, a shard at a time."""
        keys = [ARTIST_GENRES(number) for number in range(SHARDS)]
        for start in range(0, SHARDS, SHARDS_AT_ONCE):
            for shard in (await self._kv.get_many(keys[start : start + SHARDS_AT_ONCE])).values():
                yield [record.genres(artist_id) for artist_id, record in shard.artists.items()]

    async def keep(
        self,
        mbids: Mapping[str, str | None],
        said: Mapping[str, tuple[Tag, ...]] | None = None,
        *,
        source: str,
    ) -> None:
        """Keep what a source answered: visible at once, durable within a minute.

        MusicBrainz ids are kept for half a year, two weeks when there is none; genres for two to three
        months, a week when there was nothing, and a month when there was nothing before either.

        Args:
            mbids: by artist; None is for the one source that can say that there is no link.
            said: genres by artist, raw.
            source: whose answer it is.

        Raises:
            KVError: the store does not take what was gathered before; what was to be kept is gathered too.
        """
        now = self._clock.now()
        said = said or {}
        before = await self.find(said)
        for artist_id, mbid in mbids.items():
            self._gather(artist_id, _linked(mbid, now), now)
        for artist_id, tags in said.items():
            older = before.get(artist_id, ArtistRecord()).of(source)
            self._gather(artist_id, ArtistRecord().saying(_said(source, tags, older, now)), now)
        if len(self._gathered) >= GATHER:
            await self.write()
        elif self._gathered and (self._timer is None or self._timer.done()):
            self._timer = asyncio.create_task(self._write_soon())

    async def write(self) -> None:
        """Queue everything gathered, one write a shard.

        Raises:
            KVError: the store does not take it; it stays gathered.
        """
        async with self._writing:
            now, gathered = self._clock.now(), dict(self._gathered)
            shards: defaultdict[Key[ArtistShard], dict[str, ArtistRecord]] = defaultdict(dict)
            for artist_id, record in gathered.items():
                shards[shard_of(artist_id)][artist_id] = record
            await self._kv.get_many(shards)  # the updates find them in memory
            # Side by side, so that they share a round also where nothing is queued.
            await asyncio.gather(*(self._update(key, added, now) for key, added in shards.items()))
            for artist_id, record in gathered.items():
                if self._gathered.get(artist_id) is record:  # else more was said meanwhile
                    del self._gathered[artist_id]

    async def close(self) -> None:
        """Queue everything gathered; before the service behind it is closed."""
        if self._timer:
            self._timer.cancel()
            await asyncio.gather(self._timer, return_exceptions=True)
        try:
            await self.write()
        except KVError as error:
            log.warning("artists.not-kept", artists=len(self._gathered), error=error.code)

    def _gather(self, artist_id: str, record: ArtistRecord, now: datetime) -> None:
        older = self._gathered.get(artist_id, ArtistRecord())
        self._gathered[artist_id] = older.plus(record, now.timestamp())

    async def _write_soon(self) -> None:
        await self._clock.sleep(FIRST_GATHER_S)
        # Then shards are there, and remembered; that one is absent is forgotten within seconds.
        while self._gathered:
            try:
                await self.write()
            except KVError as error:  # tried again
                log.warning("artists.not-written", artists=len(self._gathered), error=error.code)
            await self._clock.sleep(GATHER_S)

    async def _update(self, key: Key[ArtistShard], added: Mapping[str, ArtistRecord], now: datetime) -> None:
        await self._kv.update(
            key,
            lambda shard: shard.plus(added, now),
            default=ArtistShard(),
            later=True,
            ttl=lambda shard: shard.ends_at + STALE_TTL - now,
        )


def shard_of(artist_id: str) -> Key[ArtistShard]:
    """Return the key of the shard that an artist is in, the same in every process and for ever."""
    return ARTIST_GENRES(zlib.crc32(artist_id.encode()) % SHARDS)


def _linked(mbid: str | None, now: datetime) -> ArtistRecord:
    return ArtistRecord(mbid=mbid, mbid_until=_end(MBID_TTL if mbid else NO_MBID_TTL, now))


def _said(source: str, tags: tuple[Tag, ...], older: Said | None, now: datetime) -> Said:
    empty_before = older is not None and not older.tags
    life = FOUND_TTL if tags else EMPTY_AGAIN_TTL if empty_before else EMPTY_TTL
    words = tuple(f"{tag.votes} {tag.name}" for tag in tags)
    return Said(source, int(now.timestamp()), _end(life, now), words)


def _end(bounds: tuple[timedelta, timedelta], now: datetime) -> int:
    shortest, longest = bounds
    return int((now + shortest + (longest - shortest) * _JITTER.random()).timestamp())

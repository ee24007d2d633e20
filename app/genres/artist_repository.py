"""What sources said about artists: public data, shared by everybody and kept apart from people."""

import asyncio
import random
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from app.clock import Clock
from app.genres.models import ArtistGenres, ArtistRecord, ArtistShard
from app.kv.cached import CachedKV
from app.kv.keyspace import AtBound, Key, Keyspace, Owner

# Spread out, so that artists who were looked up together do not all end on one day.
FOUND_TTL = (timedelta(days=60), timedelta(days=90))
EMPTY_TTL = (timedelta(days=6.3), timedelta(days=7.7))
MBID_TTL = (timedelta(days=162), timedelta(days=198))
NO_MBID_TTL = (timedelta(days=12.6), timedelta(days=15.4))

SHARDS = 32
"""See docs/adr/0014. With another number everything found before would have to be found again."""

A_TURN = 500
"""Artists that are read before other tasks get their turn."""

_JITTER = random.SystemRandom()

ARTIST_GENRES = Keyspace(
    "artist-genres",
    ArtistShard,
    owner=Owner.NONE,
    ttl=MBID_TTL[1],
    cache_ttl=timedelta(hours=1),
    at_bound=AtBound.WAIT,
    stale_if_down=True,
)


class ArtistRepository:
    """Genres and MusicBrainz ids by Spotify's artist id, in few values that each hold many artists."""

    def __init__(self, kv: CachedKV, clock: Clock) -> None:
        self._kv = kv
        self._clock = clock

    async def find_genres(self, artist_ids: Iterable[str]) -> dict[str, ArtistGenres]:
        """Return what is known; artists nobody has asked about, or whose answer is too old, are absent."""
        now = self._clock.now().timestamp()
        known: dict[str, ArtistGenres] = {}
        for number, (one, record) in enumerate((await self._find(artist_ids)).items()):
            if record.tags_until > now:
                known[one] = record.genres(one)
            if number % A_TURN == 0:
                await asyncio.sleep(0)
        return known

    async def find_mbids(self, artist_ids: Iterable[str]) -> dict[str, str | None]:
        """Return the MusicBrainz ids that are known, None where MusicBrainz is known to have none."""
        now = self._clock.now().timestamp()
        found = await self._find(artist_ids)
        return {one: record.mbid for one, record in found.items() if record.mbid_until > now}

    async def keep(self, *, mbids: Mapping[str, str | None], genres: Iterable[ArtistGenres]) -> None:
        """Keep answers, later; one write a shard.

        MusicBrainz ids are kept for half a year, two weeks when there is none; genres for two to three
        months, a week when there was nothing.
        """
        now = self._clock.now()
        records = {one: _linked(mbid, now) for one, mbid in mbids.items()}
        for one in genres:
            records[one.artist_id] = records.get(one.artist_id, ArtistRecord()).plus(_tagged(one, now))
        shards: defaultdict[Key[ArtistShard], dict[str, ArtistRecord]] = defaultdict(dict)
        for artist_id, record in records.items():
            shards[shard_of(artist_id)][artist_id] = record
        await self._kv.get_many(shards)  # the updates find them in memory
        # Side by side, so that they share a round also where nothing is queued.
        await asyncio.gather(*(self._update(key, added, now) for key, added in shards.items()))

    async def _find(self, artist_ids: Iterable[str]) -> dict[str, ArtistRecord]:
        keys = {artist_id: shard_of(artist_id) for artist_id in artist_ids}
        shards = await self._kv.get_many(set(keys.values()))
        return {
            artist_id: shards[key].artists[artist_id]
            for artist_id, key in keys.items()
            if key in shards and artist_id in shards[key].artists
        }

    async def _update(self, key: Key[ArtistShard], added: Mapping[str, ArtistRecord], now: datetime) -> None:
        await self._kv.update(
            key,
            lambda shard: shard.plus(added, now),
            default=ArtistShard(),
            later=True,
            ttl=lambda shard: shard.ends_at - now,
        )


def shard_of(artist_id: str) -> Key[ArtistShard]:
    """Return the key of the shard that an artist is in, the same in every process and for ever."""
    return ARTIST_GENRES(zlib.crc32(artist_id.encode()) % SHARDS)


def _linked(mbid: str | None, now: datetime) -> ArtistRecord:
    return ArtistRecord(mbid=mbid, mbid_until=_end(MBID_TTL if mbid else NO_MBID_TTL, now))


def _tagged(genres: ArtistGenres, now: datetime) -> ArtistRecord:
    return ArtistRecord.of(genres, until=_end(FOUND_TTL if genres.tags else EMPTY_TTL, now))


def _end(bounds: tuple[timedelta, timedelta], now: datetime) -> int:
    shortest, longest = bounds
    return int((now + shortest + (longest - shortest) * _JITTER.random()).timestamp())

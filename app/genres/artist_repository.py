"""What sources said about artists: public data, shared by everybody and kept apart from people."""

import asyncio
import random
from collections.abc import Iterable, Mapping
from datetime import timedelta

from app.genres.models import ArtistGenres, ArtistMbid
from app.kv.cached import CachedKV
from app.kv.keyspace import AtBound, Keyspace, Owner

# Spread out, so that artists who were looked up together do not all end on one day.
FOUND_TTL = (timedelta(days=60), timedelta(days=90))
EMPTY_TTL = (timedelta(days=6.3), timedelta(days=7.7))
MBID_TTL = (timedelta(days=162), timedelta(days=198))
NO_MBID_TTL = (timedelta(days=12.6), timedelta(days=15.4))

_JITTER = random.SystemRandom()

ARTIST_GENRES = Keyspace(
    "artist-genres",
    ArtistGenres,
    owner=Owner.NONE,
    ttl=FOUND_TTL[1],
    cache_ttl=timedelta(hours=1),
    at_bound=AtBound.WAIT,
    stale_if_down=True,
)
ARTIST_MBID = Keyspace(
    "artist-mbid",
    ArtistMbid,
    owner=Owner.NONE,
    ttl=MBID_TTL[1],
    cache_ttl=timedelta(hours=1),
    at_bound=AtBound.WAIT,
    stale_if_down=True,
)


class ArtistRepository:
    """Genres and MusicBrainz ids by Spotify's artist id, read and written by the hundred."""

    def __init__(self, kv: CachedKV) -> None:
        self._kv = kv

    async def find_genres(self, artist_ids: Iterable[str]) -> dict[str, ArtistGenres]:
        """Return what is known; artists nobody has asked about, or whose answer is too old, are absent."""
        found = await self._kv.get_many([ARTIST_GENRES(artist_id) for artist_id in artist_ids])
        return {genres.artist_id: genres for genres in found.values()}

    async def put_genres(self, genres: Iterable[ArtistGenres]) -> None:
        """Keep answers: two to three months, a week when there was nothing."""
        # Side by side, so that they share a round also where nothing is queued.
        await asyncio.gather(
            *(
                self._kv.put_later(
                    ARTIST_GENRES(one.artist_id), one, ttl=_between(FOUND_TTL if one.tags else EMPTY_TTL)
                )
                for one in genres
            )
        )

    async def find_mbids(self, artist_ids: Iterable[str]) -> dict[str, str | None]:
        """Return the MusicBrainz ids that are known, None where MusicBrainz is known to have none."""
        keys = {artist_id: ARTIST_MBID(artist_id) for artist_id in artist_ids}
        found = await self._kv.get_many(keys.values())
        return {artist_id: found[key].mbid for artist_id, key in keys.items() if key in found}

    async def put_mbids(self, mbids: Mapping[str, str | None]) -> None:
        """Keep ids: half a year, two weeks when there is none."""
        await asyncio.gather(
            *(
                self._kv.put_later(
                    ARTIST_MBID(artist_id),
                    ArtistMbid(mbid=mbid),
                    ttl=_between(MBID_TTL if mbid else NO_MBID_TTL),
                )
                for artist_id, mbid in mbids.items()
            )
        )


def _between(bounds: tuple[timedelta, timedelta]) -> timedelta:
    shortest, longest = bounds
    return shortest + (longest - shortest) * _JITTER.random()

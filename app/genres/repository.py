"""Where libraries and scans are kept."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

from app.clock import Clock
from app.genres.models import LibraryIndex, LibraryUse, OpenScan, ScanCursor, Song, SongChunk
from app.kv.cached import CachedKV
from app.kv.keyspace import AtBound, Keyspace, Owner

KEPT_AFTER_USE = timedelta(days=30)
# A library is written once and used for long: its end is that of its last use, which is a small record. Twice
# that time in the store lets a library that is looked at be written again in between.
STORED = 2 * KEPT_AFTER_USE
CHUNKS_AT_ONCE = 10
LONGEST_SCAN = timedelta(days=7)
"""A scan that has not ended by then, waiting included, is not gone on with after a restart."""
LEASE = timedelta(minutes=1)

LIBRARY = Keyspace(
    "library",
    LibraryIndex,
    owner=Owner.KEY,
    ttl=STORED,
    cache_ttl=timedelta(hours=1),
    at_bound=AtBound.WAIT,
    stale_if_down=True,
)
# Not kept in the memory cache: the sorted library is, and 50,000 songs would fill it.
SONGS = Keyspace(
    "library-songs",
    SongChunk,
    owner=Owner.KEY,
    ttl=STORED,
    cache_ttl=None,
    at_bound=AtBound.WAIT,
    stale_if_down=True,
)
LIBRARY_USE = Keyspace(
    "library-use",
    LibraryUse,
    owner=Owner.KEY,
    ttl=KEPT_AFTER_USE,
    cache_ttl=timedelta(hours=1),
    at_bound=AtBound.WAIT,
    stale_if_down=True,
)
SCAN = Keyspace(
    "scan",
    ScanCursor,
    owner=Owner.KEY,
    ttl=LONGEST_SCAN,
    cache_ttl=timedelta(seconds=60),
    at_bound=AtBound.WAIT,
    stale_if_down=False,
)
OPEN_SCAN = Keyspace(
    "open-scan",
    OpenScan,
    owner=Owner.KEY,
    ttl=LONGEST_SCAN,
    cache_ttl=timedelta(seconds=60),
    at_bound=AtBound.WAIT,
    stale_if_down=False,
)


class LibraryRepository:
    """Libraries in chunks, each scan's under a generation of its own."""

    def __init__(self, kv: CachedKV, clock: Clock) -> None:
        self._kv = kv
        self._clock = clock

    async def find_index(self, user_id: str) -> LibraryIndex | None:
        """Return where the person's whole library is, unless nobody has looked at it for a month."""
        index = await self._kv.get(LIBRARY(user_id))
        if index and await self._kv.get(LIBRARY_USE(user_id)) is None:
            await self.drop_chunks(user_id, index.generation, index.chunks)
            await self._kv.update(LIBRARY(user_id), lambda now: None if now == index else now, later=True)
            return None
        return index

    async def read_songs(
        self, user_id: str, generation: str, chunks: Iterable[int]
    ) -> AsyncIterator[tuple[Song, ...]]:
        """Give the songs of some chunks in their order, a few chunks a store call."""
        numbers = list(chunks)
        for start in range(0, len(numbers), CHUNKS_AT_ONCE):
            keys = [SONGS(user_id, generation, n) for n in numbers[start : start + CHUNKS_AT_ONCE]]
            found = await self._kv.get_many(keys)
            for key in keys:
                if chunk := found.get(key):
                    yield chunk.songs

    async def put_chunks(self, user_id: str, generation: str, chunks: Mapping[int, SongChunk]) -> None:
        """Make chunks durable, in one round."""
        values = {SONGS(user_id, generation, n): chunk for n, chunk in chunks.items()}
        if values:
            await self._kv.put_many(values)

    async def replace(self, user_id: str, index: LibraryIndex) -> None:
        """Put a whole new library in the place of the old one, whose songs go afterwards."""
        old = await self.find_index(user_id)
        # Without this record the library counts as forgotten, so it comes first.
        await self._kv.put(LIBRARY_USE(user_id), LibraryUse(used_at=self._clock.now()))
        await self._kv.put(LIBRARY(user_id), index)
        if old and old.generation != index.generation:
            await self.drop_chunks(user_id, old.generation, old.chunks)

    async def drop_chunks(self, user_id: str, generation: str, chunks: Iterable[int]) -> None:
        """Delete chunks that no index names any more."""
        for number in chunks:
            await self._kv.delete_later(SONGS(user_id, generation, number))

    async def revise(self, user_id: str, generation: str, *, waiting: int) -> None:
        """Note that genres of the library's artists have become known, and how many artists still wait."""

        def change(index: LibraryIndex) -> LibraryIndex:
            if index.generation != generation or index.waiting == waiting:
                return index
            return index.model_copy(update={"revision": index.revision + 1, "waiting": waiting})

        await self._kv.update(LIBRARY(user_id), change)

    async def touch(self, user_id: str, index: LibraryIndex) -> None:
        """Note that the person looks at the library, so that it is kept for a month; written once a day."""
        now = self._clock.now()

        def change(use: LibraryUse) -> LibraryUse:
            return use if now - use.used_at < timedelta(days=1) else LibraryUse(used_at=now)

        await self._kv.update(LIBRARY_USE(user_id), change, later=True)
        if now - index.stored_at > STORED - KEPT_AFTER_USE:
            await self._store_again(user_id, index)

    async def _store_again(self, user_id: str, index: LibraryIndex) -> None:
        """Give a library that is still in use its whole life in the store again."""
        numbers = iter(index.chunks)
        async for songs in self.read_songs(user_id, index.generation, index.chunks):
            key = SONGS(user_id, index.generation, next(numbers))
            await self._kv.put_later(key, SongChunk(songs=songs))
        stored = index.model_copy(update={"stored_at": self._clock.now()})
        await self._kv.update(LIBRARY(user_id), lambda now: stored if now == index else now)


class ScansRepository:
    """How far each person's scan is, and whose scans go on."""

    def __init__(self, kv: CachedKV) -> None:
        self._kv = kv

    def lease(self, user_id: str) -> AbstractAsyncContextManager[None]:
        """Return a block in which nobody else scans for the person; `LeaseHeldError` while somebody does."""
        return self._kv.lease(f"scan:{user_id}", LEASE)

    async def find(self, user_id: str) -> ScanCursor | None:
        """Return the person's last scan, for a week after it was saved."""
        return await self._kv.get(SCAN(user_id))

    async def put(self, user_id: str, cursor: ScanCursor) -> None:
        """Save how far a scan is; what it says was read has to be durable before."""
        await self._kv.put(SCAN(user_id), cursor)

    async def open(self, user_id: str, since: datetime) -> None:
        """Note that the person's scan goes on after a restart."""
        await self._kv.put(OPEN_SCAN(user_id), OpenScan(since=since))

    async def close(self, user_id: str) -> None:
        """Note that it does not."""
        await self._kv.delete(OPEN_SCAN(user_id))

    async def list_open(self) -> tuple[str, ...]:
        """Return whose scans were running or waiting when the last process ended."""
        return tuple(key.parts[0] for key in await self._kv.keys(OPEN_SCAN))

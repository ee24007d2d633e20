"""Where libraries and scans are kept."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta

from app.clock import Clock
from app.genres.models import LibraryIndex, LibraryUse, OpenScan, ScanCursor, SourceIndex
from app.genres.songs import Pool, Song, SongChunk
from app.kv.cached import CachedKV
from app.kv.keyspace import AtBound, Keyspace, Owner

KEPT_AFTER_USE = timedelta(days=30)
# A library is written once and used for long: its end is that of its last use, which is a small record. Twice
# that time in the store lets a library that is looked at be written again in between.
STORED = 2 * KEPT_AFTER_USE
CHUNKS_AT_ONCE = 5
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
OPEN_FILL = Keyspace(
    "open-fill",
    OpenScan,
    owner=Owner.KEY,
    ttl=timedelta(days=1),
    cache_ttl=timedelta(seconds=60),
    at_bound=AtBound.WAIT,
    stale_if_down=False,
)


class LibraryRepository:
    """Libraries: an index that says which chunks of songs they are made of. A named chunk never changes."""

    def __init__(self, kv: CachedKV, clock: Clock) -> None:
        self._kv = kv
        self._clock = clock

    async def find_index(self, user_id: str) -> LibraryIndex | None:
        """Return where the person's library is, unless nobody has looked at it for a month."""
        index = await self._kv.get(LIBRARY(user_id))
        if index is None or (index.sources and await self._kv.get(LIBRARY_USE(user_id))):
            return index
        await self.drop_chunks(user_id, index.chunks)
        await self._kv.update(LIBRARY(user_id), lambda now: None if now == index else now, later=True)
        return None

    async def read_chunks(self, user_id: str, part: SourceIndex) -> AsyncIterator[tuple[int, SongChunk]]:
        """Give the chunks of a source with their numbers, in their order, a few a store call."""
        for start in range(0, len(part.chunks), CHUNKS_AT_ONCE):
            keys = {
                number: SONGS(user_id, part.generation, number)
                for number in part.chunks[start : start + CHUNKS_AT_ONCE]
            }
            found = await self._kv.get_many(keys.values())
            for number, key in keys.items():
                if chunk := found.pop(key, None):
                    yield number, chunk

    async def read_songs(self, user_id: str, parts: Iterable[SourceIndex]) -> AsyncIterator[Song]:
        """Give the songs of some sources, source by source, each song once."""
        pool, seen = Pool(), set[str]()
        for part in parts:
            async for _, chunk in self.read_chunks(user_id, part):
                for song in chunk.songs(pool):
                    if song.key not in seen:
                        seen.add(song.key)
                        yield song

    async def put_chunks(self, user_id: str, generation: str, chunks: Mapping[int, SongChunk]) -> None:
        """Make chunks durable, in one round."""
        values = {SONGS(user_id, generation, n): chunk for n, chunk in chunks.items()}
        if values:
            await self._kv.put_many(values)

    async def commit(self, user_id: str, index: LibraryIndex) -> None:
        """Let an index take the place of the old one; what was noted of the same songs meanwhile stays."""

        def take(now: LibraryIndex) -> LibraryIndex:
            if now.generation == index.generation:
                return now.model_copy(update={"sources": index.sources, "scanned_at": index.scanned_at})
            return index.model_copy(update={"order": now.order})

        # Without this record the library counts as forgotten, so it comes first.
        await self._kv.put(LIBRARY_USE(user_id), LibraryUse(used_at=self._clock.now()))
        await self._kv.update(LIBRARY(user_id), take, default=index)

    async def sweep(self, user_id: str, index: LibraryIndex) -> None:
        """Delete the chunks that an index does not name, those that a crash has left behind among them."""
        stored = {(key.parts[1], int(key.parts[2])) for key in await self._kv.keys(SONGS, user_id)}
        await self.drop_chunks(user_id, stored - index.chunks)

    async def drop_chunks(self, user_id: str, chunks: Iterable[tuple[str, int]]) -> None:
        """Delete chunks that no index names."""
        for generation, number in chunks:
            await self._kv.delete_later(SONGS(user_id, generation, number))

    async def revise(self, user_id: str, generation: str, *, waiting: int, learned: bool = False) -> None:
        """Note that genres of the library's artists have become known, and how many artists still wait.

        `learned` says that something became known also where just as many wait.
        """

        def change(index: LibraryIndex) -> LibraryIndex:
            if index.generation != generation or (index.waiting == waiting and not learned):
                return index
            return index.model_copy(update={"revision": index.revision + 1, "waiting": waiting})

        await self._kv.update(LIBRARY(user_id), change)

    async def sort_anew(self, user_id: str) -> None:
        """Note that the library's songs have other places now, though they are the same."""
        await self._kv.update(
            LIBRARY(user_id), lambda index: index.model_copy(update={"order": index.order + 1})
        )

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
        for part in index.sources:
            async for number, chunk in self.read_chunks(user_id, part):
                await self._kv.put_later(SONGS(user_id, part.generation, number), chunk)
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
        cursor = await self._kv.get(SCAN(user_id))
        return cursor if cursor and cursor.wanted else None

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

    async def open_fill(self, user_id: str, since: datetime) -> None:
        """Note that a restart goes on asking about the artists of the person's library."""
        await self._kv.put_later(OPEN_FILL(user_id), OpenScan(since=since))

    async def close_fill(self, user_id: str) -> None:
        """Note that it does not."""
        await self._kv.delete_later(OPEN_FILL(user_id))

    async def list_fills(self) -> tuple[str, ...]:
        """Return whose artists had no answers yet when the last process ended."""
        return tuple(key.parts[0] for key in await self._kv.keys(OPEN_FILL))

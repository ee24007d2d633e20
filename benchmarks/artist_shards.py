"""What artists cost in shards: one value's size and times, a batch of answers, a library's look-up.

    python benchmarks/artist_shards.py

Prints a table for three sizes of an installation. Artists have as many tags as MusicBrainz gives: a third
none, the others seven on average. Times are the best of several, in milliseconds, on the event loop except
compressing, which a large round does on another thread.
"""

import asyncio
import random
import time
import uuid
import zlib
from collections.abc import Callable
from pathlib import Path

from app.clock import SystemClock
from app.genres.artist_models import ArtistShard, Tag
from app.genres.artist_repository import SHARDS, ArtistRepository
from app.kv.cached import CachedKV
from app.kv.codec import FAST, decode, encode
from app.kv.keyspace import Keyspace
from app.kv.stores.memory import MemoryStore

ARTISTS = (3_000, 15_000, 75_000)
BATCH = 100
ROUNDS = 5
WORDS = (Path(__file__).parent.parent / "app/genres/vocabulary.txt").read_text().splitlines()
SPACE = Keyspace("artist-genres", ArtistShard)


def answers(count: int, chance: random.Random) -> tuple[dict[str, str | None], dict[str, tuple[Tag, ...]]]:
    ids = [f"{chance.getrandbits(128):022x}"[-22:] for _ in range(count)]
    mbids = {
        one: str(uuid.UUID(int=chance.getrandbits(128))) if chance.random() < 0.8 else None for one in ids
    }
    return mbids, {one: tags(chance) for one in ids if mbids[one]}


def tags(chance: random.Random) -> tuple[Tag, ...]:
    count = 0 if chance.random() < 0.2 else 1 + int(chance.expovariate(1 / 6))
    return tuple(Tag(chance.choice(WORDS), chance.randint(1, 30), "musicbrainz") for _ in range(count))


def best_ms(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times) * 1000


async def measure(count: int) -> None:
    chance = random.Random(count)
    kv = CachedKV(MemoryStore(SystemClock()), clock=SystemClock())
    await kv.start()
    repository = ArtistRepository(kv, SystemClock())
    mbids, genres = answers(count, chance)
    await repository.keep(mbids, genres, source="musicbrainz")
    await repository.write()
    await kv.flush()
    (shard,) = (await kv.get_many([SPACE(0)])).values()
    body = encode(shard)
    batches, library = [], chance.sample(list(mbids), min(count, 3_000))
    for _ in range(ROUNDS):
        new = answers(BATCH, chance)
        started = time.perf_counter()
        await repository.keep(*new, source="musicbrainz")
        await repository.write()
        batches.append((time.perf_counter() - started) * 1000)
        await kv.flush()
    started = time.perf_counter()
    assert len(await repository.find(library)) == len(library)
    found_ms = (time.perf_counter() - started) * 1000
    await kv.close()
    packed = zlib.compress(body, FAST)
    print(
        f"| {count:,} | {len(shard.artists):,} | {len(body) / 1000:,.0f} KB | {len(packed) / 1000:,.0f} KB "
        f"| {best_ms(lambda: encode(shard)):.1f} | {best_ms(lambda: decode(SPACE, body)):.1f} "
        f"| {best_ms(lambda: zlib.compress(body, FAST)):.1f} | {min(batches):.0f} | {found_ms:.0f} |"
    )


async def main() -> None:
    print(f"{SHARDS} shards; batches of {BATCH} new artists; a library of 3,000 artists")
    print(
        "| artists | in a shard | JSON | compressed | encode | decode | compress | keep a batch | look up |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    for count in ARTISTS:
        await measure(count)


if __name__ == "__main__":
    asyncio.run(main())

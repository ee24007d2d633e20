"""What is known of artists, many of them in one stored value: nothing is lost, nothing outlives its end."""

import asyncio
import random
import string
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.genres.artist_repository import ARTIST_GENRES, SHARDS, ArtistRepository, shard_of
from app.genres.models import ArtistGenres, ArtistRecord, Tag
from app.kv.cached import CachedKV
from app.kv.options import KVOptions
from app.kv.store import Put
from app.kv.stores.memory import MemoryStore
from tests.fakes import FakeClock
from tests.unit.genres.wire import artist_id, mbid

pytestmark = pytest.mark.anyio

ROCK = (Tag("rock", 12, "musicbrainz"), Tag("indie rock", 3, "musicbrainz"))
MANY = [artist_id(number) for number in range(1000)]


@pytest.fixture
def repository(kv: CachedKV, clock: FakeClock) -> ArtistRepository:
    return ArtistRepository(kv, clock)


def said(artist_ids: Iterable[str], clock: FakeClock, tags: tuple[Tag, ...] = ROCK) -> list[ArtistGenres]:
    return [ArtistGenres(one, tags, clock.now()) for one in artist_ids]


def linked(artist_ids: Iterable[str]) -> dict[str, str | None]:
    return {one: mbid(one) for one in artist_ids}


def operations(kv: CachedKV) -> tuple[int, int]:
    counts = kv.snapshot().kinds["artist-genres"]
    return counts.reads, counts.writes


async def test_what_was_kept_is_found_again(repository: ArtistRepository, clock: FakeClock) -> None:
    (answer,) = said(["known"], clock)
    await repository.keep(mbids={"known": "m", "unlinked": None}, genres=[answer])
    wanted = ["known", "unlinked", "unknown"]
    assert await repository.find_genres(wanted) == {"known": answer}
    assert await repository.find_mbids(wanted) == {"known": "m", "unlinked": None}


async def test_each_part_of_an_artist_has_an_end_of_its_own(
    repository: ArtistRepository, clock: FakeClock
) -> None:
    await repository.keep(mbids=linked(["one"]), genres=[])
    await clock.advance(timedelta(days=100).total_seconds())
    await repository.keep(mbids={}, genres=said(["one"], clock))
    assert await repository.find_mbids(["one"]) == linked(["one"])
    await clock.advance(timedelta(days=59).total_seconds())
    assert await repository.find_mbids(["one"])
    assert await repository.find_genres(["one"])
    await clock.advance(timedelta(days=40).total_seconds())
    assert not await repository.find_mbids(["one"])
    assert not await repository.find_genres(["one"])


async def test_a_newer_answer_takes_the_place_of_the_older(
    repository: ArtistRepository, clock: FakeClock
) -> None:
    await repository.keep(mbids={"one": None}, genres=said(["one"], clock, tags=()))
    await clock.advance(60)
    (newer,) = said(["one"], clock)
    await repository.keep(mbids={"one": "m"}, genres=[newer])
    assert await repository.find_mbids(["one"]) == {"one": "m"}
    assert await repository.find_genres(["one"]) == {"one": newer}


async def test_answers_kept_at_the_same_time_are_all_there(
    repository: ArtistRepository, kv: CachedKV, clock: FakeClock
) -> None:
    other = ArtistRepository(kv, clock)
    batches = [MANY[start : start + 100] for start in range(0, 1000, 100)]
    await asyncio.gather(
        *(repository.keep(mbids=linked(batch), genres=[]) for batch in batches),
        *(other.keep(mbids={}, genres=said(batch, clock)) for batch in reversed(batches)),
    )
    assert await repository.find_mbids(MANY) == linked(MANY)
    assert len(await repository.find_genres(MANY)) == 1000


async def test_a_batch_is_one_call_and_one_operation_a_shard_each_way(
    repository: ArtistRepository, kv: CachedKV, clock: FakeClock
) -> None:
    before = kv.snapshot().calls
    await repository.find_genres(MANY)
    await repository.keep(mbids=linked(MANY), genres=said(MANY, clock))
    await kv.flush()
    await repository.find_mbids(MANY)
    assert operations(kv) == (SHARDS, SHARDS)
    assert kv.snapshot().calls - before == 2


async def test_shards_that_memory_lost_come_back_in_one_call(
    repository: ArtistRepository, kv: CachedKV, clock: FakeClock
) -> None:
    await repository.keep(mbids=linked(MANY), genres=[])
    await clock.advance(timedelta(days=2).total_seconds())
    before = kv.snapshot().calls
    await repository.keep(mbids={}, genres=said(MANY, clock))
    await clock.advance(5)
    assert kv.snapshot().calls - before == 2
    assert len(await repository.find_genres(MANY)) == 1000


async def test_artists_of_whom_nothing_is_good_any_more_are_dropped_with_the_next_write(
    repository: ArtistRepository, kv: CachedKV, clock: FakeClock
) -> None:
    neighbours = [one for one in MANY if shard_of(one) == shard_of(MANY[0])]
    await repository.keep(mbids={neighbours[0]: None, neighbours[1]: "m"}, genres=[])
    await clock.advance(timedelta(days=16).total_seconds())
    await repository.keep(mbids={neighbours[2]: None}, genres=[])
    shard = await kv.get(shard_of(MANY[0]))
    assert shard
    assert set(shard.artists) == {neighbours[1], neighbours[2]}


async def test_a_shard_is_in_the_store_as_long_as_the_last_of_its_artists(clock: FakeClock) -> None:
    store = MemoryStore(clock)
    kv = CachedKV(store, clock=clock, options=KVOptions(ledger=False))
    await kv.start()
    repository = ArtistRepository(kv, clock)
    here, there = MANY[0], next(one for one in MANY if shard_of(one) != shard_of(MANY[0]))
    await repository.keep(mbids={here: "m", there: None}, genres=[])
    await repository.keep(mbids={}, genres=said([here, there], clock, tags=()))
    await kv.flush()
    assert set((await store.scan("artist-genres:")).keys) == {shard_of(here).text, shard_of(there).text}
    await clock.advance(timedelta(days=16).total_seconds())
    assert (await store.scan("artist-genres:")).keys == (shard_of(here).text,)
    await clock.advance(timedelta(days=183).total_seconds())
    assert (await store.scan("artist-genres:")).keys == ()
    await kv.close()


async def test_what_earlier_releases_kept_by_artist_is_left_alone(clock: FakeClock) -> None:
    store = MemoryStore(clock)
    await store.apply([Put(f"{kind}:{MANY[0]}", b"old", None) for kind in ("artist-genres", "artist-mbid")])
    kv = CachedKV(store, clock=clock)
    await kv.start()
    repository = ArtistRepository(kv, clock)
    assert not await repository.find_genres(MANY)
    assert not await repository.find_mbids(MANY)
    await kv.close()


def test_an_artist_stays_in_the_same_shard_and_shards_are_alike() -> None:
    assert shard_of("4Z8W4fKeB5YxbusRsdQVPb") == ARTIST_GENRES(16)
    letters = random.Random(1)
    some = ["".join(letters.choices(string.ascii_letters + string.digits, k=22)) for _ in range(32_000)]
    sizes = Counter(shard_of(one) for one in some).values()
    assert len(sizes) == SHARDS
    assert max(sizes) < 1.2 * min(sizes)


@given(st.lists(st.builds(Tag, st.text(), st.integers(), st.sampled_from(["musicbrainz", "wikidata"]))))
def test_every_word_comes_back_as_it_was_said(tags: list[Tag]) -> None:
    answer = ArtistGenres("one", tuple(tags), FakeClock().now())
    assert ArtistRecord.of(answer, until=1).genres("one") == answer

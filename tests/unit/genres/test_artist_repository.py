"""What is known of artists, many of them in one stored value: nothing is lost, nothing outlives its end."""

import asyncio
import random
import string
from collections import Counter
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.genres.artist_models import ArtistRecord, ArtistShard, Said, Tag
from app.genres.artist_repository import ARTIST_GENRES, GATHER, SHARDS, ArtistRepository, shard_of
from app.kv.cached import CachedKV
from app.kv.options import KVOptions
from app.kv.store import Put
from app.kv.stores.memory import MemoryStore
from tests.fakes import FakeClock
from tests.unit.genres.wire import artist_id, mbid

pytestmark = pytest.mark.anyio

ROCK = (Tag("rock", 12, "musicbrainz"), Tag("indie rock", 3, "musicbrainz"))
DAY_S = 86_400
MANY = [artist_id(number) for number in range(1000)]


@pytest.fixture
def repository(kv: CachedKV, clock: FakeClock) -> ArtistRepository:
    return ArtistRepository(kv, clock)


def said(artist_ids: Iterable[str], tags: tuple[Tag, ...] = ROCK) -> dict[str, tuple[Tag, ...]]:
    return dict.fromkeys(artist_ids, tags)


async def tags_of(repository: ArtistRepository, *artist_ids: str) -> dict[str, tuple[Tag, ...]]:
    found = await repository.find(artist_ids)
    return {one: record.genres(one).tags for one, record in found.items() if record.said}


async def mbids_of(repository: ArtistRepository, artist_ids: Iterable[str]) -> dict[str, str | None]:
    found = await repository.find(artist_ids)
    return {one: record.mbid for one, record in found.items() if record.mbid_until}


def linked(artist_ids: Iterable[str]) -> dict[str, str | None]:
    return {one: mbid(one) for one in artist_ids}


def operations(kv: CachedKV) -> tuple[int, int]:
    counts = kv.snapshot().kinds["artist-genres"]
    return counts.reads, counts.writes


async def test_what_was_kept_is_found_again(repository: ArtistRepository) -> None:
    await repository.keep({"known": "m", "unlinked": None}, said(["known"]), source="musicbrainz")
    wanted = ["known", "unlinked", "unknown"]
    assert await tags_of(repository, *wanted) == {"known": ROCK}
    assert await mbids_of(repository, wanted) == {"known": "m", "unlinked": None}


async def test_every_source_has_its_say_with_its_own_date(
    repository: ArtistRepository, clock: FakeClock
) -> None:
    first = clock.now()
    await repository.keep({}, said(["one"]), source="musicbrainz")
    await clock.advance(60)
    house = (Tag("house", 1, "wikidata"),)
    await repository.keep({}, said(["one"], house), source="wikidata")
    await repository.write()
    genres = (await repository.find(["one"]))["one"].genres("one")
    assert genres.tags == ROCK + house
    assert genres.asked == (("musicbrainz", first), ("wikidata", clock.now()))
    assert genres.checked_at == clock.now()


async def test_a_newer_answer_takes_the_place_of_the_older(repository: ArtistRepository) -> None:
    await repository.keep({"one": None}, said(["one"], ()), source="musicbrainz")
    await repository.write()
    await repository.keep({"one": "m"}, said(["one"]), source="musicbrainz")
    assert await mbids_of(repository, ["one"]) == {"one": "m"}
    assert await tags_of(repository, "one") == {"one": ROCK}


async def test_no_link_does_not_take_away_an_id_that_another_source_knows(
    repository: ArtistRepository,
) -> None:
    await repository.keep({"one": "m"}, source="wikidata")
    await repository.keep({"one": None}, source="musicbrainz")
    await repository.write()
    assert await mbids_of(repository, ["one"]) == {"one": "m"}


async def test_nothing_twice_in_a_row_is_good_for_a_month(
    repository: ArtistRepository, clock: FakeClock
) -> None:
    for shortest, longest in ((6, 8), (26, 34)):
        await repository.keep({}, said(["one"], ()), source="wikidata")
        record = (await repository.find(["one"]))["one"]
        assert shortest * DAY_S < record.ends_at - clock.now().timestamp() < longest * DAY_S
        await clock.jump(10 * DAY_S)


async def test_an_old_answer_is_served_for_a_month_more(
    repository: ArtistRepository, clock: FakeClock
) -> None:
    await repository.keep({}, said(["one"]), source="musicbrainz")
    await repository.write()
    await clock.jump(89 * DAY_S)
    assert await tags_of(repository, "one") == {"one": ROCK}
    await clock.jump(32 * DAY_S)
    assert await tags_of(repository, "one") == {}


async def test_answers_kept_at_the_same_time_are_all_there(kv: CachedKV, clock: FakeClock) -> None:
    one, other = ArtistRepository(kv, clock), ArtistRepository(kv, clock)
    batches = [MANY[start : start + 100] for start in range(0, 1000, 100)]
    await asyncio.gather(
        *(one.keep(linked(batch), source="musicbrainz") for batch in batches),
        *(other.keep({}, said(batch), source="wikidata") for batch in reversed(batches)),
    )
    await asyncio.gather(one.write(), other.write())
    fresh = ArtistRepository(kv, clock)
    assert await mbids_of(fresh, MANY) == linked(MANY)
    assert len(await tags_of(fresh, *MANY)) == 1000


async def test_what_is_said_while_a_shard_is_written_is_not_lost(
    repository: ArtistRepository, kv: CachedKV, clock: FakeClock
) -> None:
    await repository.keep(linked(MANY), source="musicbrainz")
    writing = asyncio.create_task(repository.write())
    await asyncio.sleep(0)
    await repository.keep({}, said(MANY), source="musicbrainz")
    await writing
    await repository.write()
    fresh = ArtistRepository(kv, clock)
    assert len(await tags_of(fresh, *MANY)) == 1000
    assert await mbids_of(fresh, MANY) == linked(MANY)


async def test_many_answers_are_one_write_a_shard(
    repository: ArtistRepository, kv: CachedKV, clock: FakeClock
) -> None:
    before = kv.snapshot().calls
    for start in range(0, 1000, 100):
        await repository.keep(linked(MANY[start : start + 100]), source="musicbrainz")
        await repository.keep({}, said(MANY[start : start + 100]), source="musicbrainz")
        await clock.advance(2)
    await clock.advance(20)
    await kv.flush()
    reads, writes = operations(kv)
    assert (reads, writes) == (SHARDS, 2 * SHARDS)
    assert kv.snapshot().calls - before <= 4


async def test_more_than_a_few_thousand_answers_are_not_held_back(
    repository: ArtistRepository, kv: CachedKV
) -> None:
    many = [artist_id(number) for number in range(GATHER)]
    await repository.keep(linked(many[:-1]), source="musicbrainz")
    await kv.flush()
    assert "artist-genres" not in kv.snapshot().kinds
    await repository.keep(linked(many[-1:]), source="musicbrainz")
    await kv.flush()
    assert operations(kv)[1] == SHARDS


async def test_what_is_gathered_when_the_app_ends_is_kept(clock: FakeClock) -> None:
    store = MemoryStore(clock)
    kv = CachedKV(store, clock=clock, options=KVOptions(ledger=False))
    await kv.start()
    repository = ArtistRepository(kv, clock)
    await repository.keep({}, said(["one"]), source="musicbrainz")
    assert not (await store.scan("artist-genres:")).keys
    await repository.close()
    await kv.flush()
    assert (await store.scan("artist-genres:")).keys == (shard_of("one").text,)
    await kv.close()


async def test_what_the_store_refuses_stays_gathered(clock: FakeClock) -> None:
    store = Sulking(clock)
    kv = CachedKV(store, clock=clock, options=KVOptions(ledger=False))
    await kv.start()
    repository = ArtistRepository(kv, clock)
    await repository.find(["one"])
    await repository.keep({}, said(["one"]), source="musicbrainz")
    store.sulks = True
    await clock.advance(10)
    store.sulks = False
    await clock.advance(60)
    assert await tags_of(ArtistRepository(kv, clock), "one") == {"one": ROCK}
    await repository.close()
    await kv.close()


class Sulking(MemoryStore):
    sulks = False

    async def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        if self.sulks:
            raise ConnectionError("sulking")
        return await super().get_many(keys)


async def test_artists_of_no_use_any_more_are_dropped_with_the_next_write(
    repository: ArtistRepository, kv: CachedKV, clock: FakeClock
) -> None:
    neighbours = [one for one in MANY if shard_of(one) == shard_of(MANY[0])]
    await repository.keep({neighbours[0]: None, neighbours[1]: "m"}, source="musicbrainz")
    await repository.write()
    await clock.jump(46 * DAY_S)
    await repository.keep({neighbours[2]: None}, source="musicbrainz")
    await repository.write()
    shard = await kv.get(shard_of(MANY[0]))
    assert shard
    assert set(shard.artists) == {neighbours[1], neighbours[2]}


async def test_a_shard_is_in_the_store_as_long_as_the_last_of_its_artists(clock: FakeClock) -> None:
    store = MemoryStore(clock)
    kv = CachedKV(store, clock=clock, options=KVOptions(ledger=False))
    await kv.start()
    repository = ArtistRepository(kv, clock)
    here, there = MANY[0], next(one for one in MANY if shard_of(one) != shard_of(MANY[0]))
    await repository.keep({here: "m", there: None}, said([here, there], ()), source="musicbrainz")
    await repository.write()
    await kv.flush()
    assert set((await store.scan("artist-genres:")).keys) == {shard_of(here).text, shard_of(there).text}
    await clock.jump(46 * DAY_S)
    assert (await store.scan("artist-genres:")).keys == (shard_of(here).text,)
    await clock.jump(183 * DAY_S)
    assert (await store.scan("artist-genres:")).keys == ()
    await kv.close()


def test_a_record_of_an_earlier_release_is_what_musicbrainz_said() -> None:
    shard = ArtistShard.model_validate_json(
        '{"artists": {"one": ["m", 200, ["musicbrainz 12 indie rock"], 100, 150]}}'
    )
    record = shard.artists["one"]
    assert record.said == (Said("musicbrainz", 100, 150, ("12 indie rock",)),)
    assert record.genres("one").tags == (Tag("indie rock", 12, "musicbrainz"),)
    newer = ArtistRecord().saying(Said("wikidata", 120, 160, ("1 house",)))
    again = ArtistShard.model_validate_json(
        ArtistShard(artists={"one": record.plus(newer, 130)}).model_dump_json()
    )
    assert [one.source for one in again.artists["one"].said] == ["musicbrainz", "wikidata"]


async def test_what_earlier_releases_kept_by_artist_is_left_alone(clock: FakeClock) -> None:
    store = MemoryStore(clock)
    await store.apply([Put(f"{kind}:{MANY[0]}", b"old", None) for kind in ("artist-genres", "artist-mbid")])
    kv = CachedKV(store, clock=clock)
    await kv.start()
    repository = ArtistRepository(kv, clock)
    assert not await repository.find(MANY)
    await kv.close()


def test_an_artist_stays_in_the_same_shard_and_shards_are_alike() -> None:
    assert shard_of("4Z8W4fKeB5YxbusRsdQVPb") == ARTIST_GENRES(16)
    letters = random.Random(1)
    some = ["".join(letters.choices(string.ascii_letters + string.digits, k=22)) for _ in range(32_000)]
    sizes = Counter(shard_of(one) for one in some).values()
    assert len(sizes) == SHARDS
    assert max(sizes) < 1.2 * min(sizes)


@given(st.lists(st.tuples(st.text(), st.integers()), unique_by=str))
def test_every_word_comes_back_as_it_was_said(words: list[tuple[str, int]]) -> None:
    for source in ("musicbrainz", "wikidata"):
        said_so = Said(source, 1, 2, tuple(f"{votes} {word}" for word, votes in words))
        tags = ArtistRecord().saying(said_so).genres("one").tags
        assert tags == tuple(Tag(word, votes, source) for word, votes in words)

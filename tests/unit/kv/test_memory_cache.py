"""What is kept in memory, and for how long."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from app.kv.cache import ABSENT_S, MISSING, UNUSED_S, MemoryCache
from app.kv.context import Context
from app.kv.errors import KVError
from app.kv.keyspace import Keyspace
from app.kv.metrics import Metrics
from app.kv.options import KVOptions
from tests.fakes import FakeClock
from tests.unit.kv.stand_ins import BOARD, NOTE, PLAN, Bench, Note, note

pytestmark = pytest.mark.anyio

MEGABYTE = 1024 * 1024
PLAIN = KVOptions(ledger=False, trust_memory=False)
SESSION = Keyspace("session", Note, cache_ttl=timedelta(seconds=60))

MakeCache = Callable[..., MemoryCache]


@pytest.fixture
def make_cache(clock: FakeClock) -> MakeCache:
    def make(*, trusted: bool = False, **options: object) -> MemoryCache:
        context = Context(clock, Metrics(clock), KVOptions(**options))  # type: ignore[arg-type]
        cache = MemoryCache(context, trusted=trusted)
        cache._random = lambda: 0.0
        return cache

    return make


def keep(cache: MemoryCache, name: object, *, size: int = 10, ends_at: float | None = None) -> None:
    cache.put(NOTE(name), note(name), size=size, ends_at=ends_at)


def kept(cache: MemoryCache, *names: object) -> list[bool]:
    return [cache.get(NOTE(name)) is not MISSING for name in names]


async def test_a_plain_lifetime_ends_however_much_the_entry_is_used(
    make_cache: MakeCache, clock: FakeClock
) -> None:
    cache = make_cache()
    keep(cache, "a")
    for _ in range(59):
        await clock.advance(1)
        assert cache.get(NOTE("a")) == note("a")
    await clock.advance(1)

    assert cache.get(NOTE("a")) is MISSING


async def test_a_trusted_entry_stays_while_it_is_used_and_ends_unused(
    make_cache: MakeCache, clock: FakeClock
) -> None:
    cache = make_cache(trusted=True)
    keep(cache, "a")
    for _ in range(5):
        await clock.advance(UNUSED_S * 0.89)
        assert cache.get(NOTE("a")) == note("a")
    await clock.advance(UNUSED_S)

    assert cache.get(NOTE("a")) is MISSING


async def test_a_longer_lifetime_of_a_trusted_kind_counts(make_cache: MakeCache, clock: FakeClock) -> None:
    cache = make_cache(trusted=True)
    week = Keyspace("week", Note, cache_ttl=timedelta(days=7))
    cache.put(week("a"), note("a"), size=1, ends_at=None)
    await clock.advance(6 * UNUSED_S)

    assert cache.get(week("a")) == note("a")


@pytest.mark.parametrize(("trusted", "ttls"), [(False, {}), (True, {"note": 60.0})])
async def test_a_lifetime_is_shortened_by_up_to_a_tenth(
    make_cache: MakeCache, clock: FakeClock, *, trusted: bool, ttls: dict[str, float]
) -> None:
    cache = make_cache(trusted=trusted, cache_ttl_s=ttls)
    cache._random = lambda: 1.0
    keep(cache, "a")
    await clock.advance(53.9)
    assert kept(make_cache(), "a") == [False]
    assert cache.stale(NOTE("a")) == note("a")
    await clock.advance(0.1)

    assert cache.get(NOTE("a")) is MISSING


async def test_an_end_is_exact_for_the_trusted_and_the_stale_too(
    make_cache: MakeCache, clock: FakeClock
) -> None:
    cache = make_cache(trusted=True)
    now = clock.now().timestamp()
    keep(cache, "a", ends_at=now + 30)
    cache.put(BOARD("a"), note("a"), size=1, ends_at=now + 30)
    await clock.advance(29.9)
    assert kept(cache, "a") == [True]
    await clock.advance(0.1)

    assert kept(cache, "a") == [False]
    assert cache.stale(BOARD("a")) is MISSING


async def test_a_trusted_value_that_the_store_has_ended_is_absent_for_a_day(
    make_cache: MakeCache, clock: FakeClock
) -> None:
    cache = make_cache(trusted=True)
    keep(cache, "a", size=10, ends_at=clock.now().timestamp() + 30)
    await clock.advance(30)
    assert cache.get(NOTE("a")) is MISSING  # the store has to be asked, which removes it
    cache.put(NOTE("a"), None, size=0, ends_at=None)
    assert [cache.get(NOTE("a")), cache.state().bytes] == [None, 0]
    await clock.advance(UNUSED_S - 1)
    assert cache.get(NOTE("a")) is None
    await clock.advance(1)

    assert cache.get(NOTE("a")) is MISSING


async def test_a_plain_value_that_has_ended_may_be_there_again(
    make_cache: MakeCache, clock: FakeClock
) -> None:
    cache = make_cache()
    keep(cache, "a", ends_at=clock.now().timestamp() + 30)
    await clock.advance(30)
    cache.put(NOTE("a"), None, size=0, ends_at=None)
    assert cache.get(NOTE("a")) is None
    await clock.advance(ABSENT_S)

    assert cache.get(NOTE("a")) is MISSING


async def test_a_lifetime_can_be_set_by_kind(make_cache: MakeCache, clock: FakeClock) -> None:
    cache = make_cache(cache_ttl_s={"note": 5.0})
    keep(cache, "a")
    await clock.advance(5)

    assert kept(cache, "a") == [False]


def test_nothing_is_kept_when_memory_is_off_or_the_kind_says_never(make_cache: MakeCache) -> None:
    cache = make_cache(memory_cache=False)
    keep(cache, "a")
    assert kept(cache, "a") == [False]

    cache = make_cache()
    cache.put(PLAN("a"), note("a"), size=1, ends_at=None)
    assert cache.get(PLAN("a")) is MISSING
    assert cache.state().entries == 0


def test_the_least_recently_used_entry_of_a_kind_gives_way(make_cache: MakeCache) -> None:
    cache = make_cache(cache_entries=2)
    cache.put(BOARD("other"), note("x"), size=1, ends_at=None)
    keep(cache, "a")
    keep(cache, "b")
    cache.get(NOTE("a"))
    keep(cache, "c")

    assert kept(cache, "a", "b", "c") == [True, False, True]
    assert cache.get(BOARD("other")) == note("x")
    assert cache.state().evictions == 1


def test_sessions_get_ten_times_the_entries(make_cache: MakeCache) -> None:
    cache = make_cache(cache_entries=2)
    for number in range(25):
        cache.put(SESSION(number), note(number), size=1, ends_at=None)

    assert cache.state().entries == 20


def test_bytes_are_bounded_over_all_kinds(make_cache: MakeCache) -> None:
    cache = make_cache(cache_bytes=1000)
    cache.put(BOARD("small"), note("x"), size=100, ends_at=None)
    for name in "abc":
        keep(cache, name, size=400)

    assert kept(cache, "a", "b", "c") == [False, True, True]
    assert cache.get(BOARD("small")) == note("x")
    assert cache.state().bytes == 900


def test_the_largest_kind_gives_way_first(make_cache: MakeCache) -> None:
    cache = make_cache(cache_bytes=1000)
    for name in "abc":
        keep(cache, name, size=300)
    cache.put(BOARD("a"), note("x"), size=300, ends_at=None)

    assert kept(cache, "a", "b", "c") == [False, True, True]
    assert cache.get(BOARD("a")) == note("x")
    assert cache.state().evictions == 1


async def test_bytes_that_ended_make_room(make_cache: MakeCache, clock: FakeClock) -> None:
    cache = make_cache(cache_bytes=1000)
    keep(cache, "a", size=900)
    await clock.advance(60)
    keep(cache, "b", size=900)

    assert kept(cache, "b") == [True]
    assert cache.state().evictions == 0


def test_an_entry_over_a_megabyte_is_not_kept_and_takes_the_older_one_away(make_cache: MakeCache) -> None:
    cache = make_cache()
    keep(cache, "a", size=MEGABYTE)
    assert kept(cache, "a") == [True]
    keep(cache, "a", size=MEGABYTE + 1)

    assert kept(cache, "a") == [False]


def test_a_discarded_entry_is_gone(make_cache: MakeCache) -> None:
    cache = make_cache()
    keep(cache, "a")
    cache.discard(NOTE("a"))
    cache.discard(NOTE("b"))

    assert kept(cache, "a") == [False]


async def test_a_trusted_value_needs_no_store_and_is_not_stale() -> None:
    async with Bench() as bench:
        await bench.kv.put(NOTE("a"), note(1))
        bench.store.down = True
        await bench.clock.advance(1000)

        assert await bench.kv.get(NOTE("a")) == note(1)
        assert bench.kv.snapshot().kinds["note"].stale == 0


async def test_a_kind_may_be_stale_while_the_store_is_down() -> None:
    async with Bench(PLAIN) as bench:
        await bench.kv.put(BOARD("a"), note(1))
        bench.store.down = True
        await bench.clock.advance(1000)
        assert await bench.kv.get(BOARD("a")) == note(1)
        assert bench.kv.snapshot().kinds["board"].stale == 1
        with pytest.raises(KVError):
            await bench.kv.get(BOARD("never seen"))

        bench.store.down = False
        await bench.store.inner.apply([])
        assert await bench.kv.get(BOARD("a")) == note(1)
        assert bench.kv.snapshot().kinds["board"].stale == 1


async def test_other_kinds_are_never_stale() -> None:
    async with Bench(PLAIN) as bench:
        await bench.kv.put(NOTE("a"), note(1))
        bench.store.down = True
        await bench.clock.advance(1000)

        with pytest.raises(KVError):
            await bench.kv.get(NOTE("a"))
        with pytest.raises(KVError):
            await bench.kv.get_many([NOTE("a"), NOTE("b")])


@pytest.mark.parametrize(
    ("options", "single_writer", "reads"),
    [
        (KVOptions(ledger=False), True, 0),
        (PLAIN, True, 2),
        (KVOptions(ledger=False), False, 2),
        (KVOptions(ledger=False, memory_cache=False), True, 20),
    ],
)
async def test_memory_is_trusted_only_on_a_store_that_nobody_else_writes(
    options: KVOptions, *, single_writer: bool, reads: int
) -> None:
    async with Bench(options, single_writer=single_writer) as bench:
        bench.kv._cache._random = lambda: 0.0
        await bench.kv.put(NOTE("a"), note(1))
        for _ in range(20):
            await bench.clock.advance(8)
            await bench.kv.get(NOTE("a"))

        assert bench.store.seen["reads"] == reads

"""What the service promises, on every store, with its batching and memory cache on and off."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from app.kv.cached import CachedKV
from app.kv.metrics import Operations
from app.kv.options import KVOptions
from app.kv.stores import open_store
from tests.fakes import FakeClock
from tests.unit.kv.stand_ins import BOARD, COUNTS, LOG, NOTE, PLAN, RAW, SEEN, ScriptedStore, note

pytestmark = pytest.mark.anyio

OPTIONS = {
    "as shipped": KVOptions(),
    "plain lifetimes": KVOptions(trust_memory=False),
    "all off": KVOptions(write_batching=False, memory_cache=False),
}

MakeService = Callable[[], Awaitable[CachedKV]]


@pytest.fixture(params=["memory", "sqlite"])
def make_service(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> MakeService:
    urls = {"memory": "memory://", "sqlite": f"sqlite:///{tmp_path}/test.db"}

    async def make(options: str = "as shipped") -> CachedKV:
        service = CachedKV(
            await open_store(urls[request.param], clock=clock), clock=clock, options=OPTIONS[options]
        )
        await service.start()
        return service

    return make


@pytest.fixture(params=list(OPTIONS))
async def kv(
    request: pytest.FixtureRequest, make_service: Callable[[str], Awaitable[CachedKV]]
) -> AsyncIterator[CachedKV]:
    service = await make_service(request.param)
    yield service
    await service.close()


async def test_a_value_comes_back_until_its_end(kv: CachedKV, clock: FakeClock) -> None:
    await kv.put(NOTE("a"), note("hello"))
    assert await kv.get(NOTE("a")) == note("hello")
    await clock.jump(3599)
    assert await kv.get(NOTE("a")) == note("hello")
    await clock.jump(1)

    assert await kv.get(NOTE("a")) is None
    assert await kv.get_many([NOTE("a")]) == {}


async def test_a_life_can_be_given_with_the_value(kv: CachedKV, clock: FakeClock) -> None:
    await kv.put(NOTE("short"), note(1), ttl=timedelta(seconds=10))
    await kv.put_later(NOTE("long"), note(1), ttl=timedelta(days=1))
    await kv.update(NOTE("long"), lambda _: note(2), ttl=timedelta(days=2))
    await clock.jump(10)
    assert await kv.get(NOTE("short")) is None
    await clock.jump(timedelta(days=1).total_seconds())

    assert await kv.get(NOTE("long")) == note(2)


async def test_a_queued_write_is_seen_by_every_later_read(kv: CachedKV) -> None:
    await kv.put_later(PLAN("a"), note(1))
    assert await kv.get(PLAN("a")) == note(1)
    await kv.delete_later(PLAN("a"))
    assert await kv.get(PLAN("a")) is None
    await kv.put_later(PLAN("a"), note(2))
    assert await kv.get_many([PLAN("a"), PLAN("b")]) == {PLAN("a"): note(2)}


async def test_kinds_and_bytes(kv: CachedKV) -> None:
    await kv.put_many({NOTE("a"): note(1), BOARD("a"): note(2)})
    await kv.put(RAW("a"), b"\x00\xff")

    assert await kv.get(NOTE("a")) == note(1)
    assert await kv.get(BOARD("a")) == note(2)
    assert await kv.get(RAW("a")) == b"\x00\xff"


async def test_updates_and_counters_lose_nothing(kv: CachedKV) -> None:
    await asyncio.gather(
        *(kv.count(COUNTS("a"), {"views": 1}) for _ in range(20)),
        *(kv.add(SEEN("a"), str(number)) for number in range(20)),
        *(kv.update(NOTE("a"), lambda old: note(old.text + "!"), default=note("")) for _ in range(20)),
        *(kv.append(LOG, note(number)) for number in range(20)),
    )
    counters, members = await kv.get(COUNTS("a")), await kv.get(SEEN("a"))

    assert counters is not None
    assert members is not None
    assert dict(counters.totals) == {"views": 20}
    assert len(members.members) == 20
    assert await kv.get(NOTE("a")) == note("!" * 20)
    assert len(await kv.entries(LOG, 100)) == 20


async def test_a_large_library_in_one_go(kv: CachedKV) -> None:
    values = {NOTE(number): note(f"{number} " * 2000) for number in range(200)}
    await kv.put_many(values)

    assert await kv.get_many(values) == values


async def test_two_hundred_cold_gets_are_one_read(kv: CachedKV) -> None:
    await kv.put(PLAN("a"), note(1))
    before = kv.snapshot().totals.reads

    assert await asyncio.gather(*(kv.get(PLAN("a")) for _ in range(200))) == [note(1)] * 200
    assert kv.snapshot().totals.reads == before + 1


@pytest.mark.parametrize("options", list(OPTIONS))
async def test_what_was_written_is_there_after_a_restart(
    tmp_path: Path, clock: FakeClock, options: str
) -> None:
    url = f"sqlite:///{tmp_path}/test.db"
    first = CachedKV(await open_store(url, clock=clock), clock=clock, options=OPTIONS[options])
    await first.start()
    await first.put(NOTE("put"), note(1))
    await first.put_later(NOTE("later"), note(2))
    await first.put_many({NOTE("gone"): note(3)})
    await first.delete_later(NOTE("gone"))
    await first.count(COUNTS("a"), {"views": 3})
    for number in range(70):
        await first.append(LOG, note(number))
    await first.close()

    second = CachedKV(await open_store(url, clock=clock), clock=clock)
    await second.start()
    await second.count(COUNTS("a"), {"views": 1})
    found = await second.get_many([NOTE("put"), NOTE("later"), NOTE("gone")])
    assert found == {NOTE("put"): note(1), NOTE("later"): note(2)}
    counters = await second.get(COUNTS("a"))
    assert counters is not None
    assert dict(counters.totals) == {"views": 4}
    assert [entry.text for entry in await second.entries(LOG, 2)] == ["69", "68"]
    await second.close()


async def test_the_counts_of_a_day_outlive_the_process(path: Path, clock: FakeClock) -> None:
    seen: Counter[str] = Counter()
    for number in range(3):
        store = ScriptedStore(await open_store(f"sqlite:///{path}", clock=clock))
        service = CachedKV(store, clock=clock)
        await service.start()
        await service.put(NOTE(number), note(number))
        await service.get_many([PLAN("a"), PLAN("b")])
        await service.delete_later(NOTE(number))
        await service.close()
        seen += store.seen

    (day,) = service.snapshot().days.values()
    for name in ("reads", "writes", "deletes"):
        assert sum(getattr(kind, name) for kind in day.values()) == seen[name]
    assert day["note"] == Operations(writes=3, deletes=3)

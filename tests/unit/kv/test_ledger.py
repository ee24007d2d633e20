"""The ledger: the counts of each day, in the store before anybody can forget them."""

from datetime import date, timedelta

import pytest
from structlog.testing import capture_logs

from app.kv.codec import decode, unseal
from app.kv.errors import KVError
from app.kv.ledger import LEDGER
from app.kv.metrics import Operations
from app.kv.options import KVOptions
from app.kv.store import Limits, Put
from tests.unit.kv.stand_ins import NOTE, PLAN, Bench, note

pytestmark = pytest.mark.anyio

TODAY, TOMORROW = date(2026, 11, 22), date(2026, 11, 23)
WITH_LEDGER = KVOptions()
DAY_S = timedelta(days=1).total_seconds()


async def saved(bench: Bench, day: date = TODAY) -> dict[str, Operations]:
    data = await bench.store.inner.get(LEDGER(day).text)
    return {} if data is None else dict(decode(LEDGER, unseal(data).body).kinds)


async def sums(bench: Bench, day: date = TODAY) -> dict[str, int]:
    kinds = (await saved(bench, day)).values()
    return {name: sum(getattr(kind, name) for kind in kinds) for name in ("reads", "writes", "deletes")}


async def test_every_round_brings_the_ledger_up_to_date_itself_included() -> None:
    async with Bench(WITH_LEDGER) as bench:
        await bench.kv.get(PLAN("a"))
        await bench.kv.put_many({NOTE(1): note(1), NOTE(2): note(2)})
        await bench.kv.delete(NOTE(1))

        seen = bench.store.seen
        assert await sums(bench) == {name: seen[name] for name in ("reads", "writes", "deletes")}
        assert (await saved(bench))["kv-ledger"] == Operations(lists=1, writes=2)
        assert (await saved(bench))["note"] == Operations(writes=2, deletes=1)
        assert bench.kv.snapshot().totals.writes == seen["writes"] == 4
        assert bench.kv.snapshot().calls == seen["calls"]


async def test_reads_are_saved_within_a_minute_and_an_idle_service_writes_nothing() -> None:
    async with Bench(WITH_LEDGER) as bench:
        await bench.clock.advance(60)
        await bench.kv.get(PLAN("a"))
        assert (await saved(bench)).get("plan") is None
        await bench.clock.advance(60)
        assert (await saved(bench))["plan"] == Operations(reads=1)

        calls = bench.store.seen["calls"]
        await bench.clock.advance(3600)
        assert bench.store.seen["calls"] == calls
        assert bench.kv.snapshot().queue.flushes == 2


async def test_reads_are_saved_at_the_end() -> None:
    async with Bench(WITH_LEDGER) as bench:
        await bench.kv.get(PLAN("a"))
        await bench.kv.close()

        assert bench.store.seen["writes"] == 1
        last = bench.store.batches[-1][0]
        assert isinstance(last, Put)
        assert decode(LEDGER, unseal(last.data).body).kinds["plan"] == Operations(reads=1)


async def test_the_last_minute_of_a_day_is_saved_on_the_next() -> None:
    async with Bench(WITH_LEDGER) as bench:
        await bench.kv.put(NOTE(1), note(1))
        await bench.clock.advance(DAY_S / 2 - 10)
        await bench.kv.get(PLAN("a"))
        await bench.clock.advance(20)
        await bench.kv.put(NOTE(1), note(2))

        assert (await saved(bench))["plan"] == Operations(reads=1)
        assert (await saved(bench, TOMORROW))["note"] == Operations(writes=1)
        days = bench.kv.snapshot().days
        assert sum(sum(k.writes for k in day.values()) for day in days.values()) == bench.store.seen["writes"]


async def test_failed_rounds_are_counted_and_saved_with_the_next_that_works() -> None:
    async with Bench(WITH_LEDGER) as bench:
        bench.store.mute = True
        with pytest.raises(KVError):
            await bench.kv.put(NOTE(1), note(1))
        bench.store.mute, bench.store.down = False, True
        with pytest.raises(KVError):
            await bench.let_pass(bench.kv.put(NOTE(2), note(2)))
        bench.store.down = False
        await bench.let_pass(bench.kv.flush())

        assert (await sums(bench))["writes"] == bench.store.seen["writes"]
        notes = [write for batch in bench.store.batches for write in batch if write.key.startswith("note:")]
        assert (await saved(bench))["note"].writes == len(notes) > 3


async def test_a_ledger_that_is_refused_is_tried_again() -> None:
    async with Bench(WITH_LEDGER) as bench:
        bench.store.fails = {LEDGER(TODAY).text}
        await bench.kv.put(NOTE(1), note(1))
        assert await saved(bench) == {}
        bench.store.fails = set()
        await bench.clock.advance(120)

        assert (await sums(bench))["writes"] == bench.store.seen["writes"]


async def test_a_round_leaves_room_for_the_ledger() -> None:
    async with Bench(WITH_LEDGER, limits=Limits(100, 10_000, 5, 10_000)) as bench:
        await bench.kv.put_many({NOTE(number): note(number) for number in range(10)})

        assert [len(batch) for batch in bench.store.batches] == [4, 4, 4, 2]


async def test_a_week_and_the_day_before_it_are_read_back_at_the_start() -> None:
    async with Bench(WITH_LEDGER) as bench:
        for age in range(12):
            day = TODAY - timedelta(days=age)
            body = b'1 1 - json\n{"kinds":{"note":{"reads":%d,"writes":1}}}' % age
            await bench.store.inner.apply([Put(LEDGER(day).text, body, None)])
        await bench.kv._flusher._ledger.load(bench.kv._store)  # type: ignore[union-attr]

        days = bench.kv.snapshot().days
        assert {day: kinds["note"].reads for day, kinds in days.items()} == {
            TODAY - timedelta(days=age): age for age in range(9)
        }
        await bench.clock.advance(120)
        assert {write.key for batch in bench.store.batches for write in batch} == {LEDGER(TODAY).text}


async def test_days_ahead_of_a_clock_that_was_set_back_are_read_too() -> None:
    ahead = TODAY + timedelta(days=40)
    async with Bench(WITH_LEDGER) as bench:
        body = b'1 9999999999999999 - json\n{"kinds":{"note":{"reads":1,"writes":1}}}'
        await bench.store.inner.apply([Put(LEDGER(ahead).text, body, None), Put("kv-ledger:x", body, None)])
        await bench.kv._flusher._ledger.load(bench.kv._store)  # type: ignore[union-attr]
        await bench.kv.put(NOTE(1), note(1))

        assert bench.kv.snapshot().days[ahead]["note"] == Operations(reads=1, writes=1)
        assert unseal(await bench.store.inner.get(NOTE(1).text) or b"").version > 9999999999999999


async def test_a_day_that_cannot_be_read_is_left_out_and_told() -> None:
    async with Bench(WITH_LEDGER) as bench:
        await bench.store.inner.apply([Put(LEDGER(TODAY).text, b"nonsense", None)])
        with capture_logs() as lines:
            await bench.kv._flusher._ledger.load(bench.kv._store)  # type: ignore[union-attr]

        assert [line["event"] for line in lines] == ["kv.ledger-unreadable"]


async def test_a_start_that_fails_does_not_write_over_the_counts_that_it_could_not_read() -> None:
    bench = Bench(WITH_LEDGER)
    bench.store.down = True
    with pytest.raises(KVError):
        await bench.kv.start()
    bench.store.heal()
    await bench.kv.close()

    assert bench.store.batches == []

"""The one judgement: every state at its border, every recommendation with the setting to change."""

from datetime import timedelta

import pytest

from app.kv.health import Health, assess
from app.kv.keyspace import Keyspace
from app.kv.limits import DailyLimits, limits_from
from app.kv.options import KVOptions
from app.kv.store import Limits
from app.settings import Settings
from tests.unit.kv.stand_ins import BOARD, MINUTE, NEVER_BY_ITSELF, NOTE, PLAN, Bench, Note, note

pytestmark = pytest.mark.anyio

SESSION = Keyspace("session", Note, ttl=timedelta(days=7), cache_ttl=MINUTE)
SLOW = KVOptions(batch_size=1000, batch_delay_s=1e6, ledger=False)


def judged(bench: Bench, **limits: int) -> Health:
    settings = Settings(_env_file=None, **{f"kv_daily_{name}_limit": n for name, n in limits.items()})  # type: ignore[arg-type]
    return assess(bench.kv.snapshot(), limits_from(settings), bench.kv.options)


async def ask(bench: Bench, space: Keyspace[Note], *, hits: int, misses: int) -> None:
    """Have memory answer so many lookups of a kind, and the store so many."""
    if hits:
        await bench.kv.put(space("known"), note("x"))
    for _ in range(hits):
        await bench.kv.get(space("known"))
    for number in range(misses):
        await bench.kv.get(space(f"unknown-{number}"))


async def test_a_service_that_did_nothing_is_well() -> None:
    async with Bench() as bench:
        health = judged(bench)
        assert (health.status, health.store, health.limits) == ("ok", "ok", None)
        assert (health.findings, health.reasons, health.recommendations) == ((), (), ())


# --- Lookups


@pytest.mark.parametrize(("hits", "misses", "found"), [(69, 31, True), (70, 30, False), (68, 31, False)])
async def test_sessions_that_memory_does_not_know(hits: int, misses: int, *, found: bool) -> None:
    async with Bench() as bench:
        await ask(bench, SESSION, hits=hits, misses=misses)
        health = judged(bench)
        assert health.status == "ok"
        assert bool(health.recommendations) == found


@pytest.mark.parametrize(("hits", "misses", "found"), [(49, 51, True), (50, 50, False), (48, 51, False)])
async def test_lookups_of_all_kinds_that_memory_does_not_know(hits: int, misses: int, *, found: bool) -> None:
    async with Bench() as bench:
        await ask(bench, NOTE, hits=hits, misses=misses)
        assert bool(judged(bench).recommendations) == found


async def test_only_the_last_hour_counts() -> None:
    async with Bench() as bench:
        await ask(bench, NOTE, hits=0, misses=200)
        await bench.clock.advance(3660)
        assert judged(bench).recommendations == ()
        await ask(bench, NOTE, hits=0, misses=99)
        assert judged(bench).recommendations == ()


async def test_the_kind_with_most_misses_is_named_and_its_lifetime_now() -> None:
    async with Bench(KVOptions(ledger=False, cache_entries=1000, cache_ttl_s={"note": 30})) as bench:
        await ask(bench, BOARD, hits=10, misses=20)
        await ask(bench, NOTE, hits=0, misses=90)
        (sentence,) = judged(bench).recommendations
        assert sentence == (
            "note: memory answered 8% of all lookups in the last hour; of 110 misses this kind has 90. "
            "Raise KV_CACHE_TTL of note, now 30 seconds."
        )


async def test_a_kind_that_memory_never_keeps_is_not_named() -> None:
    async with Bench() as bench:
        await ask(bench, PLAN, hits=0, misses=150)
        assert judged(bench).recommendations == ()
        await ask(bench, NOTE, hits=0, misses=5)
        assert judged(bench).recommendations[0].startswith("note: memory answered 0% of all lookups")


@pytest.mark.parametrize(
    ("options", "advice"),
    [
        (KVOptions(ledger=False), "Raise KV_CACHE_ENTRIES, now 100."),
        (KVOptions(ledger=False, cache_bytes=200), "Raise KV_CACHE_BYTES, now 200."),
        (
            KVOptions(ledger=False, cache_entries=1000, trust_memory=False),
            "or raise KV_CACHE_TTL of note, now 60 seconds.",
        ),
        (
            KVOptions(ledger=False, cache_entries=1000, cache_ttl_s={"note": 30}),
            "Raise KV_CACHE_TTL of note, now 30 seconds.",
        ),
        (KVOptions(ledger=False, memory_cache=False), "Turn KV_MEMORY_CACHE on; it is off."),
    ],
)
async def test_the_setting_to_change_is_the_one_that_helps(options: KVOptions, advice: str) -> None:
    async with Bench(options) as bench:
        await bench.kv.put_many({NOTE(number): note(number) for number in range(200)})
        await bench.clock.advance(61)
        for number in range(200):
            await bench.kv.get(NOTE(number))
        (sentence,) = judged(bench).recommendations
        assert sentence.endswith(advice)


async def test_where_no_setting_helps_that_is_said() -> None:
    async with Bench(KVOptions(ledger=False, cache_entries=1000)) as bench:
        await ask(bench, NOTE, hits=0, misses=120)
        (sentence,) = judged(bench).recommendations
        assert "KV_CACHE_TTL keeps it for 86,400 seconds already" in sentence


async def test_a_session_that_was_never_loaded_has_no_lifetime_yet() -> None:
    async with Bench() as bench:
        bench.store.down = True
        for number in range(100):
            await bench.begun(bench.kv.get(SESSION(number)))
        assert "session: 0% of 100 lookups" in judged(bench).recommendations[1]


# --- The queue


@pytest.mark.parametrize(
    ("age", "status"), [(15, "ok"), (15.1, "warning"), (60, "warning"), (60.1, "degraded")]
)
async def test_writes_that_wait_for_long(age: float, status: str) -> None:
    async with Bench(SLOW) as bench:
        await bench.kv.put_later(NOTE(1), note(1))
        await bench.clock.advance(age)
        health = judged(bench)
        assert (health.status, health.store) == (status, status)
        assert bool(health.reasons) == (status != "ok")


@pytest.mark.parametrize(
    ("depth", "seconds", "status"), [(12, 15, "ok"), (11, 20, "ok"), (12, 15.25, "warning")]
)
async def test_many_writes_that_wait_though_none_waits_for_long(
    depth: int, seconds: float, status: str
) -> None:
    """One write after the other becomes durable, and as many come: one less than `depth` are there always."""
    async with Bench(SLOW, limits=Limits(1024, 10_000, 1, 10_000)) as bench:
        for number in range(depth):
            await bench.kv.put_later(NOTE(number), note("x"))
        for number in range(int(seconds * 4)):
            bench.kv._queue.finish(bench.kv._queue.take(bench.store.limits)[0])
            await bench.kv.put_later(NOTE(depth + number), note("x"))
            await bench.clock.advance(0.25)
        assert bench.kv.snapshot().queue.oldest_s < 5
        assert judged(bench).status == status


async def test_how_long_the_queue_is_deep_begins_anew() -> None:
    async with Bench(SLOW) as bench:
        for _ in range(2):
            for number in range(11):
                await bench.kv.put_later(NOTE(number), note(bench.clock.monotonic()))
            await bench.clock.advance(10)
            assert bench.kv.snapshot().queue.deep_s == 10
            await bench.kv.flush()
            assert bench.kv.snapshot().queue.deep_s == 0


async def test_a_failing_store_is_told_once_and_until_it_is_well() -> None:
    async with Bench(NEVER_BY_ITSELF) as bench:
        bench.store.down = True
        await bench.kv.put_later(NOTE(1), note(1))
        await bench.kv.flush()
        await bench.clock.advance(120)
        health = judged(bench)
        assert (health.status, len(health.reasons)) == ("degraded", 1)
        assert health.reasons[0].endswith("writes that wait in memory: 1.")
        bench.store.heal()
        await bench.let_pass(bench.kv.flush())
        assert judged(bench).status == "ok"


async def test_a_store_that_cannot_be_read_is_failing_too() -> None:
    async with Bench() as bench:
        bench.store.down = True
        await bench.begun(bench.kv.get(PLAN(1)))
        assert judged(bench).status == "degraded"
        bench.store.heal()
        await bench.kv.get(PLAN(1))
        assert judged(bench).status == "ok"


async def test_a_store_that_does_not_answer_is_failing() -> None:
    async with Bench() as bench:
        bench.store.reads_go.clear()
        await bench.begun(bench.kv.get(PLAN(1)))
        assert judged(bench).status == "ok"
        await bench.clock.advance(5)
        assert judged(bench).status == "degraded"


async def test_what_the_store_says_of_itself_is_what_to_do() -> None:
    async with Bench() as bench:
        bench.store.trouble = "/data/kv.db: the disk is full. Make room."
        await bench.begun(bench.kv.get(PLAN(1)))
        (sentence,) = judged(bench).recommendations
        assert sentence.endswith("in memory: 0. /data/kv.db: the disk is full. Make room.")
        bench.store.trouble = None
        bench.store.down = True
        await bench.begun(bench.kv.get(PLAN(1)))
        assert "store.failed" in judged(bench).recommendations[0]


async def test_after_a_failed_read_the_ledger_asks_the_store_again() -> None:
    async with Bench(KVOptions()) as bench:
        bench.store.down = True
        await bench.begun(bench.kv.get(PLAN(1)))
        bench.store.heal()
        await bench.clock.advance(61)
        assert judged(bench).status == "ok"


async def test_a_dead_letter_degrades() -> None:
    async with Bench(KVOptions(ledger=False), limits=Limits(1024, 100, 10, 1000)) as bench:
        await bench.kv.put_later(NOTE(1), note("x" * 200))
        await bench.kv.flush()
        health = judged(bench)
        assert health.status == "degraded"
        assert "dead letters: 1." in health.reasons[0]
        assert any(sentence.startswith("note: 1 writes were given up") for sentence in health.recommendations)


async def test_a_queue_near_its_bound() -> None:
    async with Bench(KVOptions(ledger=False, queue_entries=10, batch_size=100, batch_delay_s=1e6)) as bench:
        for number in range(8):
            await bench.kv.put_later(NOTE(number), note(1))
        assert judged(bench).recommendations == ()
        await bench.kv.put_later(NOTE(8), note(1))
        (sentence,) = judged(bench).recommendations
        assert sentence.startswith("The write queue is 90% full, most of it note.")


async def test_writes_that_were_given_up() -> None:
    async with Bench(KVOptions(ledger=False, queue_entries=2, batch_size=100, batch_delay_s=1e6)) as bench:
        for number in range(5):
            await bench.kv.put_later(BOARD(number), note(1))
        assert any("board: 3 writes were given up" in sentence for sentence in judged(bench).recommendations)


# --- The limits of a day


@pytest.mark.parametrize(
    ("writes", "status"), [(80, "ok"), (81, "warning"), (90, "warning"), (91, "critical"), (150, "critical")]
)
async def test_a_limit_that_somebody_set(writes: int, status: str) -> None:
    async with Bench() as bench:
        await bench.kv.put_many({NOTE(number): note(number) for number in range(writes)})
        health = judged(bench, write=100)
        assert (health.status, health.store, health.limits) == (status, "ok", status)


async def test_a_limit_names_the_kind_that_takes_most_and_the_setting() -> None:
    async with Bench() as bench:
        await bench.kv.put_many({NOTE(number): note(1) for number in range(1000)})
        await bench.kv.put_many({PLAN(number): note(1) for number in range(250)})
        health = judged(bench, write=1500)
        assert health.reasons == ("Today's writes: 1,250 of 1,500, 83%.",)
        most = "Most of them, 80%, are note. Raise KV_DAILY_WRITE_LIMIT if that is as it should be."
        assert health.recommendations == (f"{health.reasons[0]} {most}",)


async def test_no_kind_is_named_when_several_share() -> None:
    async with Bench() as bench:
        for space in (NOTE, PLAN, BOARD):
            await bench.kv.put_many({space(number): note(1) for number in range(30)})
        (sentence,) = judged(bench, write=100).recommendations
        assert sentence.startswith("Today's writes: 90 of 100, 90%. Raise KV_DAILY_WRITE_LIMIT if that is")


async def test_a_limit_that_will_be_passed_before_midnight_is_a_recommendation() -> None:
    async with Bench() as bench:
        await bench.kv.put_many({NOTE(number): note(number) for number in range(51)})
        health = judged(bench, write=100)
        assert health.status == "ok"
        assert health.recommendations[0].startswith("Today's writes: on course for 102 by midnight UTC")


@pytest.mark.parametrize(
    ("options", "limits", "setting"),
    [
        (KVOptions(ledger=False, write_batching=False), {"write": 60}, "KV_WRITE_BATCHING"),
        (KVOptions(ledger=False, memory_cache=False), {"read": 60}, "KV_MEMORY_CACHE"),
    ],
)
async def test_what_is_switched_off_and_would_help_is_named(
    options: KVOptions, limits: dict[str, int], setting: str
) -> None:
    async with Bench(options) as bench:
        for number in range(55):
            await bench.kv.put(NOTE(number), note(number))
            await bench.kv.get(NOTE(number))
        (sentence,) = judged(bench, **limits).recommendations
        assert sentence.endswith(f"Turn {setting} on; it is off.")


async def test_deletes_and_lists_have_limits_too() -> None:
    async with Bench() as bench:
        for number in range(10):
            await bench.kv.delete(NOTE(number))
        health = judged(bench, delete=10, list=10)
        assert health.reasons == ("Today's deletes: 10 of 10, 100%.",)


async def test_the_yardstick_judges_nothing() -> None:
    async with Bench() as bench:
        await bench.kv.put_many({NOTE(number): note(number) for number in range(1500)})
        assert assess(bench.kv.snapshot(), limits_from(Settings(_env_file=None)), KVOptions()).status == "ok"


async def test_the_gravest_comes_first_and_gives_the_status() -> None:
    async with Bench(SLOW) as bench:
        await bench.kv.put(NOTE(0), note(0))
        await ask(bench, SESSION, hits=0, misses=100)
        await bench.kv.put_later(NOTE(1), note(1))
        await bench.clock.advance(20)
        limits = DailyLimits(reads=10_000, writes=1, deletes=1, lists=1, judged=frozenset({"writes"}))
        health = assess(bench.kv.snapshot(), limits, bench.kv.options)
        assert [finding.level for finding in health.findings] == [
            "critical",
            "warning",
            "recommendation",
            "recommendation",
        ]
        assert (health.status, health.store, health.limits) == ("critical", "warning", "critical")
        await bench.clock.advance(60)
        assert assess(bench.kv.snapshot(), limits, bench.kv.options).status == "degraded"

"""The operators' numbers against known traffic."""

from datetime import timedelta

import pytest
from pydantic import BaseModel, ConfigDict

from app.admin.schemas import Trend
from app.admin.service import AdminService
from app.clock import SystemClock
from app.kv.cached import CachedKV
from app.kv.keyspace import Keyspace
from app.kv.options import KVOptions
from app.kv.stores.memory import MemoryStore
from app.settings import Settings
from tests.fakes import FakeClock
from tests.unit.admin.gates import no_words, quiet_upstream
from tests.unit.telemetry.counting import analytics_of

pytestmark = pytest.mark.anyio


class Note(BaseModel):
    model_config = ConfigDict(frozen=True)

    text: str


NOTE = Keyspace("note", Note, ttl=timedelta(days=1), cache_ttl=timedelta(minutes=1))
SESSION = Keyspace("session", Note)
DAY_S = timedelta(days=1).total_seconds()


def admin(kv: CachedKV, **settings: object) -> AdminService:
    analytics = analytics_of(kv, SystemClock())
    given = Settings(_env_file=None, **settings)  # type: ignore[arg-type]
    clock = FakeClock()
    return AdminService(kv, given, analytics, upstream=quiet_upstream(clock), words=no_words(kv, clock))


async def test_metrics_count_what_was_done(kv: CachedKV) -> None:
    await kv.put(NOTE("a"), Note(text="x"))
    assert await kv.get(NOTE("a")) is not None
    assert await kv.get(NOTE("absent")) is None
    out = admin(kv).metrics(kv.snapshot())
    assert (out.metrics.kv_writes, out.metrics.kv_reads) == (1, 1)
    assert (out.kinds["note"].hits, out.kinds["note"].misses) == (1, 1)
    assert out.cache_efficiency.hit_ratio == "50%"


async def test_taking_the_metrics_touches_no_store(kv: CachedKV) -> None:
    service = admin(kv)
    calls = kv.snapshot().calls
    service.metrics(kv.snapshot())
    assert service.metrics(kv.snapshot()).metrics.calls == calls


async def test_the_breakdown_calls_sessions_what_dashboards_call_them(kv: CachedKV) -> None:
    await kv.put(SESSION("a"), Note(text="x"))
    usage = await admin(kv).usage(kv.snapshot())
    assert usage.breakdown["sessions"].writes == usage.estimated.writes == usage.operations.writes == 1


async def test_json_names_are_those_of_the_dashboards(kv: CachedKV) -> None:
    body = admin(kv).metrics(kv.snapshot()).model_dump(by_alias=True)
    assert {"kvReads", "kvWrites", "kvDeletes", "kvLists", "coalescedWrites"} <= set(body["metrics"])
    assert {"hitRatio", "hitRatioValue", "estimatedKVReadsSaved", "actualKVReads"} <= set(
        body["cacheEfficiency"]
    )
    assert {"depth", "bytes", "oldestSeconds", "highWater", "lastFlushMs", "deadLetters"} <= set(
        body["queue"]
    )


async def test_without_limits_of_its_own_the_free_plan_is_only_a_yardstick(kv: CachedKV) -> None:
    await kv.put(NOTE("a"), Note(text="x"))
    usage = await admin(kv).usage(kv.snapshot())
    assert usage.limits_source == "reference"
    assert (usage.limits.reads, usage.limits.writes) == (100_000, 1_000)
    assert usage.usage.writes_percent == 0.1
    assert usage.usage.writes_remaining == 999
    assert usage.status == "ok"


@pytest.mark.parametrize(
    ("writes", "status"), [(8, "ok"), (9, "warning"), (10, "critical"), (11, "critical")]
)
async def test_a_configured_limit_decides_the_status(kv: CachedKV, writes: int, status: str) -> None:
    for number in range(writes):
        await kv.put(NOTE(str(number)), Note(text="x"))
    usage = await admin(kv, kv_daily_write_limit=10).usage(kv.snapshot())
    assert usage.limits_source == "configured"
    assert usage.status == status


async def test_limits_that_happen_to_be_those_of_the_free_plan_are_configured_all_the_same(
    kv: CachedKV,
) -> None:
    assert (await admin(kv, kv_daily_write_limit=1_000).usage(kv.snapshot())).limits_source == "configured"


async def test_the_trend_is_stable_until_a_full_day_is_counted(kv: CachedKV, clock: FakeClock) -> None:
    await kv.put(NOTE("a"), Note(text="1"))
    await clock.jump(timedelta(days=1).total_seconds())
    await kv.put(NOTE("a"), Note(text="2"))
    usage = await admin(kv).usage(kv.snapshot())
    assert (usage.trend.direction, usage.trend.avg_daily_writes) == ("stable", None)


async def test_the_trend_projects_the_day(kv: CachedKV, clock: FakeClock) -> None:
    await kv.put(NOTE("first day"), Note(text="began at noon"))
    await clock.advance(timedelta(hours=12).total_seconds())
    for number in range(10):
        await kv.put(NOTE(str(number)), Note(text="1"))
    await clock.jump(timedelta(days=1, hours=6).total_seconds())
    for number in range(10):
        await kv.put(NOTE(str(number)), Note(text="2"))
    trend = (await admin(kv).usage(kv.snapshot())).trend
    assert trend.avg_daily_writes == 10
    assert (trend.direction, trend.today_vs_avg) == ("increasing", "400%")


async def test_low_hit_ratios_name_kind_and_setting(kv: CachedKV) -> None:
    for number in range(120):
        await kv.get(NOTE(f"absent-{number}"))
    (sentence,) = (await admin(kv).usage(kv.snapshot())).recommendations
    assert sentence.startswith("note:")
    assert "KV_CACHE" in sentence


async def test_health_tells_the_queue_to_operators_alone(kv: CachedKV) -> None:
    await kv.put_later(NOTE("a"), Note(text="x"))
    assert admin(kv).health(kv.snapshot(), detailed=False, version="1").queue is None
    detailed = admin(kv).health(kv.snapshot(), detailed=True, version="1")
    assert detailed.queue
    assert detailed.queue.depth == 1
    assert (detailed.status, detailed.reasons) == ("ok", ())


async def test_a_limit_that_nobody_set_is_no_reason_for_a_state(kv: CachedKV) -> None:
    for number in range(20):
        await kv.put(NOTE(str(number)), Note(text="x"))
        await kv.get(NOTE(f"absent-{number}"))
    usage = await admin(kv, kv_daily_read_limit=1_000).usage(kv.snapshot())
    assert (usage.limits.reads, usage.limits.writes) == (1_000, 1_000)
    assert usage.status == "ok"


@pytest.mark.parametrize(
    ("seconds", "health", "usage"), [(20, "warning", "warning"), (61, "degraded", "critical")]
)
async def test_without_a_limit_the_status_is_the_stores(
    clock: FakeClock, seconds: int, health: str, usage: str
) -> None:
    slow = CachedKV(MemoryStore(clock), clock=clock, options=KVOptions(ledger=False, batch_delay_s=1e6))
    await slow.start()
    await slow.put_later(NOTE("a"), Note(text="x"))
    await clock.advance(seconds)
    snapshot = slow.snapshot()
    assert admin(slow).health(snapshot, detailed=False, version="1").status == health
    assert (await admin(slow).usage(snapshot)).status == usage
    assert (await admin(slow, kv_daily_write_limit=10).usage(snapshot)).status == "ok"
    await slow.close()


async def test_activity_is_not_made_up_while_the_store_does_not_say(kv: CachedKV) -> None:
    await kv.close()
    assert (await admin(kv).usage(kv.snapshot())).activity is None


class LastingStore(MemoryStore):
    """Outlives the services that use it."""

    async def close(self) -> None:
        pass


async def test_today_is_compared_with_seven_days_also_after_a_restart(clock: FakeClock) -> None:
    store = LastingStore(clock)

    async def life(days: int) -> Trend:
        service = CachedKV(store, clock=clock)
        await service.start()
        for _ in range(days):
            await service.put(NOTE("a"), Note(text=str(clock.now())))
            await clock.jump(DAY_S)
        trend = (await admin(service).usage(service.snapshot())).trend
        await service.close()
        return trend

    assert len((await life(10)).days) == 7
    assert len((await life(0)).days) == 7

"""The `kv` fixture, as other features' tests use it."""

import pytest

from app.kv.cached import CachedKV
from tests.fakes import FakeClock
from tests.unit.kv.stand_ins import NOTE, note

pytestmark = pytest.mark.anyio


async def test_immediate_writes_need_no_time_to_pass(kv: CachedKV, clock: FakeClock) -> None:
    await kv.put(NOTE("a"), note("hello"))
    assert await kv.get(NOTE("a")) == note("hello")
    await clock.advance(3600)

    assert await kv.get(NOTE("a")) is None


async def test_a_queued_write_is_durable_after_the_flush(kv: CachedKV) -> None:
    await kv.put_later(NOTE("a"), note("hello"))
    assert await kv.get_many([NOTE("a"), NOTE("b")]) == {NOTE("a"): note("hello")}
    await kv.flush()

    assert kv.snapshot().totals.writes == 1
    assert kv.snapshot().queue.depth == 0


async def test_a_queued_write_is_durable_after_the_queues_delay(kv: CachedKV, clock: FakeClock) -> None:
    await kv.put_later(NOTE("a"), note("hello"))
    await clock.advance(5)

    assert kv.snapshot().queue.depth == 0

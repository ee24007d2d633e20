from datetime import timedelta

import pytest
from pydantic import BaseModel, ConfigDict

from app.kv.cached import CachedKV
from app.kv.keyspace import Counters, Keyspace, Members
from app.kv.logs import LogSpace
from tests.fakes import FakeClock

pytestmark = pytest.mark.anyio


class Note(BaseModel):
    model_config = ConfigDict(frozen=True)

    text: str


NOTE = Keyspace("note", Note, ttl=timedelta(hours=1), cache_ttl=timedelta(seconds=60))
COUNTS = Keyspace("counts", Counters, cache_ttl=timedelta(seconds=60))
SEEN = Keyspace("seen", Members, cache_ttl=timedelta(seconds=60))


async def test_a_value_is_there_until_its_end(kv: CachedKV, clock: FakeClock) -> None:
    await kv.put(NOTE("a"), Note(text="hello"))

    assert await kv.get(NOTE("a")) == Note(text="hello")
    await clock.advance(3600)
    assert await kv.get(NOTE("a")) is None


async def test_a_queued_value_is_seen_at_once_and_durable_after_the_flush(kv: CachedKV) -> None:
    await kv.put_later(NOTE("a"), Note(text="hello"))

    assert await kv.get_many([NOTE("a"), NOTE("b")]) == {NOTE("a"): Note(text="hello")}
    await kv.flush()
    assert kv.snapshot().totals.writes == 1
    assert kv.snapshot().queue.depth == 0


async def test_update_changes_what_is_there(kv: CachedKV) -> None:
    assert await kv.update(NOTE("a"), lambda note: note) is None
    await kv.update(NOTE("a"), lambda note: Note(text=note.text + "!"), default=Note(text="hello"))

    assert await kv.get(NOTE("a")) == Note(text="hello!")
    await kv.delete(NOTE("a"))
    assert await kv.get(NOTE("a")) is None


async def test_counters_and_members_grow(kv: CachedKV) -> None:
    await kv.count(COUNTS("today"), {"views": 1})
    await kv.count(COUNTS("today"), {"views": 2, "errors": 1})
    await kv.add(SEEN("today"), "x")

    counters = await kv.get(COUNTS("today"))
    assert counters is not None
    assert dict(counters.totals) == {"views": 3, "errors": 1}
    assert await kv.get(SEEN("today")) == Members(members=frozenset({"x"}))


LOG = LogSpace("log", Note, newest=100, ttl=timedelta(days=7), cache_ttl=timedelta(seconds=60))


async def test_a_log_keeps_its_newest_records(kv: CachedKV) -> None:
    for number in range(230):
        await kv.append(LOG, Note(text=str(number)))

    assert [note.text for note in await kv.entries(LOG, 3)] == ["229", "228", "227"]
    assert [note.text for note in await kv.entries(LOG, 500)] == [str(n) for n in range(229, 129, -1)]

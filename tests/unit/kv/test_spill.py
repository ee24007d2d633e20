"""What cannot be written before the process ends waits in a file, and is written once by the next start."""

# ruff: noqa: ASYNC240 - files are what is tested here

import asyncio
import json
import stat
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from app.kv import spill as spills
from app.kv.cached import CachedKV
from app.kv.codec import decode, unseal
from app.kv.errors import KVError
from app.kv.keyspace import Key
from app.kv.ledger import LEDGER
from app.kv.options import KVOptions
from app.kv.spill import SPILL_FILE
from app.kv.store import Limits, Put
from app.kv.stores.memory import MemoryStore
from tests.fakes import FakeClock
from tests.unit.kv.stand_ins import FOREVER, NEVER_BY_ITSELF, NOTE, PLAN, RAW, Note, ScriptedStore, note

pytestmark = pytest.mark.anyio

TINY = Limits(100, 200, 2, 10_000)


class LastingStore(ScriptedStore):
    """A store that outlives the services on it."""

    async def close(self) -> None:
        pass


@pytest.fixture
def store(clock: FakeClock) -> LastingStore:
    return LastingStore(MemoryStore(clock))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / SPILL_FILE


@asynccontextmanager
async def life(
    store: ScriptedStore, path: Path | None, clock: FakeClock, options: KVOptions = NEVER_BY_ITSELF
) -> AsyncIterator[CachedKV]:
    """One process's service; it ends when the block does, however stuck the store is."""
    kv = CachedKV(store, clock=clock, options=options, spill=path)
    await kv.start()
    yield kv
    await ended(kv, clock)


async def ended(kv: CachedKV, clock: FakeClock) -> None:
    closing = asyncio.ensure_future(kv.close())
    for _ in range(8):
        await clock.advance(1)
    while not closing.done():  # the file is written on a thread, in real time
        await asyncio.sleep(0.002)
    await closing


async def left_behind(store: ScriptedStore, path: Path, clock: FakeClock) -> None:
    """A process ends on a stuck store with a put, a removal and some bytes that are not durable."""
    async with life(store, None, clock) as kv:
        await kv.put(NOTE("gone"), note("old"))
    async with life(store, path, clock) as kv:
        await kv.put_later(NOTE("a"), note(1))
        await kv.put_later(RAW("b"), b"\x00\xff")
        await kv.delete_later(NOTE("gone"))
        store.writes_go.clear()
    store.heal()


async def test_what_is_queued_at_the_end_is_written_by_the_next_start(
    store: LastingStore, path: Path, clock: FakeClock
) -> None:
    await left_behind(store, path, clock)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with capture_logs() as lines:
        async with life(store, path, clock) as kv:
            assert not path.exists()
            assert await store.holds(NOTE("a")) == '{"text":"1"}'
            assert await store.holds(NOTE("gone")) is None
            assert await kv.get(RAW("b")) == b"\x00\xff"
    assert lines[0] == {
        "event": "kv.spill-replayed",
        "log_level": "warning",
        "written": 3,
        "left": 0,
        "damaged": 0,
    }


async def test_a_file_that_was_replayed_does_not_come_back_after_a_power_cut(
    store: LastingStore, path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await left_behind(store, path, clock)
    forced: list[bool] = []
    monkeypatch.setattr(spills.os, "fsync", lambda _: forced.append(path.exists()))
    async with life(store, path, clock):
        assert forced == [False]


async def test_what_a_replay_costs_is_in_the_ledger_with_it(
    store: LastingStore, path: Path, clock: FakeClock
) -> None:
    await left_behind(store, path, clock)
    async with life(store, path, clock, KVOptions()):
        *_, last = store.batches[-1]
        assert isinstance(last, Put)
        kinds = decode(LEDGER, unseal(last.data).body).kinds
        assert (kinds["note"].writes, kinds["note"].deletes, kinds["raw"].writes) == (1, 1, 1)


async def test_the_log_says_what_was_left_behind(store: LastingStore, path: Path, clock: FakeClock) -> None:
    with capture_logs() as lines:
        await left_behind(store, path, clock)
    spilled = next(line for line in lines if line["event"] == "kv.spilled")
    assert (spilled["count"], spilled["kinds"]) == (3, {"note": 2, "raw": 1})


async def test_a_clean_end_leaves_no_file(store: LastingStore, path: Path, clock: FakeClock) -> None:
    async with life(store, path, clock) as kv:
        await kv.put_later(NOTE("a"), note(1))
    assert not path.exists()


async def test_nothing_newer_is_written_over(store: LastingStore, path: Path, clock: FakeClock) -> None:
    await left_behind(store, path, clock)
    kept = path.read_bytes()
    async with life(store, None, clock) as kv:
        await kv.put(NOTE("a"), note("newer"))
        await kv.put(NOTE("gone"), note("newer"))
    path.write_bytes(kept)
    async with life(store, path, clock):
        pass
    assert await store.holds(NOTE("a")) == '{"text":"newer"}'
    assert await store.holds(NOTE("gone")) == '{"text":"newer"}'


async def test_what_was_durable_after_all_is_not_written_again(
    store: LastingStore, path: Path, clock: FakeClock
) -> None:
    async with life(store, path, clock) as kv:
        await kv.put_later(NOTE("a"), note(1))
        store.mute = True
    store.heal()
    batches = len(store.batches)
    async with life(store, path, clock):
        pass
    assert len(store.batches) == batches


@pytest.mark.parametrize("days", [1, 5, 400])
async def test_a_clock_that_was_set_back_makes_nothing_look_old(
    days: int, store: LastingStore, path: Path, clock: FakeClock
) -> None:
    options = KVOptions(batch_size=1000, batch_delay_s=1e9)
    async with life(store, path, clock, options) as kv:
        await kv.put(FOREVER("a"), note("first"))
    clock._now -= timedelta(days=days)
    async with life(store, path, clock, options) as kv:
        await kv.put_later(FOREVER("a"), note("second"))
        store.writes_go.clear()
    store.heal()
    async with life(store, path, clock, options):
        pass
    assert await store.holds(FOREVER("a")) == '{"text":"second"}'


async def test_values_that_ended_meanwhile_are_left_out(
    store: LastingStore, path: Path, clock: FakeClock
) -> None:
    await left_behind(store, path, clock)
    await clock.advance(timedelta(hours=2).total_seconds())
    async with life(store, path, clock):
        pass
    assert "note:a" not in {write.key for write in store.batches[-1]}
    assert not path.exists()


async def test_a_value_that_ended_meanwhile_does_not_bring_back_the_one_before_it(
    store: LastingStore, path: Path, clock: FakeClock
) -> None:
    async with life(store, path, clock) as kv:
        await kv.put(FOREVER("a"), note("old"))
        await kv.put_later(FOREVER("a"), note("short"), ttl=timedelta(hours=1))
        store.writes_go.clear()
    store.heal()
    await clock.advance(timedelta(hours=2).total_seconds())
    async with life(store, path, clock) as kv:
        assert await kv.get(FOREVER("a")) is None


async def test_a_store_that_fails_at_the_start_keeps_the_file(
    store: LastingStore, path: Path, clock: FakeClock
) -> None:
    await left_behind(store, path, clock)
    kept = path.read_bytes()
    for broken in ("down", "fails"):
        if broken == "down":
            store.down = True
        else:
            store.fails.add(NOTE("a").text)
        kv = CachedKV(store, clock=clock, options=NEVER_BY_ITSELF, spill=path)
        with pytest.raises(KVError):
            await kv.start()
        await ended(kv, clock)
        assert path.read_bytes() == kept
        store.heal()
    async with life(store, path, clock):
        assert await store.holds(NOTE("a")) == '{"text":"1"}'


@pytest.mark.parametrize(
    "line", [b"{", b"[]", b'["note:x", 1, null, "not base64!"]', b'["note:x", "1", null, null]', b"\xff\xfe"]
)
async def test_a_damaged_line_is_told_and_kept_aside(
    store: LastingStore, path: Path, clock: FakeClock, line: bytes
) -> None:
    await left_behind(store, path, clock)
    path.write_bytes(path.read_bytes() + line + b"\n")
    damaged = path.read_bytes()
    with capture_logs() as lines:
        async with life(store, path, clock):
            assert await store.holds(NOTE("a")) == '{"text":"1"}'
    (aside,) = path.parent.glob("kv-spill-damaged-*.jsonl")
    assert aside.read_bytes() == damaged
    assert not path.exists()
    told = next(entry for entry in lines if entry["event"] == "kv.spill-damaged")
    assert (told["lines"], told["kept_as"]) == (1, str(aside))


@pytest.mark.parametrize("content", [b"", b'{"format": "another"}\n["note:a", 1, null, null]\n'])
async def test_a_file_of_another_kind_is_kept_aside_whole(
    store: LastingStore, path: Path, clock: FakeClock, content: bytes
) -> None:
    path.write_bytes(content)
    async with life(store, path, clock):
        pass
    (aside,) = path.parent.glob("kv-spill-damaged-*.jsonl")
    assert aside.read_bytes() == content
    assert store.batches == []


async def test_a_second_spill_keeps_what_the_first_holds(
    store: LastingStore, path: Path, clock: FakeClock
) -> None:
    async with life(store, path, clock) as kv:  # the first file comes while this process runs
        await left_behind(store, path, clock)
        await kv.put_later(NOTE("a"), note("newest"))
        await kv.put_later(NOTE("c"), note(3))
        store.writes_go.clear()
    store.heal()
    async with life(store, path, clock) as kv:
        assert await kv.get_many([NOTE("a"), NOTE("c")]) == {NOTE("a"): note("newest"), NOTE("c"): note(3)}
        assert await kv.get(RAW("b")) == b"\x00\xff"


async def test_a_damaged_first_file_is_kept_aside_by_the_second(
    store: LastingStore, path: Path, clock: FakeClock
) -> None:
    async with life(store, path, clock) as kv:
        path.write_bytes(b"nonsense")
        await kv.put_later(NOTE("a"), note(1))
        store.writes_go.clear()
    (aside,) = path.parent.glob("kv-spill-damaged-*.jsonl")
    assert aside.read_bytes() == b"nonsense"
    assert json.loads(path.read_text().splitlines()[1])[0] == "note:a"


async def test_a_folder_that_cannot_be_written_is_told_with_what_is_lost(
    store: LastingStore, tmp_path: Path, clock: FakeClock
) -> None:
    (tmp_path / "file").touch()
    with capture_logs() as lines:
        async with life(store, tmp_path / "file" / SPILL_FILE, clock) as kv:
            await kv.put_later(PLAN("a"), note(1))
            store.writes_go.clear()
    lost = next(line for line in lines if line["event"] == "kv.writes-lost")
    assert (lost["count"], lost["kinds"]) == (1, {"plan": 1})
    assert "kv.spill-failed" in {line["event"] for line in lines}


def is_spill(thread: threading.Thread) -> bool:
    return thread.name == "kv-spill"


async def test_a_stuck_disk_does_not_keep_the_process(
    store: LastingStore, path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, stuck = threading.Event(), threading.Event()
    before = set(threading.enumerate())  # a test before this one may have left its thread at its end
    monkeypatch.setattr(spills.os, "fsync", lambda _: (reached.set(), stuck.wait()))
    kv = CachedKV(store, clock=clock, options=NEVER_BY_ITSELF, spill=path)
    await kv.start()
    await kv.put_later(NOTE("a"), note(1))
    store.writes_go.clear()
    closing = asyncio.ensure_future(kv.close())
    with capture_logs() as lines:
        while not (threads := [one for one in threading.enumerate() if is_spill(one) and one not in before]):
            await clock.advance(0.5)
        assert await asyncio.to_thread(reached.wait, 10)
        while not closing.done():
            await clock.advance(0.5)
    stuck.set()
    for thread in threads:
        thread.join(10)
    assert [thread.is_alive() for thread in threads] == [False]
    assert [line["event"] for line in lines][-2:] == ["kv.spill-failed", "kv.writes-lost"]


async def test_a_large_spill_goes_in_the_store_s_batches(path: Path, clock: FakeClock) -> None:
    store = LastingStore(MemoryStore(clock, TINY))
    async with life(store, path, clock) as kv:
        for number in range(5):
            await kv.put_later(NOTE(number), note(number))
        store.writes_go.clear()
    store.heal()
    before = len(store.batches)
    async with life(store, path, clock):
        assert [len(batch) for batch in store.batches[before:]] == [2, 2, 1]


async def test_what_the_store_never_takes_does_not_stop_the_start(path: Path, clock: FakeClock) -> None:
    roomy, small = LastingStore(MemoryStore(clock)), LastingStore(MemoryStore(clock, TINY))
    async with life(roomy, path, clock) as kv:
        await kv.put_later(NOTE("large"), note("x" * 500))
        await kv.put_later(NOTE("a"), note(1))
        roomy.writes_go.clear()
    with capture_logs() as lines:
        async with life(small, path, clock) as kv:
            assert await kv.get(NOTE("a")) == note(1)
    assert "kv.dead-letter" in {line["event"] for line in lines}
    assert not path.exists()


async def test_a_value_that_cannot_be_read_gives_way(
    store: LastingStore, path: Path, clock: FakeClock
) -> None:
    await left_behind(store, path, clock)
    await store.inner.apply([Put(NOTE("a").text, b"nonsense", None)])
    async with life(store, path, clock) as kv:
        assert await value(kv, NOTE("a")) == note(1)


async def value(kv: CachedKV, key: Key[Note]) -> Note | None:
    return await kv.get(key)


async def test_what_was_kept_aside_is_removed_after_thirty_days(
    store: LastingStore, path: Path, clock: FakeClock
) -> None:
    path.write_bytes(b"nonsense")
    mine = path.with_name("kv-spill-damaged-mine.jsonl")
    mine.touch()
    for days, kept in ((0, 2), (29, 2), (1, 1)):
        await clock.advance(timedelta(days=days).total_seconds())
        async with life(store, path, clock):
            assert len([*path.parent.glob("kv-spill-damaged-*.jsonl")]) == kept
    assert mine.exists()

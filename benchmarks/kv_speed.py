"""How fast the key-value service is on SQLite, against two common ways of using SQLite from asyncio.

    python benchmarks/kv_speed.py

Every figure is the median of five runs, all candidates in turn in each of them, so that they meet the same
machine; gates are ratios of one run of this command. All databases are files with `journal_mode=WAL` and
`synchronous=FULL`, and a put counts when it is on disk. Exits with 1 when a gate is missed.

- service: `CachedKV.put`, which returns when the value is durable; concurrent callers share a round.
- rounds of ten, rounds of one: the same with at most so many keys a round; the latter is no group commit.
- aiosqlite: one connection, a transaction of its own a put.
- aiosqlite, shared: the same, but nobody waits for another's commit. Callers then commit each other's
  half-done work, and one caller's rollback undoes what others wrote: quick, and wrong where writes may
  fail. It stands here to show what sharing commits brings by itself.
- to_thread: one connection behind a lock, `asyncio.to_thread` a put.
"""

import asyncio
import os
import platform
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from datetime import timedelta
from pathlib import Path

import aiosqlite
from pydantic import BaseModel, ConfigDict

from app.clock import SystemClock
from app.kv.cached import CachedKV
from app.kv.keyspace import Keyspace
from app.kv.options import KVOptions
from app.kv.stores import open_store

RUNS = 5
SECONDS_A_RUN = 1.5
CALLERS = 32
GETS = 100_000
KNOWN_KEYS = 2000
FLUSHES = 400
FLUSH_OF = 10
UPSERT = "INSERT INTO kv VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"

Put = Callable[[int, int], Awaitable[object]]
"""Writes under a number a value that has a number of its own, so that no write equals what is stored."""

Candidate = Callable[[Path], AbstractAsyncContextManager[Put]]


class Record(BaseModel):
    """About 300 bytes, as a session is."""

    model_config = ConfigDict(frozen=True)

    number: int
    name: str = "A listener with a name of usual length"
    note: str = "x" * 220


RECORD = Keyspace("record", Record, ttl=timedelta(days=7), cache_ttl=timedelta(hours=1))


@asynccontextmanager
async def opened(path: Path, options: KVOptions) -> AsyncIterator[CachedKV]:
    clock = SystemClock()
    kv = CachedKV(await open_store(f"sqlite:///{path}", clock=clock), clock=clock, options=options)
    await kv.start()
    yield kv
    await kv.close()


def service(round_keys: int | None) -> Candidate:
    @asynccontextmanager
    async def candidate(path: Path) -> AsyncIterator[Put]:
        async with opened(path, KVOptions(round_keys=round_keys)) as kv:
            yield lambda key, number: kv.put(RECORD(key), Record(number=number))

    return candidate


def with_aiosqlite(*, shared: bool) -> Candidate:
    @asynccontextmanager
    async def candidate(path: Path) -> AsyncIterator[Put]:
        async with aiosqlite.connect(path) as db:
            for statement in set_up():
                await db.execute(statement)
            await db.commit()
            turn = nullcontext() if shared else asyncio.Lock()

            async def put(key: int, number: int) -> None:
                async with turn:
                    await db.execute(UPSERT, row(key, number))
                    await db.commit()

            yield put

    return candidate


@asynccontextmanager
async def with_to_thread(path: Path) -> AsyncIterator[Put]:
    db = sqlite3.connect(path, check_same_thread=False)
    for statement in set_up():
        db.execute(statement)
    db.commit()
    lock = asyncio.Lock()

    def write(key: int, number: int) -> None:
        db.execute(UPSERT, row(key, number))
        db.commit()

    async def put(key: int, number: int) -> None:
        async with lock:
            await asyncio.to_thread(write, key, number)

    yield put
    db.close()


def set_up() -> Sequence[str]:
    return (
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "CREATE TABLE kv (key TEXT PRIMARY KEY, value BLOB)",
    )


def row(key: int, number: int) -> tuple[str, bytes]:
    return f"record:{key}", Record(number=number).model_dump_json().encode()


CANDIDATES: dict[str, Candidate] = {
    "service": service(None),
    "service, rounds of ten": service(10),
    "service, rounds of one": service(1),
    "aiosqlite": with_aiosqlite(shared=False),
    "aiosqlite, shared": with_aiosqlite(shared=True),
    "to_thread": with_to_thread,
}


async def puts_a_second(candidate: Candidate, callers: int) -> float:
    """Return how many puts became durable in a second, new keys and known ones half and half."""
    with tempfile.TemporaryDirectory() as folder:
        async with candidate(Path(folder) / "kv.db") as put:
            done = 0
            end = time.perf_counter() + SECONDS_A_RUN

            async def call(first: int) -> None:
                nonlocal done
                number = first
                while time.perf_counter() < end:
                    await put(number % KNOWN_KEYS if number % 2 else number, number)
                    number += callers
                    done += 1

            started = time.perf_counter()
            await asyncio.gather(*(call(number) for number in range(callers)))
            return done / (time.perf_counter() - started)


async def measure_puts() -> dict[tuple[str, int], float]:
    runs: dict[tuple[str, int], list[float]] = {}
    for _ in range(RUNS):
        for callers in (1, CALLERS):
            for name, candidate in CANDIDATES.items():
                runs.setdefault((name, callers), []).append(await puts_a_second(candidate, callers))
    return {key: statistics.median(seen) for key, seen in runs.items()}


async def microseconds_a_get() -> float:
    """Return what a get costs whose value is in memory, under 1 KB."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        kv = await stack.enter_async_context(opened(Path(folder) / "kv.db", KVOptions()))
        key = RECORD(1)
        await kv.put(key, Record(number=1))
        seen = []
        for _ in range(RUNS):
            started = time.perf_counter()
            for _ in range(GETS):
                await kv.get(key)
            seen.append((time.perf_counter() - started) / GETS * 1e6)
        return statistics.median(seen)


async def flush_ms() -> tuple[float, float]:
    """Return median and 99th percentile of a flush of ten queued values, in milliseconds."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        options = KVOptions(batch_size=FLUSH_OF + 1)
        kv = await stack.enter_async_context(opened(Path(folder) / "kv.db", options))
        seen = []
        for number in range(FLUSHES * RUNS):
            for part in range(FLUSH_OF):
                await kv.put_later(RECORD(number % 100, part), Record(number=number))
            started = time.perf_counter()
            await kv.flush()
            seen.append((time.perf_counter() - started) * 1000)
        return statistics.median(seen), statistics.quantiles(seen, n=100)[98]


def report(puts: dict[tuple[str, int], float], get_us: float, flush: tuple[float, float]) -> list[str]:
    """Print everything; return the gates that were missed."""
    print(f"{os.cpu_count()} cores, Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}")
    print(f"load before: {os.getloadavg()[0]:.2f}\n")
    print("| durable puts a second | 1 caller | 32 callers | 32 callers, of aiosqlite's |")
    print("|---|---|---|---|")
    for name in CANDIDATES:
        one, many = puts[name, 1], puts[name, CALLERS]
        print(f"| {name} | {one:,.0f} | {many:,.0f} | {many / puts['aiosqlite', CALLERS]:.1f} |")
    median, p99 = flush
    print(f"\ncached get: {get_us:.1f} us")
    print(f"flush of ten: median {median:.2f} ms, p99 {p99:.2f} ms ({p99 / median:.1f} times the median)\n")
    gates = {
        "32 callers at least 4 times aiosqlite": puts["service", CALLERS] >= 4 * puts["aiosqlite", CALLERS],
        "a cached get at most 5 us": get_us <= 5,
        "p99 of a flush of ten within 3 times its median": p99 <= 3 * median,
    }
    for gate, held in gates.items():
        print(f"{'held  ' if held else 'MISSED'} {gate}")
    return [gate for gate, held in gates.items() if not held]


async def main() -> int:
    return 1 if report(await measure_puts(), await microseconds_a_get(), await flush_ms()) else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))

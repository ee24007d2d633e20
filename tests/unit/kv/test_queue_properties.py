"""Whatever is called in whatever order on a store that fails: reads are right, in the end so is the store."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.kv.errors import KVError
from app.kv.keyspace import Key
from app.kv.options import KVOptions
from app.kv.store import Limits
from tests.fakes import settle
from tests.unit.kv.stand_ins import FOREVER, PLAN, Bench, Note, note

KEYS = (FOREVER("a"), FOREVER("b"), PLAN("a"), PLAN("b"))
SMALL = Limits(100, 10_000, 2, 10_000)
LONG = timedelta(days=10)

keys = st.sampled_from(KEYS)
values = st.integers(0, 3)
steps = st.one_of(
    st.tuples(st.just("put"), keys, values),
    st.tuples(st.just("put_later"), keys, values),
    st.tuples(st.just("update"), keys, values),
    st.tuples(st.sampled_from(["delete", "delete_later", "read", "fails"]), keys),
    st.tuples(st.sampled_from(["flush", "down", "mute", "writes_wait", "reads_wait", "heal", "pass"])),
)


class Run:
    """One run: a service, and what its values must be."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.model: dict[Key[Note], Note] = {}
        self.history: dict[Key[Note], list[Note | None]] = {key: [None] for key in KEYS}
        self.reads: list[asyncio.Task[None]] = []

    async def step(self, name: str, *arguments: object) -> None:
        await getattr(self, {"pass": "pass_"}.get(name, name))(*arguments)
        await settle()

    async def write(self, call: object) -> None:
        """Start a write; it takes effect in its first step, however long it waits."""
        for key, values in self.history.items():
            values.append(self.model.get(key))
        self.bench.begin(call)
        await asyncio.sleep(0)

    async def put(self, key: Key[Note], value: int) -> None:
        self.model[key] = note(value)
        await self.write(self.bench.kv.put(key, note(value), ttl=LONG))

    async def put_later(self, key: Key[Note], value: int) -> None:
        self.model[key] = note(value)
        await self.write(self.bench.kv.put_later(key, note(value), ttl=LONG))

    async def update(self, key: Key[Note], value: int) -> None:
        """Update what the queue still has; a read that may fail would make the outcome uncertain."""
        if self.bench.kv._queue.find(key.text) is None or key not in self.model:
            return
        self.model[key] = note(f"{self.model[key].text}{value}")
        await self.write(self.bench.kv.update(key, lambda old: note(f"{old.text}{value}"), ttl=LONG))

    async def delete(self, key: Key[Note]) -> None:
        self.model.pop(key, None)
        await self.write(self.bench.kv.delete(key))

    async def delete_later(self, key: Key[Note]) -> None:
        self.model.pop(key, None)
        await self.write(self.bench.kv.delete_later(key))

    async def read(self, key: Key[Note]) -> None:
        self.reads.append(await self.bench.begun(self.right(key)))

    async def right(self, key: Key[Note]) -> None:
        """Hold that a read gives a value that the key had between the call and the answer."""
        called = len(self.history[key]) - 1
        try:
            value = await self.bench.kv.get(key)
        except KVError:
            return
        assert value in self.history[key][called:]

    async def fails(self, key: Key[Note]) -> None:
        self.bench.store.fails.add(key.text)

    async def flush(self) -> None:
        self.bench.begin(self.bench.kv.flush())

    async def down(self) -> None:
        self.bench.store.down = True

    async def mute(self) -> None:
        self.bench.store.mute = True

    async def writes_wait(self) -> None:
        self.bench.store.writes_go.clear()

    async def reads_wait(self) -> None:
        self.bench.store.reads_go.clear()

    async def heal(self) -> None:
        self.bench.store.heal()

    async def pass_(self) -> None:
        await self.bench.clock.advance(3)

    async def check(self) -> None:
        """Once the store works again, it and every read agree with the model."""
        self.bench.store.heal()
        await self.bench.clock.advance(40)
        await self.bench.kv.flush()
        assert self.bench.kv.snapshot().queue.depth == 0
        assert self.bench.kv.snapshot().queue.bytes == 0
        assert await self.bench.kv.get_many(KEYS) == self.model
        for key in KEYS:
            expected = self.model.get(key)
            assert await self.bench.store.holds(key) == (expected and expected.model_dump_json())
        assert self.bench.store.most_writing <= 1
        await asyncio.gather(*self.reads)


async def play(options: KVOptions, limits: Limits | None, script: Sequence[tuple[object, ...]]) -> None:
    async with Bench(options, limits=limits) as bench:
        run = Run(bench)
        for name, *arguments in script:
            await run.step(str(name), *arguments)
        await run.check()


@settings(max_examples=150, deadline=None)
@given(
    options=st.sampled_from(
        [
            KVOptions(ledger=False),
            KVOptions(batch_size=2, ledger=False),
            KVOptions(memory_cache=False, ledger=False),
        ]
    ),
    limits=st.sampled_from([None, SMALL]),
    script=st.lists(steps, max_size=25),
)
def test_reads_are_right_and_nothing_is_lost(
    options: KVOptions, limits: Limits | None, script: list[tuple[object, ...]]
) -> None:
    asyncio.run(play(options, limits, script))
